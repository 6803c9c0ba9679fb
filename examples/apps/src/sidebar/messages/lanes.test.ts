import { describe, expect, it } from 'vitest';
import type { Party, ThreadKind } from '../../gql/graphql';
import { find, laneOf, lanesOf, type Thread } from './lanes';

const thread = (id: string, kind: ThreadKind, parties: Party[], unreadCount = 0): Thread => ({
  id,
  kind,
  subject: null,
  unreadCount,
  viewerCanPost: true,
  participants: parties.map((party) => ({ id: `${id}-${party}`, party, right: 'REPLY' })),
});

describe('the lane of a thread', () => {
  it.each<[ThreadKind, Party[], string]>([
    ['TRIPARTITE', ['BUYER', 'SELLER', 'OPERATOR'], 'everyone'],
    ['SELLER_BUYER', ['BUYER', 'SELLER'], 'everyone'],
    ['OPERATOR_SELLER', ['SELLER', 'OPERATOR'], 'seller'],
    ['OPERATOR_BUYER', ['BUYER', 'OPERATOR'], 'buyer'],
    ['OPERATOR_BUYER', [], 'buyer'],
    ['OPERATOR_SELLER', [], 'seller'],
  ])('%s with %j is %s', (kind, parties, lane) => {
    expect(laneOf(thread('a', kind, parties))).toBe(lane);
  });

  it('is everybody’s as soon as a seller was added, whatever the thread is called', () => {
    expect(laneOf(thread('a', 'OPERATOR_BUYER', ['BUYER', 'OPERATOR', 'SELLER']))).toBe('everyone');
  });
});

describe('finding a place', () => {
  const shared = thread('thr_all', 'TRIPARTITE', ['BUYER', 'SELLER'], 2);
  const first = thread('thr_1', 'OPERATOR_SELLER', ['SELLER'], 1);
  const second = thread('thr_2', 'OPERATOR_SELLER', ['SELLER'], 3);

  it('counts what is unread by lane', () => {
    expect(lanesOf([shared, first, second]).map(({ unread }) => unread)).toEqual([2, 4, 0]);
  });

  it('begins where there is something', () => {
    expect(find(lanesOf([first]), null)).toMatchObject({ lane: { key: 'seller' }, thread: { id: 'thr_1' } });
    expect(find(lanesOf([]), null)).toMatchObject({ lane: { key: 'everyone' }, thread: null });
  });

  it('stays in its lane while the thread is not there yet, or not any more', () => {
    expect(find(lanesOf([shared]), { lane: 'buyer', threadId: null })).toMatchObject({ lane: { key: 'buyer' }, thread: null });
    expect(find(lanesOf([shared]), { lane: 'seller', threadId: 'thr_1' })).toMatchObject({ lane: { key: 'seller' }, thread: null });
  });

  it('follows a thread that others were let into, to the lane where they are', () => {
    const wider = thread('thr_b', 'OPERATOR_BUYER', ['BUYER', 'SELLER']);
    expect(find(lanesOf([shared, wider]), { lane: 'buyer', threadId: 'thr_b' })).toMatchObject({ lane: { key: 'everyone' }, thread: { id: 'thr_b' } });
  });
});
