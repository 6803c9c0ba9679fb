import { describe, expect, it } from 'vitest';
import { anchorOf, basisPointsOf, formOf, itemsOf, operatorShare, sharesOf, suggestedBearer, suggestedSplit, wishOf, withCarrier, withSeller } from './plan';
import { quote, refund } from './samples';

describe('what is wanted of a line', () => {
  const pick = { lineId: '1', chosen: true, units: null, typed: '' };
  it('is all of it, pieces, or a sum once one is typed', () => {
    expect(wishOf(pick, '44.95', 'fr', 2).ask).toEqual({ lineId: '1' });
    expect(wishOf({ ...pick, units: 2 }, '44.95', 'fr', 2).ask).toEqual({ lineId: '1', units: 2 });
    expect(wishOf({ ...pick, units: 2, typed: '12,5' }, '44.95', 'fr', 2).ask).toEqual({ lineId: '1', amount: '12.50' });
  });
  it('is not asked for when it is above what is left, and says by how much', () => {
    expect(wishOf({ ...pick, typed: '50,15' }, '44.95', 'fr', 2)).toEqual({ lineId: '1', ask: null, over: '5.20' });
    expect(wishOf({ ...pick, typed: '44,95' }, '44.95', 'fr', 2).over).toBeUndefined();
  });
  it('is not asked for when it is no amount', () => {
    expect(wishOf({ ...pick, typed: 'x' }, '44.95', 'fr', 2)).toEqual({ lineId: '1', ask: null, fault: 'NOT_AN_AMOUNT' });
    expect(wishOf({ ...pick, typed: '0' }, '44.95', 'fr', 2).ask).toBeNull();
  });
});

describe('what is granted', () => {
  it('is what was quoted, added up by line and part, exactly', () => {
    const delivery = quote('1', '0.20');
    const items = itemsOf([quote('1', '0.10'), quote('2', '5.00'), delivery]);
    expect(items.map(({ lineId, units, amount }) => [lineId, units, amount.amount])).toEqual([
      ['1', 2, '0.30'],
      ['2', 1, '5.00'],
    ]);
    expect(items[0]?.parts).toEqual({ fees: '0.00', item: '0.30', itemTax: '0.00', shipping: '0.00', shippingTax: '0.00' });
  });
  it('has the form of its way', () => {
    expect(formOf('STORE_CREDIT', 'EVERYTHING')).toBe('STORE_CREDIT');
    expect(formOf('VOUCHER', 'AMOUNT')).toBe('PROMO_CODE');
    expect(formOf('ORIGINAL_PAYMENT', 'EVERYTHING')).toBe('FULL');
    expect(formOf('BANK_TRANSFER', 'BY_LINE')).toBe('PARTIAL');
  });
});

it('answers an open request, and never a refund that is being paid', () => {
  const paid = refund({ id: 'rfd_2', lineId: '2', status: 'SUBMITTED', availableActions: [] });
  expect(anchorOf(['1', '2', '3'], [paid, refund({ lineId: '3' })])).toBe('3');
  expect(anchorOf(['2', '1'], [paid])).toBe('1');
  expect(anchorOf(['2'], [paid])).toBeNull();
});

describe('shares', () => {
  it('always sum to the whole', () => {
    let split = suggestedSplit('SELLER');
    split = withCarrier(split, 2_550);
    expect(sharesOf(split)).toEqual({ seller: 7_450, carrier: 2_550, operator: 0 });
    split = withSeller(split, 9_999);
    expect(sharesOf(split)).toEqual({ seller: 7_450, carrier: 2_550, operator: 0 });
    split = withSeller(split, -5);
    expect(sharesOf(split)).toEqual({ seller: 0, carrier: 2_550, operator: 7_450 });
    expect(sharesOf(withSeller(split, Number.NaN)).seller).toBe(0);
  });
  it('are suggested by the playbook; a buyer never pays', () => {
    expect(operatorShare(suggestedSplit('OPERATOR'))).toBe(10_000);
    expect(suggestedSplit('CARRIER').carrier).toBe(10_000);
    expect(suggestedSplit('BUYER').seller).toBe(10_000);
    expect(suggestedSplit(undefined).seller).toBe(10_000);
  });
  it('are said to be suggested only where a reason is known, and names somebody who may pay', () => {
    expect(suggestedBearer({ key: 'damaged', costBearer: 'CARRIER' })).toBe('CARRIER');
    expect(suggestedBearer({ key: 'other', costBearer: 'SELLER' })).toBeNull();
    expect(suggestedBearer({ key: 'regret', costBearer: 'BUYER' })).toBeNull();
    expect(suggestedBearer(null)).toBeNull();
  });
  it('are read from per cents', () => {
    expect(basisPointsOf('33,5', 'fr')).toBe(3_350);
    expect(basisPointsOf('100', 'en')).toBe(10_000);
    expect(basisPointsOf('100.01', 'en')).toBeNull();
    expect(basisPointsOf('a', 'en')).toBeNull();
  });
});
