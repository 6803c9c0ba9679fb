import { useEffect, useState } from 'preact/hooks';
import { PreviewMessageDocument, type PreviewMessageQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useApi } from '../../lib/query';
import { Icon } from '../../lib/ui';
import type { LaneKey } from './lanes';

type Reading = NonNullable<PreviewMessageQuery['messagePreview']>['readings'][number];

const pause = 600;

/** Says before it is sent which contact details the other sides will not read. The server hides them; this only tells. */
export function Masking({ threadId, text }: { threadId: string; text: string }) {
  const { t, format } = useWords();
  const hidden = useReadings(threadId, text).filter((reading) => reading.hidden.length);
  if (!hidden.length) return <div role="status" class="unseen"></div>;
  return (
    <div role="status" class="note" data-tone="warn">
      <Icon name="shield" small />
      <ul>
        {hidden.map(({ reader, hidden: details }) => (
          <li key={reader}>
            {t.messages.masked(t.messages.readers[reader], format.list(details.map(({ kind, start, end }) => `${t.messages.details[kind]} (${text.slice(start, end)})`)))}
          </li>
        ))}
      </ul>
    </div>
  );
}

function useReadings(threadId: string, text: string): Reading[] {
  const api = useApi();
  const [known, setKnown] = useState<{ text: string; readings: Reading[] }>({ text: '', readings: [] });
  useEffect(() => {
    if (!text.trim()) return undefined;
    let current = true;
    const ask = () =>
      api.run(PreviewMessageDocument, { input: { threadId, text } }).then(
        ({ messagePreview }) => current && setKnown({ text, readings: messagePreview?.readings ?? [] }),
        () => undefined,
      );
    const timer = setTimeout(() => void ask(), pause);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [api, threadId, text]);
  // The places are those of the text that was asked about.
  return known.text === text ? known.readings : [];
}

/** A greeting to somebody who will never read it is likely to be in the wrong lane. */
export function Misaddressed({ text, lane, seller, buyer }: { text: string; lane: LaneKey; seller: string; buyer: string }) {
  const { t } = useWords();
  const absent = lane === 'seller' ? buyer : lane === 'buyer' ? seller : null;
  if (!absent || !greets(text, absent)) return <div role="status" class="unseen"></div>;
  return (
    <p role="status" class="note" data-tone="warn">
      <Icon name="alert" small /> {t.messages.misaddressed(absent)}
    </p>
  );
}

/** Whether the first line names somebody, by their first word: `Hello Marie,`. */
export function greets(text: string, name: string): boolean {
  const first = plain(name.split(/\s+/)[0] ?? '');
  const line = plain(text.trim().split('\n')[0] ?? '').slice(0, 60);
  return first.length > 2 && new RegExp(`(^|[^\\p{L}])${first.replace(/[^\p{L}\p{N}]/gu, '')}([^\\p{L}]|$)`, 'u').test(line);
}
const plain = (words: string) => words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
