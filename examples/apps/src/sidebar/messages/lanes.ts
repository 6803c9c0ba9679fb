import type { CaseHeadFragment, Party, ThreadKind } from '../../gql/graphql';

/** Who reads what is written: both sides, or one of them and never the other. */
export const laneKeys = ['everyone', 'seller', 'buyer'] as const;
export type LaneKey = (typeof laneKeys)[number];

export type Thread = CaseHeadFragment['threads'][number];
export interface Lane {
  key: LaneKey;
  threads: Thread[];
  unread: number;
}

/**
 * The lane of a thread: by who takes part in it, as that is who reads it. A thread of operator and buyer to which a seller was
 * added is everybody's, whatever it is called.
 */
export function laneOf({ kind, participants }: Pick<Thread, 'kind' | 'participants'>): LaneKey {
  const parties = new Set<Party>([...partiesOf[kind], ...participants.map(({ party }) => party)]);
  if (parties.has('BUYER') && parties.has('SELLER')) return 'everyone';
  return parties.has('SELLER') ? 'seller' : 'buyer';
}

const partiesOf: Record<ThreadKind, readonly Party[]> = {
  OPERATOR_BUYER: ['BUYER'],
  OPERATOR_SELLER: ['SELLER'],
  SELLER_BUYER: ['BUYER', 'SELLER'],
  TRIPARTITE: ['BUYER', 'SELLER'],
};

/** What to open where a lane has no thread yet. */
export const kindToOpen: Record<LaneKey, ThreadKind> = { everyone: 'TRIPARTITE', seller: 'OPERATOR_SELLER', buyer: 'OPERATOR_BUYER' };

export function lanesOf(threads: readonly Thread[]): Lane[] {
  return laneKeys.map((key) => {
    const own = threads.filter((thread) => laneOf(thread) === key);
    return { key, threads: own, unread: own.reduce((sum, { unreadCount }) => sum + unreadCount, 0) };
  });
}

/** Where somebody is: the lane stays the same also when its thread is not there yet, or not any more. */
export interface Place {
  lane: LaneKey;
  threadId: string | null;
}

/** The lane and thread of a place. A thread that others were let into is found in its new lane. */
export function find(lanes: readonly Lane[], place: Place | null): { lane: Lane; thread: Thread | null } {
  const named = lanes.find(({ threads }) => threads.some(({ id }) => id === place?.threadId));
  const lane = named ?? lanes.find(({ key, threads }) => (place ? key === place.lane : threads.length)) ?? (lanes[0] as Lane);
  return { lane, thread: lane.threads.find(({ id }) => id === place?.threadId) ?? lane.threads.at(-1) ?? null };
}

/** The sides that read a lane besides the team. */
export const readersOf: Record<LaneKey, readonly Party[]> = { everyone: ['BUYER', 'SELLER'], seller: ['SELLER'], buyer: ['BUYER'] };
