import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/surfaces.css';
import '../styles/demo.css';
import type { ComponentChildren } from 'preact';
import { render } from 'preact';
import { loadWords, type Words } from '../i18n';
import { readMeta } from '../lib/boot';
import { demoWords, type DemoWords } from './words';
import type { DemoBoot } from './types';

export interface Scene {
  demo: DemoBoot['demo'];
  t: DemoWords;
  /** Those of the small components. */
  words: Words;
  locale: string;
  scheme: 'light' | 'dark';
}

/** Reads what the server says, sets language and colours as the browser wishes, and shows the page. */
export async function start(page: (scene: Scene) => ComponentChildren) {
  const boot = readMeta() as DemoBoot | null;
  const locale = new URLSearchParams(location.search).get('locale') ?? navigator.language;
  const t = demoWords(locale);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const scheme = dark.matches ? 'dark' : 'light';
  document.documentElement.lang = locale;
  document.documentElement.dataset['scheme'] = scheme;
  dark.onchange = () => location.reload();
  const words = await loadWords(locale);
  const root = document.getElementById('app') as HTMLElement;
  render(boot?.demo ? page({ demo: boot.demo, t, words, locale, scheme }) : <p class="away">{t.system}</p>, root);
}
