import { useWords } from '../../i18n';
import type { Refusal } from '../failure';

/** The server's sentence speaks to programs here, which read again by themselves. */
const ownWords: readonly string[] = ['WRONG_REVISION'];

/** What the server says of an input: the kind in the reader's language, and its own sentence, which knows the figures. */
export function Refusals({ refusals }: { refusals: readonly Refusal[] }) {
  const { t, format } = useWords();
  const isEnglish = !format.locale.toLowerCase().startsWith('fr');
  const kinds = t.common.refusals as Record<string, string>;
  return (
    <>
      {refusals.map(({ code, message }) => (
        <span key={message} class="refusal">
          {(!isEnglish || ownWords.includes(code)) && `${kinds[code] ?? t.common.failures.REFUSED} `}
          {!ownWords.includes(code) && <span lang="en">{message}</span>}
        </span>
      ))}
    </>
  );
}

/** The same as the error of a field; nothing when there is none. */
export const refusalText = (refusals: readonly Refusal[]) => (refusals.length ? <Refusals refusals={refusals} /> : undefined);
