import type { CaseHeadFragment, DeadlineState, Party, Promise as Promised } from '../../gql/graphql';

/** The five steps of a case, as the bar shows them. */
export const stages = ['RECEIVED', 'ANSWERED', 'BEING_SETTLED', 'RESOLVED', 'CLOSED'] as const;
export type Stage = (typeof stages)[number];

type Progress = Pick<CaseHeadFragment, 'status' | 'owner' | 'deadlines' | 'returns' | 'refunds' | 'disputes'>;

export function stageOf({ status, owner, deadlines, returns, refunds, disputes }: Progress): Stage {
  if (status === 'CLOSED' || status === 'RESOLVED') return status;
  if (owner === 'OPERATOR' || returns.length || refunds.length || disputes.length) return 'BEING_SETTLED';
  return deadlines.some(({ promise }) => promise === 'FIRST_REPLY') ? 'RECEIVED' : 'ANSWERED';
}

/** The deadline that counts now: a running answer before the resolution, what was missed before all. */
export interface Clock {
  promise: Promised;
  party: Party;
  state: DeadlineState;
  startedAt: string;
  dueAt: string | null;
}

export function clockOf(deadlines: readonly Deadline[]): Clock | null {
  const weight = ({ promise, state }: Deadline) =>
    (state === 'PAUSED' ? 10 : state === 'MISSED' && promise !== 'RESOLUTION' ? 0 : 1) + (promise === 'RESOLUTION' ? 5 : 0);
  const [first] = [...deadlines].sort((one, other) => weight(one) - weight(other));
  return first ? { ...first, dueAt: first.dueAt ?? null } : null;
}
type Deadline = CaseHeadFragment['deadlines'][number];

/** How much of the time is left, from 1 down to 0. */
export function shareLeft(startedAt: string, dueAt: string, now: number): number {
  const [start, due] = [Date.parse(startedAt), Date.parse(dueAt)];
  if (due <= start) return 0;
  return Math.min(1, Math.max(0, (due - now) / (due - start)));
}

export type Urgency = 'calm' | 'soon' | 'late';
export const urgencyOf = (left: number, overdue: boolean): Urgency => (overdue ? 'late' : left <= 0.25 ? 'soon' : 'calm');
