import { useWords } from '../../i18n';
import { useNow } from '../../lib/clock';
import { clockOf, shareLeft, urgencyOf } from './progress';
import type { CaseHeadFragment } from '../../gql/graphql';

const second = 1_000;
const hour = 3_600_000;

/** Until when an answer is due: a ring that empties, and the time that is left in words. */
export function SlaPill({ deadlines }: { deadlines: CaseHeadFragment['deadlines'] }) {
  const { t, format } = useWords();
  const now = useNow(second);
  const clock = clockOf(deadlines);
  if (!clock) return null;
  if (clock.state === 'PAUSED' || !clock.dueAt) {
    return <span class="sla" data-urgency="paused">{t.header.paused}</span>;
  }
  const left = Date.parse(clock.dueAt) - now;
  const overdue = left <= 0 || clock.state === 'MISSED';
  const share = overdue ? 0 : shareLeft(clock.startedAt, clock.dueAt, now);
  const span = Math.abs(left) < hour && !overdue ? countdown(left) : format.span(Math.abs(left));
  const words = overdue ? t.header.late(span) : t.header.left(span);
  return (
    <span class="sla" data-urgency={urgencyOf(share, overdue)} title={`${t.header.promises[clock.promise]} · ${t.common.parties[clock.party]} · ${format.full(clock.dueAt)}`}>
      <Ring share={share} />
      <span>
        {words} <span class="extra">{clock.promise === 'RESOLUTION' ? t.header.toResolve : t.header.toReply}</span>
      </span>
    </span>
  );
}

export function countdown(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / second));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const radius = 6;
const round = 2 * Math.PI * radius;

function Ring({ share }: { share: number }) {
  return (
    <svg class="ring" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r={radius} class="track" />
      <circle cx="8" cy="8" r={radius} class="left" stroke-dasharray={`${share * round} ${round}`} />
    </svg>
  );
}
