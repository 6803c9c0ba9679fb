import type { CaseDisputesQuery, DisputeDetailsFragment, DisputeStage } from '../../gql/graphql';

export type CaseWithDisputes = NonNullable<CaseDisputesQuery['case']>;
type TimelineNode = CaseWithDisputes['timeline']['nodes'][number];

/** The stages in the order in which they follow each other; a dispute leaves the road when it is settled or given up. */
const road = ['DIRECT_CONTACT', 'MEDIATION', 'ARBITRATION', 'DECIDED', 'APPEALED', 'FINAL'] as const;
export type RoadStage = (typeof road)[number];

export interface StageStep {
  stage: RoadStage;
  mark: 'done' | 'now' | 'next';
  /** When it began, as far as that is told. */
  at: string | null;
}

export const isOver = (stage: DisputeStage): boolean => ['SETTLED', 'WITHDRAWN', 'UNRESOLVED', 'FINAL'].includes(stage);

/** Where a dispute has been, is, and goes if nobody agrees. */
export function stagesOf(dispute: DisputeDetailsFragment, nodes: readonly TimelineNode[], arbitrates: boolean): StageStep[] {
  const { stage, openedAt, decision, appeal } = dispute;
  const moves = nodes.flatMap((node) =>
    node.__typename === 'DisputeChangedEvent' && node.disputeId === dispute.id && node.change === 'STAGE_CHANGED' ? [node.at] : [],
  );
  // Each move leads one stage further on the road; what is known for certain goes before.
  const starts: Partial<Record<RoadStage, string | null | undefined>> = {
    DIRECT_CONTACT: openedAt,
    MEDIATION: moves[0],
    ARBITRATION: moves[1],
    DECIDED: decision?.decidedAt,
    APPEALED: appeal?.appealedAt,
  };
  const here = road.findIndex((one) => one === stage);
  const left = here === -1;
  const reached = left ? (decision ? 3 : Math.max(0, moves.length - 1)) : here;
  return road.flatMap((one, at): StageStep[] => {
    const mark = at < reached || (isOver(stage) && at === reached) ? 'done' : at === reached ? 'now' : 'next';
    const isMissing = one === 'APPEALED' && !appeal;
    const isFuture = mark === 'next' && (left || (!arbitrates && at > 1) || one === 'APPEALED');
    return isMissing || isFuture ? [] : [{ stage: one, mark, at: mark === 'next' ? null : (starts[one] ?? null) }];
  });
}

/** What one side was asked for and has not answered by handing anything in since. */
export function missingOf(dispute: Pick<DisputeDetailsFragment, 'evidence' | 'evidenceRequests'>, party: 'BUYER' | 'SELLER') {
  return dispute.evidenceRequests.filter(
    ({ of, requestedAt }) =>
      of === party && !dispute.evidence.some(({ by, submittedAt }) => by === party && Date.parse(submittedAt) >= Date.parse(requestedAt)),
  );
}
