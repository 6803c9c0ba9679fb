import { describe, expect, it } from 'vitest';
import { half, isMore, isZero, minus, permille, placesOf, plus, readAmount, sumOf, typedAmount } from './decimal';

describe('reckoning', () => {
  it('is exact where floating point is not', () => {
    expect(plus('0.10', '0.20')).toBe('0.30');
    expect(minus('1.00', '0.90')).toBe('0.10');
    expect(sumOf(['90071992547409.93', '0.01', '0.01'])).toBe('90071992547409.95');
  });
  it('keeps the places of the currency', () => {
    expect(plus('1200', '34')).toBe('1234');
    expect(minus('0.005', '0.010')).toBe('-0.005');
    expect(minus('20.00', '20.00')).toBe('0.00');
    expect([placesOf('1200'), placesOf('1.20'), placesOf('1.205')]).toEqual([0, 2, 3]);
  });
  it('compares by value', () => {
    expect(isMore('9.99', '10.00')).toBe(false);
    expect(isMore('10.00', '10.00')).toBe(false);
    expect(isMore('10.01', '10.00')).toBe(true);
    expect(isMore('100', '99.999')).toBe(true);
    expect([isZero('0.00'), isZero('0'), isZero('0.01')]).toEqual([true, true, false]);
  });
  it('halves downwards and measures in thousandths', () => {
    expect([half('9.99'), half('5'), half('1.001')]).toEqual(['4.99', '2', '0.500']);
    expect([permille('24.85', '99.40'), permille('1', '0')]).toEqual([250, 0]);
  });
});

describe('reading what was typed', () => {
  const read = (typed: string, locale: string, places: number) => {
    const reading = readAmount(typed, locale, places);
    return 'amount' in reading ? reading.amount : reading.fault;
  };
  it('reads French', () => {
    expect(read('12,5', 'fr', 2)).toBe('12.50');
    expect(read('1 234,50', 'fr', 2)).toBe('1234.50');
    expect(read('1\u202f234,50', 'fr-FR', 2)).toBe('1234.50');
    expect(read('12.50', 'fr', 2)).toBe('12.50');
    expect(read('1,234', 'fr', 2)).toBe('TOO_PRECISE');
  });
  it('reads English', () => {
    expect(read('12.5', 'en', 2)).toBe('12.50');
    expect(read('1,234.50', 'en', 2)).toBe('1234.50');
    expect(read('12,50', 'en', 2)).toBe('NOT_AN_AMOUNT');
    expect(read('1 234.50', 'en', 2)).toBe('NOT_AN_AMOUNT');
  });
  it('reads German, where the point groups', () => {
    expect(read('1.234,50', 'de', 2)).toBe('1234.50');
    expect(read('12.50', 'de', 2)).toBe('NOT_AN_AMOUNT');
  });
  it('goes by the places of the currency', () => {
    expect(read('1200', 'fr', 0)).toBe('1200');
    expect(read('1200,5', 'fr', 0)).toBe('TOO_PRECISE');
    expect(read('1,2345', 'fr', 3)).toBe('TOO_PRECISE');
    expect(read('1,5', 'fr', 3)).toBe('1.500');
  });
  it('refuses what is no amount', () => {
    expect(read('', 'fr', 2)).toBe('EMPTY');
    for (const typed of ['-1', '1e3', 'abc', '1,2,3', '12,', ',5', '€5', 'NaN', 'Infinity', '0x10', '1234567890123456']) {
      expect([typed, read(typed, 'fr', 2)]).toEqual([typed, 'NOT_AN_AMOUNT']);
    }
  });
  it('is taken back as it was put into the field', () => {
    for (const locale of ['fr', 'en', 'de', 'fr-CH']) {
      for (const amount of ['1234567.89', '0.05']) expect(read(typedAmount(amount, locale), locale, 2)).toBe(amount);
    }
  });
});
