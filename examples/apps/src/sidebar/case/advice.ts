import type { CaseAction, CaseAdviceQuery, Priority, TriageCauseKind } from '../../gql/graphql';

type Facts = NonNullable<CaseAdviceQuery['case']>;

/** One thing to do next, by what the server says: whose turn it is, what is late, what it lets this viewer do. */
export type Advice =
  | { kind: 'linkOrder' }
  | { kind: 'refund' | 'refundRetry' | 'dispute'; until: string | null }
  | { kind: 'takeOver'; dueAt: string }
  | { kind: 'raise'; priority: Priority; causes: TriageCauseKind[] }
  | { kind: 'answer'; dueAt: string | null };

const priorities: readonly Priority[] = ['LOW', 'NORMAL', 'HIGH', 'URGENT'];
const refundSteps: readonly string[] = ['GRANT', 'APPROVE'];
const disputeSteps: readonly string[] = ['TAKE_UP', 'PROPOSE', 'DECIDE', 'DECIDE_APPEAL'];

/** The most pressing first; at most one, as more would be a list to read and not a step to take. */
export function adviceFor(facts: Facts, now: number): Advice | null {
  const may = (action: CaseAction) => facts.availableActions.includes(action);
  if (facts.missingFields.includes('ORDER') && may('ATTACH_ORDER')) return { kind: 'linkOrder' };

  const failed = facts.refunds.find(({ availableActions }) => availableActions.some(({ action }) => action === 'RETRY'));
  if (failed) return { kind: 'refundRetry', until: null };
  const dispute = facts.disputes.flatMap(({ availableActions }) => availableActions).find(isOpen(disputeSteps, now));
  if (dispute) return { kind: 'dispute', until: dispute.until ?? null };
  const refund = facts.refunds
    .filter(({ decider }) => decider === 'OPERATOR')
    .flatMap(({ availableActions }) => availableActions)
    .find(isOpen(refundSteps, now));
  if (refund) return { kind: 'refund', until: refund.until ?? null };

  const missed = facts.deadlines.find(({ party, promise, state }) => party === 'SELLER' && promise !== 'RESOLUTION' && state === 'MISSED');
  if (missed?.dueAt && facts.status === 'WAITING_SELLER' && may('ESCALATE')) return { kind: 'takeOver', dueAt: missed.dueAt };
  // A step without a reason to show is no advice.
  if (facts.triage?.causes.length && may('PRIORITIZE') && priorities.indexOf(facts.triage.priority) > priorities.indexOf(facts.priority)) {
    return { kind: 'raise', priority: facts.triage.priority, causes: facts.triage.causes.map(({ kind }) => kind) };
  }
  return facts.status === 'WAITING_OPERATOR' ? { kind: 'answer', dueAt: facts.awaiting?.dueAt ?? null } : null;
}

interface Step {
  action: string;
  from?: string | null;
  until?: string | null;
}
const isOpen =
  (steps: readonly string[], now: number) =>
  ({ action, from }: Step): boolean =>
    steps.includes(action) && (!from || Date.parse(from) <= now);
