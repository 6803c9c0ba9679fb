import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatFor, type Format } from '../lib/format';
import type { en } from './en';

export type Dictionary = typeof en;
export interface Words {
  t: Dictionary;
  format: Format;
}

const isFrench = (locale: string) => locale.toLowerCase().startsWith('fr');

/** The words and the formats of a locale: French in French, everything else in English with its own dates and amounts. */
export async function loadWords(locale: string): Promise<Words> {
  const t = isFrench(locale) ? (await import('./fr')).fr : (await import('./en')).en;
  return { t, format: formatFor(usable(locale)) };
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

export const WordsContext = createContext<Words | null>(null);
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('No words here.');
  return words;
}
