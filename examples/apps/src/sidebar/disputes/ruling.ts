import type {
  CountsAgainstSeller,
  DisputeDecideInput,
  DisputeDecisionReason,
  DisputeDetailsFragment,
  DisputeFault,
  DisputeOutcome,
  DisputeRemedy,
} from '../../gql/graphql';
import { half, isMore, isZero, type Amount } from '../../lib/decimal';
import { sharesOf, type Split } from '../refunds/plan';

/** A decision while it is written. Who won, who was at fault, who pays and whether it counts are four answers, never one. */
export interface Draft {
  outcome: DisputeOutcome | null;
  fault: DisputeFault | null;
  split: Split | null;
  counts: CountsAgainstSeller | null;
  remedy: DisputeRemedy | null;
  amount: Amount | null;
  reason: DisputeDecisionReason | null;
  statement: string;
  clause: string;
}

export const emptyDraft: Draft = {
  outcome: null,
  fault: null,
  split: null,
  counts: null,
  remedy: null,
  amount: null,
  reason: null,
  statement: '',
  clause: '',
};

/** A repair or other goods alone have no amount. */
export const hasAmount = (remedy: DisputeRemedy | null): boolean => remedy !== null && remedy !== 'REPAIR' && remedy !== 'REPLACEMENT';
export const givesNothing = (outcome: DisputeOutcome | null): boolean => outcome === 'SELLER_FAVOUR' || outcome === 'ABANDONED';

const whole: Split = { seller: 10_000, carrier: 0 };

/** What a card suggests. Reasons and words are never suggested. */
export function suggest(draft: Draft, outcome: DisputeOutcome, dispute: Pick<DisputeDetailsFragment, 'amount' | 'wanted'>): Draft {
  const all = dispute.amount.amount;
  const zero = all.replace(/\d/g, '0').replace(/^0+(?=\d)/, '');
  const isMoney = !isZero(all);
  const wanted = isMoney || !hasAmount(dispute.wanted) ? dispute.wanted : 'REPLACEMENT';
  const suggestions: Record<DisputeOutcome, Pick<Draft, 'fault' | 'split' | 'counts' | 'remedy' | 'amount'>> = {
    BUYER_FAVOUR: { fault: 'SELLER', split: whole, counts: 'COUNTS', remedy: wanted, amount: hasAmount(wanted) ? all : zero },
    SPLIT: {
      fault: 'NONE',
      split: { seller: 5_000, carrier: 0 },
      counts: 'DOES_NOT_COUNT',
      remedy: isMoney ? 'PARTIAL_REFUND_KEEP_ITEM' : 'REPAIR',
      amount: isMoney ? half(all) : zero,
    },
    SELLER_FAVOUR: { fault: 'NONE', split: whole, counts: 'DOES_NOT_COUNT', remedy: null, amount: zero },
    NO_FAULT: { fault: 'NONE', split: { seller: 0, carrier: 0 }, counts: 'DOES_NOT_COUNT', remedy: null, amount: zero },
    ABANDONED: { fault: 'NONE', split: whole, counts: 'DOES_NOT_COUNT', remedy: null, amount: zero },
  };
  return { ...draft, outcome, ...suggestions[outcome] };
}

export type Answer = 'outcome' | 'fault' | 'split' | 'counts' | 'amount' | 'reason' | 'statement' | 'clause';

/** What a decision still needs. That it fits together otherwise is the server's to judge. */
export function missingIn(draft: Draft): Answer[] {
  const needed: Record<Answer, boolean> = {
    outcome: !draft.outcome,
    fault: !draft.fault,
    split: !draft.split,
    counts: !draft.counts,
    amount: !draft.amount,
    reason: !draft.reason,
    statement: !draft.statement.trim(),
    clause: !draft.clause.trim(),
  };
  return (Object.keys(needed) as Answer[]).filter((answer) => needed[answer]);
}

export const isTooMuch = (draft: Draft, most: Amount): boolean => draft.amount !== null && isMore(draft.amount, most);

/** The input of the decision; null while something is missing. */
export function rulingOf(draft: Draft, dispute: Pick<DisputeDetailsFragment, 'id' | 'revision' | 'amount'>): DisputeDecideInput | null {
  const { outcome, fault, split, counts, amount, reason, remedy, statement, clause } = draft;
  if (missingIn(draft).length || !outcome || !fault || !split || !counts || !amount || !reason) return null;
  return {
    disputeId: dispute.id,
    revision: dispute.revision,
    outcome,
    fault,
    costBearer: { goods: sharesOf(split) },
    countsAgainstSeller: counts,
    remedy,
    amount: { amount, currencyCode: dispute.amount.currencyCode },
    reason,
    statement,
    clause,
  };
}
