import type { CaseReturnsQuery, ReturnChange, ReturnDetailsFragment, ReturnState } from '../../gql/graphql';

export type TimelineNode = NonNullable<CaseReturnsQuery['case']>['timeline']['nodes'][number];
export type ReturnEvent = Extract<TimelineNode, { __typename: 'ReturnChangedEvent' }>;

/** The states in the order in which a return that nothing disturbs goes through them. */
const road = ['REQUESTED', 'APPROVED', 'READY_TO_SHIP', 'IN_TRANSIT', 'RECEIVED', 'COMPLIANT', 'CLOSED'] as const;
type Coming = Exclude<(typeof road)[number], 'REQUESTED'>;

const over: readonly ReturnState[] = ['CLOSED', 'CANCELED', 'EXPIRED'];
/** Where silence or a dispute decides how it goes on, nobody knows what comes next. */
const open: readonly ReturnState[] = ['OFFER_PENDING', 'DECLINED', 'NON_COMPLIANT'];

export const isOver = (state: ReturnState): boolean => over.includes(state);

export function comingAfter(state: ReturnState): readonly Coming[] {
  if (isOver(state) || open.includes(state)) return [];
  const alike: Partial<Record<ReturnState, ReturnState>> = { PARTIALLY_RECEIVED: 'RECEIVED', ITEM_KEPT: 'COMPLIANT', LOST: 'COMPLIANT' };
  const here = road.findIndex((one) => one === (alike[state] ?? state));
  return road.slice(here + 1) as Coming[];
}

/** What happened to one return, the oldest first, without what says nothing new. */
export function happened(nodes: readonly TimelineNode[], id: ReturnDetailsFragment['id']): ReturnEvent[] {
  const said: readonly ReturnChange[] = ['STATE_CHANGED', 'DISPUTED'];
  return nodes.filter(
    (node): node is ReturnEvent => node.__typename === 'ReturnChangedEvent' && node.returnId === id && !said.includes(node.change),
  );
}
