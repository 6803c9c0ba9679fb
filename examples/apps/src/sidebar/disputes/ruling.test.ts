import { describe, expect, it } from 'vitest';
import { emptyDraft, isTooMuch, missingIn, rulingOf, suggest, type Draft } from './ruling';

const eur = (amount: string) => ({ amount, currencyCode: 'EUR' });
const dispute = { id: 'dis_1', revision: 7, amount: eur('44.95'), wanted: 'REFUND' } as const;
const whole: Draft = { ...suggest(emptyDraft, 'BUYER_FAVOUR', dispute), reason: 'NOT_CONFORM', statement: 'The foot is split.', clause: 'Art. 4' };

describe('a decision', () => {
  it('needs each of its answers', () => {
    expect(missingIn(emptyDraft)).toEqual(['outcome', 'fault', 'split', 'counts', 'amount', 'reason', 'statement', 'clause']);
    expect(missingIn(whole)).toEqual([]);
    const answers: Partial<Draft>[] = [{ outcome: null }, { fault: null }, { split: null }, { counts: null }, { reason: null }, { statement: ' ' }, { clause: '' }, { amount: null }];
    for (const answer of answers) expect(rulingOf({ ...whole, ...answer }, dispute)).toBeNull();
  });
  it('says who won, who was at fault, who pays and whether it counts apart', () => {
    const ruling = rulingOf({ ...whole, fault: 'CARRIER', split: { seller: 0, carrier: 10_000 }, counts: 'DOES_NOT_COUNT' }, dispute);
    expect(ruling).toEqual({
      disputeId: 'dis_1',
      revision: 7,
      outcome: 'BUYER_FAVOUR',
      fault: 'CARRIER',
      costBearer: { goods: { seller: 0, carrier: 10_000, operator: 0 } },
      countsAgainstSeller: 'DOES_NOT_COUNT',
      remedy: 'REFUND',
      amount: eur('44.95'),
      reason: 'NOT_CONFORM',
      statement: 'The foot is split.',
      clause: 'Art. 4',
    });
  });
  it('is at most what the dispute is about', () => {
    expect(isTooMuch({ ...whole, amount: '44.95' }, '44.95')).toBe(false);
    expect(isTooMuch({ ...whole, amount: '44.96' }, '44.95')).toBe(true);
  });
});

describe('a card', () => {
  it('suggests what fits it, and keeps reason and words', () => {
    expect(suggest(whole, 'SELLER_FAVOUR', dispute)).toMatchObject({ remedy: null, amount: '0.00', counts: 'DOES_NOT_COUNT', statement: 'The foot is split.' });
    expect(suggest(whole, 'SPLIT', dispute)).toMatchObject({ remedy: 'PARTIAL_REFUND_KEEP_ITEM', amount: '22.47', fault: 'NONE' });
    expect(suggest(emptyDraft, 'BUYER_FAVOUR', { ...dispute, amount: { amount: '1200', currencyCode: 'JPY' } }).amount).toBe('1200');
  });
  it('gives no money where the dispute is not about money', () => {
    const goods = { ...dispute, amount: eur('0.00'), wanted: 'REPLACEMENT' } as const;
    expect(suggest(emptyDraft, 'BUYER_FAVOUR', goods)).toMatchObject({ remedy: 'REPLACEMENT', amount: '0.00' });
    expect(suggest(emptyDraft, 'SPLIT', goods)).toMatchObject({ remedy: 'REPAIR', amount: '0.00' });
    expect(suggest(emptyDraft, 'SELLER_FAVOUR', { ...dispute, amount: { amount: '120', currencyCode: 'JPY' } }).amount).toBe('0');
  });
});
