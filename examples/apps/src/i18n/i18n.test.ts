import { describe, expect, it } from 'vitest';
import { chooseLocale, loadWords } from '.';
import { en } from './en';
import { fr } from './fr';

type Entry = [path: string, text: string];

/** Every text of a dictionary; of those that are made, one made of words that are easy to find again. */
function entriesOf(dictionary: object, path = ''): Entry[] {
  return Object.entries(dictionary).flatMap(([key, value]: [string, unknown]): Entry[] => {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') return [[here, String((value as (...args: unknown[]) => unknown)('UN', 'DEUX', 'TROIS'))]];
    return value && typeof value === 'object' ? entriesOf(value, here) : [];
  });
}

describe('the dictionaries', () => {
  const [english, french] = [entriesOf(en), entriesOf(fr)];

  it('have the same texts', () => {
    expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
  });

  it('leave nothing empty that is not empty in the other', () => {
    const empty = (entries: Entry[]) => entries.filter(([, text]) => !text).map(([path]) => path);
    expect(empty(french)).toEqual(empty(english));
  });

  it('keep French signs with their words: a space that does not break, and the right apostrophe', () => {
    const wrong = french.filter(([, text]) => /\p{L} [;:!?»]|« |\p{L}'\p{L}/u.test(text));
    expect(wrong).toEqual([]);
  });
});

describe('the locale', () => {
  it('is the first that anybody names', () => {
    expect(chooseLocale(null, 'fr', 'en-US')).toBe('fr');
    expect(chooseLocale(undefined, null)).toBe('en');
  });
  it.each([
    ['fr', 'Dossier'],
    ['fr-CA', 'Dossier'],
    ['FR_fr', 'Dossier'],
    ['en-GB', 'Case'],
    ['de', 'Case'],
    ['not a locale!', 'Case'],
  ])('%s is answered', async (locale, word) => {
    expect((await loadWords(locale)).t.common.tabs.case).toBe(word);
  });
});
