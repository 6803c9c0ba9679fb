import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatFor, type Format } from '../lib/format';
import { en } from './en';
import { fr } from './fr';

export type Dictionary = typeof en;
export interface Words {
  t: Dictionary;
  format: Format;
}

/** The words and the formats of a locale: French in French, everything else in English with its own dates and amounts. */
export function wordsFor(locale: string): Words {
  return { t: locale.toLowerCase().startsWith('fr') ? fr : en, format: formatFor(usable(locale)) };
}

/** The first that says anything: what the helpdesk says of the agent, what the server says, what the browser says. */
export const chooseLocale = (...wishes: (string | null | undefined)[]): string => wishes.find(Boolean) ?? 'en';

function usable(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replace('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}

export const WordsContext = createContext<Words>(wordsFor('en'));
export const useWords = (): Words => useContext(WordsContext);
