import type { RefundDetailsFragment } from '../../gql/graphql';
import type { CaseWithReturns, OrderWithLines } from '../returns/ReturnTab';
import type { Quote } from './quotes';

/** Things as the server sends them, for tests. */
export const eur = (amount: string) => ({ amount, currencyCode: 'EUR' });

export function quote(lineId: string, amount: string, more: Partial<Quote> = {}): Quote {
  const parts = { fees: eur('0.00'), item: eur(amount), itemTax: eur('0.00'), shipping: eur('0.00'), shippingTax: eur('0.00'), total: eur(amount) };
  return {
    amount: eur(amount),
    consentNeededFor: [],
    due: eur(amount),
    items: [{ lineId, units: 1, parts }],
    maximum: { ...parts, item: eur('44.95'), total: eur('44.95') },
    unitsLeft: 1,
    ...more,
  };
}

export const line = (externalId: string, title: string) => ({ externalId, title, sku: null, quantity: 1, unitPrice: eur('44.95'), sale: { paid: { total: eur('44.95') } } });

export function order(refunds: RefundDetailsFragment[] = [], lines = [line('1', 'Lamp')]): OrderWithLines {
  return { id: 'ord_1', reference: 'L-1', lines, refunds };
}

export function refund(more: Partial<RefundDetailsFragment> = {}): RefundDetailsFragment {
  return {
    id: 'rfd_1',
    revision: 1,
    status: 'REQUESTED',
    basis: 'COMMERCIAL',
    standing: 'CLAIMED',
    origin: 'REQUEST',
    lineId: '1',
    openedAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:00:00Z',
    decider: 'OPERATOR',
    availableActions: [{ action: 'GRANT' }, { action: 'DECLINE' }],
    ...more,
  } as RefundDetailsFragment;
}

export const aCase = (of: OrderWithLines): CaseWithReturns =>
  ({
    id: 'cas_1',
    reference: 'C-1',
    buyer: { displayName: 'Léa Martin' },
    seller: { id: 'sel_1', name: 'Nordic Home' },
    reason: { key: 'damaged', costBearer: 'SELLER', label: 'Damaged item' },
    order: of,
    returns: [],
    timeline: { nodes: [] },
  }) as CaseWithReturns;
