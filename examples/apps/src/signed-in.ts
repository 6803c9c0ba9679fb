import { readMeta } from './lib/boot';

/** Hands the code to the page that opened this one. Only a page of the same origin gets it. */
const { code } = (readMeta() ?? {}) as { code?: string };
if (code && window.opener) {
  (window.opener as Window).postMessage({ type: 'trilogue.signedIn', code }, location.origin);
  window.close();
} else {
  const french = navigator.language.startsWith('fr');
  const word = document.getElementById('word');
  if (word) word.textContent = french ? 'Vous pouvez fermer cette fenêtre.' : 'You can close this window.';
}
