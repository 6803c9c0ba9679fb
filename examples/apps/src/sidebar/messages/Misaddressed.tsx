import { useWords } from '../../i18n';
import { Icon } from '../../lib/ui';
import type { LaneKey } from './lanes';

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
