/**
 * French sets a space before some signs that must not break from its word. Nobody sees in an editor which space stands there,
 * so dictionaries are written with plain ones and this sets the right ones.
 */
export function withFrenchSpaces<Entry>(entry: Entry): Entry {
  return mapped(entry) as Entry;
}

function mapped(entry: unknown): unknown {
  if (typeof entry === 'string') return spaced(entry);
  if (typeof entry === 'function') return (...args: unknown[]) => mapped((entry as (...args: unknown[]) => unknown)(...args));
  if (!entry || typeof entry !== 'object' || Array.isArray(entry)) return entry;
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, mapped(value)]));
}

const narrow = '\u202f';
const full = '\u00a0';
const spaced = (text: string): string =>
  text
    .replace(/ (?=[;!?])/g, narrow)
    .replace(/ (?=[:»])/g, full)
    .replace(/« /g, `«${full}`);
