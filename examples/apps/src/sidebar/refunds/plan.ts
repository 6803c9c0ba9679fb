import type {
  CostBearer,
  RefundDetailsFragment,
  RefundForm,
  RefundItemInput,
  RefundMeans,
  RefundStatus,
} from '../../gql/graphql';
import { isMore, isZero, minus, plus, readAmount, sumOf, type Amount, type AmountFault } from '../../lib/decimal';
import { offeredNow } from '../../lib/offered';
import type { Quote, QuoteAsk } from './quotes';

export type Scope = 'EVERYTHING' | 'BY_LINE' | 'AMOUNT';

/** What somebody has chosen of one line: pieces, or a sum once one was typed. */
export interface Pick {
  lineId: string;
  chosen: boolean;
  /** How many pieces; null for all that are left. */
  units: number | null;
  typed: string;
}

/** What is wanted of a line: what to ask the server, or what is wrong with what was typed. */
export interface Wish {
  lineId: string;
  ask: QuoteAsk | null;
  fault?: AmountFault;
  /** By how much a typed sum is above what is left of the line. */
  over?: Amount;
}

/** `maximum` is the most that is left of a line, null while that is not known. */
export function wishOf(pick: Pick, maximum: Amount | null, locale: string, places: number): Wish {
  const { lineId, units, typed } = pick;
  if (!typed.trim()) return { lineId, ask: units === null ? { lineId } : { lineId, units } };
  const reading = readAmount(typed, locale, places);
  if ('fault' in reading) return { lineId, ask: null, fault: reading.fault };
  if (maximum !== null && isMore(reading.amount, maximum)) return { lineId, ask: null, over: minus(reading.amount, maximum) };
  return { lineId, ask: isZero(reading.amount) ? null : { lineId, amount: reading.amount } };
}

/** What all quotes give together, line by line and part by part, as it is granted: exactly what was quoted. */
export function itemsOf(quotes: readonly Quote[]): RefundItemInput[] {
  const items = new Map<string, RefundItemInput>();
  for (const { lineId, units, parts } of quotes.flatMap((quote) => quote.items)) {
    const { total, fees, item, itemTax, shipping, shippingTax } = parts;
    const before = items.get(lineId);
    const add = (part: 'fees' | 'item' | 'itemTax' | 'shipping' | 'shippingTax', money: { amount: Amount }) =>
      plus(before?.parts?.[part] ?? '0', money.amount);
    items.set(lineId, {
      lineId,
      units: (before?.units ?? 0) + units,
      amount: { amount: plus(before?.amount.amount ?? '0', total.amount), currencyCode: total.currencyCode },
      parts: {
        fees: add('fees', fees),
        item: add('item', item),
        itemTax: add('itemTax', itemTax),
        shipping: add('shipping', shipping),
        shippingTax: add('shippingTax', shippingTax),
      },
    });
  }
  return [...items.values()];
}

export const totalOf = (quotes: readonly Quote[]): Amount => sumOf(quotes.map(({ amount }) => amount.amount));

const open: readonly RefundStatus[] = ['REQUESTED', 'GRANTED', 'SUBMITTED', 'PENDING', 'FAILED'];

/** The refund that is open on a line: asking for another gives this one. */
export function openOn(refunds: readonly RefundDetailsFragment[], lineId: string): RefundDetailsFragment | null {
  const here = refunds.filter((refund) => refund.lineId === lineId && open.includes(refund.status));
  return here.find(({ origin }) => origin === 'REQUEST') ?? here[0] ?? null;
}
export const canGrant = (refund: { availableActions: RefundDetailsFragment['availableActions'] }): boolean => offeredNow(refund.availableActions, ['GRANT']).length > 0;

/** On which line the refund is asked for: one with an open request first, so that this is answered; null when all are being paid. */
export function anchorOf(lineIds: readonly string[], refunds: readonly RefundDetailsFragment[]): string | null {
  const requested = lineIds.find((line) => {
    const refund = openOn(refunds, line);
    return refund && canGrant(refund);
  });
  return requested ?? lineIds.find((line) => !openOn(refunds, line)) ?? null;
}

/** As what it is given, when it takes a certain way. */
export function formOf(means: RefundMeans, scope: Scope): RefundForm {
  if (means === 'STORE_CREDIT') return 'STORE_CREDIT';
  if (means === 'VOUCHER') return 'PROMO_CODE';
  return scope === 'EVERYTHING' ? 'FULL' : 'PARTIAL';
}

/** Shares of a cost in basis points. What seller and carrier do not bear is the operator's. */
export interface Split {
  seller: number;
  carrier: number;
}
const whole = 10_000;
export const operatorShare = ({ seller, carrier }: Split): number => whole - seller - carrier;
export const sharesOf = (split: Split) => ({ ...split, operator: operatorShare(split) });

/** The key of the reason that a case has of which none is known. */
const unknownReason = 'other';

/** Whom a contact reason suggests to pay; null where it says nothing of that. A buyer does not pay for a refund. */
export const suggestedBearer = (reason: { key: string; costBearer: CostBearer } | null): CostBearer | null =>
  reason && reason.key !== unknownReason && reason.costBearer !== 'BUYER' ? reason.costBearer : null;

/** Who bears it when nobody says: as the playbook of the contact reason has it. A buyer does not pay for a refund. */
export const suggestedSplit = (bearer: CostBearer | undefined): Split => ({
  seller: bearer === 'OPERATOR' || bearer === 'CARRIER' ? 0 : whole,
  carrier: bearer === 'CARRIER' ? whole : 0,
});

export function withSeller(split: Split, seller: number): Split {
  return { ...split, seller: clamp(seller, whole - split.carrier) };
}
export function withCarrier(split: Split, carrier: number): Split {
  const share = clamp(carrier, whole);
  return { carrier: share, seller: Math.min(split.seller, whole - share) };
}
const clamp = (share: number, most: number) => Math.min(Math.max(Math.round(share) || 0, 0), most);

/** `33,5` per cent as basis points; null when it is none. */
export function basisPointsOf(typed: string, locale: string): number | null {
  const reading = readAmount(typed, locale, 2);
  if (!('amount' in reading)) return null;
  const points = Number(reading.amount.replace('.', ''));
  return points <= whole ? points : null;
}
