/**
 * Exact amounts: decimal strings as the server writes them, reckoned in units of their last place. Nothing here is a floating point
 * number. How many places a currency has is read from the amounts of the server, which always writes all of them.
 */
export type Amount = string;

export const placesOf = (amount: Amount): number => amount.split('.')[1]?.length ?? 0;

function unitsOf(amount: Amount, places: number): bigint {
  const [whole = '0', after = ''] = amount.replace('-', '').split('.');
  const units = BigInt(whole + after.padEnd(places, '0'));
  return amount.startsWith('-') ? -units : units;
}

function written(units: bigint, places: number): Amount {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${units < 0n ? '-' : ''}${whole}${places ? `.${digits.slice(-places)}` : ''}`;
}

const reckon = (one: Amount, other: Amount, by: (one: bigint, other: bigint) => bigint): Amount => {
  const places = Math.max(placesOf(one), placesOf(other));
  return written(by(unitsOf(one, places), unitsOf(other, places)), places);
};
export const plus = (one: Amount, other: Amount): Amount => reckon(one, other, (a, b) => a + b);
export const minus = (one: Amount, other: Amount): Amount => reckon(one, other, (a, b) => a - b);
export const isZero = (amount: Amount): boolean => !/[1-9]/.test(amount);
export const isMore = (one: Amount, than: Amount): boolean => {
  const difference = minus(one, than);
  return !difference.startsWith('-') && !isZero(difference);
};
export const sumOf = (amounts: readonly Amount[]): Amount => amounts.reduce(plus, '0');
export const half = (amount: Amount): Amount => written(unitsOf(amount, placesOf(amount)) / 2n, placesOf(amount));
/** How much of a whole something is, in thousandths, for drawing. */
export function permille(part: Amount, whole: Amount): number {
  const places = Math.max(placesOf(part), placesOf(whole));
  const all = unitsOf(whole, places);
  return all > 0n ? Number((unitsOf(part, places) * 1000n) / all) : 0;
}

export type Reading = { amount: Amount } | { fault: AmountFault };
export type AmountFault = 'EMPTY' | 'NOT_AN_AMOUNT' | 'TOO_PRECISE';

/**
 * What somebody typed as their language writes amounts: `1 234,50` in French, `1,234.50` in English. What could be read in two ways
 * is refused, not guessed.
 */
export function readAmount(typed: string, locale: string, places: number): Reading {
  const { decimal, group } = separatorsOf(locale);
  const text = typed.trim();
  if (!text) return { fault: 'EMPTY' };
  const spaces = /^\s$/.test(group);
  // A point is how keypads write it; only where it groups thousands it is not a decimal point.
  const decimals = decimal === ',' && group !== '.' ? /[,.]/g : new RegExp(`\\${decimal}`, 'g');
  const [whole = '', after, ...rest] = text.split(decimals);
  const grouping = spaces ? '\\s' : `\\${group}`;
  const isGrouped = new RegExp(`^\\d{1,3}(?:${grouping}\\d{3})+$`).test(whole);
  if (rest.length || !(isGrouped || /^\d+$/.test(whole)) || !/^\d*$/.test(after ?? '')) return { fault: 'NOT_AN_AMOUNT' };
  if (after === '' || whole.length > 15) return { fault: 'NOT_AN_AMOUNT' };
  if ((after ?? '').length > places) return { fault: 'TOO_PRECISE' };
  const digits = whole.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
  return { amount: places ? `${digits}.${(after ?? '').padEnd(places, '0')}` : digits };
}

/** An amount as it is put into a field, without grouping. */
export const typedAmount = (amount: Amount, locale: string): string => amount.replace('.', separatorsOf(locale).decimal);

function separatorsOf(locale: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.5);
  const find = (type: string, otherwise: string) => parts.find((part) => part.type === type)?.value ?? otherwise;
  return { decimal: find('decimal', '.'), group: find('group', ',') };
}
