import type { CaseReturnsQuery, ReturnChange, ReturnDetailsFragment, ReturnState } from '../../gql/graphql';

export type TimelineNode = NonNullable<CaseReturnsQuery['case']>['timeline']['nodes'][number];
export type ReturnEvent = Extract<TimelineNode, { __typename: 'ReturnChangedEvent' }>;

const over: readonly ReturnState[] = ['CLOSED', 'CANCELED', 'EXPIRED'];
export const isOver = (state: ReturnState): boolean => over.includes(state);

/** What comes after that which is waited for now. Where silence or a dispute decides how it goes on, nobody knows. */
const coming = {
  REQUESTED: ['LABEL', 'SENT', 'RECEIVED', 'INSPECTED', 'PAID'],
  APPROVED: ['SENT', 'RECEIVED', 'INSPECTED', 'PAID'],
  READY_TO_SHIP: ['RECEIVED', 'INSPECTED', 'PAID'],
  IN_TRANSIT: ['RECEIVED', 'INSPECTED', 'PAID'],
  PARTIALLY_RECEIVED: ['INSPECTED', 'PAID'],
  RECEIVED: ['PAID'],
} as const satisfies Partial<Record<ReturnState, readonly string[]>>;
export type Coming = (typeof coming)[keyof typeof coming][number];

export const comingAfter = (state: ReturnState): readonly Coming[] => (coming as Partial<Record<ReturnState, readonly Coming[]>>)[state] ?? [];

/** What happened to one return, the oldest first, without what says nothing new. */
export function happened(nodes: readonly TimelineNode[], id: ReturnDetailsFragment['id']): ReturnEvent[] {
  const said: readonly ReturnChange[] = ['STATE_CHANGED', 'DISPUTED'];
  return nodes.filter(
    (node): node is ReturnEvent => node.__typename === 'ReturnChangedEvent' && node.returnId === id && !said.includes(node.change),
  );
}
