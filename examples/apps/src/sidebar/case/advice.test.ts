import { describe, expect, it } from 'vitest';
import { adviceFor } from './advice';
import { balanceOf } from './OrderCard';

const now = Date.parse('2026-11-23T10:00:00Z');
const facts = {
  id: 'cas_1',
  status: 'WAITING_OPERATOR',
  owner: 'OPERATOR',
  priority: 'NORMAL',
  missingFields: [],
  availableActions: ['ATTACH_ORDER', 'ESCALATE', 'PRIORITIZE'],
  awaiting: { party: 'OPERATOR', dueAt: '2026-11-24T10:00:00Z' },
  deadlines: [],
  triage: { priority: 'NORMAL', causes: [] },
  returns: [],
  refunds: [],
  disputes: [],
};
const grant = { action: 'GRANT', from: null, until: null };
const advise = (change: object) => adviceFor({ ...facts, ...change } as never, now);

describe('the next step', () => {
  it('is one, the most pressing', () => {
    const disputes = [{ id: 'd', stage: 'ARBITRATION', availableActions: [{ action: 'DECIDE', from: null, until: '2026-11-25T10:00:00Z' }] }];
    const refunds = [{ id: 'r', status: 'REQUESTED', decider: 'OPERATOR', availableActions: [grant] }];
    expect(advise({ missingFields: ['ORDER'], disputes, refunds })).toEqual({ kind: 'linkOrder' });
    expect(advise({ disputes, refunds })).toEqual({ kind: 'dispute', until: '2026-11-25T10:00:00Z' });
    expect(advise({ refunds })).toEqual({ kind: 'refund', until: null });
    expect(advise({})).toEqual({ kind: 'answer', dueAt: '2026-11-24T10:00:00Z' });
  });
  it('is nothing that the seller decides, and nothing that is not possible yet', () => {
    const sellers = [{ id: 'r', status: 'REQUESTED', decider: 'SELLER', availableActions: [grant] }];
    const later = [{ id: 'd', stage: 'ARBITRATION', availableActions: [{ action: 'DECIDE', from: '2026-11-24T10:00:00Z', until: null }] }];
    expect(advise({ status: 'WAITING_SELLER', refunds: sellers, disputes: later })).toBeNull();
  });
  it('gives what the server gives as its causes', () => {
    const triage = { priority: 'URGENT', causes: [{ kind: 'SAFETY' }, { kind: 'LATE' }] };
    expect(advise({ triage })).toEqual({ kind: 'raise', priority: 'URGENT', causes: ['SAFETY', 'LATE'] });
    expect(advise({ triage, availableActions: [] })).toMatchObject({ kind: 'answer' });
  });
});

describe('what is left to refund', () => {
  const eur = (amount: string) => ({ amount, currencyCode: 'EUR' });
  const sold = (amount: string) => ({ sale: { paid: { total: eur(amount) } } });
  const refund = (status: string, amount: string | null) => ({ status, grant: amount ? { amount: eur(amount) } : null });
  it('is reckoned without losing a cent', () => {
    const order = { total: eur('89.75'), lines: [sold('44.95'), sold('44.80')], refunds: [refund('SUCCEEDED', '19.95'), refund('GRANTED', '0.10'), refund('DECLINED', null), refund('REVERSED', '5.00')] };
    expect(balanceOf(order as never)).toEqual({ refunded: '20.05', refundable: '69.70' });
  });
  it('is the order’s total where nobody told how it was sold, and never less than nothing', () => {
    expect(balanceOf({ total: eur('10.00'), lines: [{ sale: null }], refunds: [refund('SUCCEEDED', '12.00')] } as never)).toEqual({ refunded: '12.00', refundable: '0' });
  });
});
