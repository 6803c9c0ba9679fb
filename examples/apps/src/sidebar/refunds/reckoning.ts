import type { RefundBasis } from '../../gql/graphql';
import { isMore, isZero, minus, placesOf, sumOf, type Amount } from '../../lib/decimal';
import type { Failure } from '../../lib/failure';
import type { OrderWithLines } from '../returns/ReturnTab';
import { totalOf, wishOf, type Pick, type Scope, type Wish } from './plan';
import { useQuotes, type Quote, type QuoteAnswer, type QuoteAsk, type Quotes } from './quotes';

/** How long somebody who types is waited for, in milliseconds. */
const whileTyping = 250;

export type Line = OrderWithLines['lines'][number];

export interface LineState {
  line: Line;
  pick: Pick;
  /** What the server says of all of it; nothing while it has not. */
  all: QuoteAnswer | undefined;
  /** What is wanted of it; null when it is not chosen. */
  wish: Wish | null;
  /** What the server says of that. */
  answer: QuoteAnswer | undefined;
}

export interface Reckoning {
  lines: LineState[];
  /** What would be granted, once every wish is answered. */
  quotes: Quote[];
  total: Amount;
  /** What can be refunded of the whole order. */
  refundable: Amount;
  /** What was refunded or granted before; null when it is not known what was paid. */
  before: Amount | null;
  /** By how much what was typed is above what is left of a line; null when it is not. */
  over: Amount | null;
  /** Whether the first figures are there. */
  known: boolean;
  /** Whether every wish is answered with a quote, so that the sum is what would be granted. */
  complete: boolean;
  failure: Failure | null;
  again(): void;
}

/** Adds up what the server says of each line. The client knows no rule of refunds. */
export function useReckoning(
  order: OrderWithLines,
  basis: RefundBasis,
  picks: readonly Pick[],
  skipsExhausted: boolean,
  locale: string,
): Reckoning {
  const { currencyCode, amount } = order.lines[0]?.unitPrice ?? { currencyCode: 'EUR', amount: '0.00' };
  const asOf = order.refunds.map(({ id, revision }) => `${id}.${revision}`).join();
  const of = { orderId: order.id, basis, currencyCode, asOf };
  const all = useQuotes(of, order.lines.map(({ externalId }) => ({ lineId: externalId })), 0);
  const maximumOf = (lineId: string) => all.answerTo({ lineId })?.quote?.maximum.total.amount ?? null;
  const isExhausted = (lineId: string) => all.answerTo({ lineId })?.quote === null;
  const wanted = picks.filter(({ chosen, lineId }) => chosen && !(skipsExhausted && isExhausted(lineId)));
  const wishes = wanted.map((pick) => wishOf(pick, maximumOf(pick.lineId), locale, placesOf(amount)));
  const some = useQuotes(of, wishes.flatMap(({ ask }) => (ask && !isAll(ask) ? [ask] : [])), whileTyping);
  const answerTo = (ask: QuoteAsk) => (isAll(ask) ? all : some).answerTo(ask);

  const lines = order.lines.map((line): LineState => {
    const lineId = line.externalId;
    const wish = wishes.find((one) => one.lineId === lineId) ?? null;
    const pick = picks.find((one) => one.lineId === lineId) ?? { lineId, chosen: false, units: null, typed: '' };
    return { line, pick, all: all.answerTo({ lineId }), wish, answer: wish?.ask ? answerTo(wish.ask) : undefined };
  });
  return { ...sums(lines), ...progress(lines, [all, some]), lines };
}

const isAll = ({ units, amount }: QuoteAsk) => units === undefined && amount === undefined;

function sums(lines: readonly LineState[]) {
  const quotes = lines.flatMap(({ answer }) => (answer?.quote ? [answer.quote] : []));
  const maxima = lines.map(({ all }) => all?.quote?.maximum.total.amount ?? '0');
  const paid = lines.map(({ line }) => line.sale?.paid.total.amount);
  const refundable = sumOf(maxima);
  const before = paid.every((amount) => amount !== undefined) ? minus(sumOf(paid), refundable) : null;
  const overs = lines.flatMap(({ wish }) => (wish?.over ? [wish.over] : []));
  return { quotes, total: totalOf(quotes), refundable, before, over: overs.length ? sumOf(overs) : null };
}

function progress(lines: readonly LineState[], quotes: readonly Quotes[]) {
  const wishes = lines.filter(({ wish }) => wish);
  const answered = wishes.every(({ answer }) => answer?.quote);
  const total = totalOf(wishes.flatMap(({ answer }) => (answer?.quote ? [answer.quote] : [])));
  const failures = lines.flatMap(({ all, answer }) => [all?.failure, answer?.failure]).filter((failure) => !!failure);
  return {
    known: quotes[0]?.settled ?? false,
    complete: wishes.length > 0 && answered && quotes.every(({ settled }) => settled) && isMore(total, '0') && !isZero(total),
    failure: failures[0] ?? null,
    again: () => quotes.forEach((one) => one.again()),
  };
}

/** What of each line is wanted: of everything, all lines; of one sum, one line. */
export function picksOf(scope: Scope, picks: readonly Pick[], one: { lineId: string; typed: string }): readonly Pick[] {
  if (scope === 'BY_LINE') return picks;
  return picks.map(({ lineId }) =>
    scope === 'EVERYTHING'
      ? { lineId, chosen: true, units: null, typed: '' }
      : { lineId, chosen: lineId === one.lineId && !!one.typed.trim(), units: null, typed: one.typed },
  );
}
