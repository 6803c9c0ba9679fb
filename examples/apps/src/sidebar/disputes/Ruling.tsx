import type { DisputeDetailsFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { isZero } from '../../lib/decimal';
import { Card } from '../../lib/ui';
import { bearersOf } from '../refunds/bearers';

type Decision = NonNullable<DisputeDetailsFragment['decision']>;
/** What was decided, or is about to be. */
export type Decided = Pick<Decision, 'outcome' | 'fault' | 'costBearer' | 'countsAgainstSeller' | 'amount' | 'remedy' | 'reason' | 'statement' | 'clause'>;

export function Ruling({ title, ruling }: { title: string; ruling: Decision }) {
  const { t, format } = useWords();
  return (
    <Card title={title}>
      <p class="muted small-text">{t.disputes.decision.decided(format.moment(ruling.decidedAt), t.disputes.deciders[ruling.decider])}</p>
      <RulingFacts ruling={ruling} />
    </Card>
  );
}

/** All of a decision, as both sides get it. */
export function RulingFacts({ ruling }: { ruling: Decided }) {
  const words = useWords();
  const { t, format } = words;
  const { decision, outcomes, faults, counts, remedies, decisionReasons, nothing } = t.disputes;
  const money = isZero(ruling.amount.amount) ? '' : format.money(ruling.amount);
  const given = [ruling.remedy && remedies[ruling.remedy], money].filter(Boolean).join(' · ') || nothing;
  const facts: [string, string][] = [
    [decision.buyerGets, given],
    [decision.fault, faults[ruling.fault]],
    ...(ruling.costBearer && money ? [[decision.paidBy, bearersOf(ruling.costBearer.goods, words)] as [string, string]] : []),
    ...(ruling.countsAgainstSeller ? [[decision.counts, counts[ruling.countsAgainstSeller]] as [string, string]] : []),
    [decision.reason, decisionReasons[ruling.reason]],
    [decision.clause, ruling.clause],
  ];
  return (
    <>
      <p class="outcome">{outcomes[ruling.outcome]}</p>
      <dl class="facts return-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="muted small-text statement">{decision.statement}</p>
      <blockquote class="words">{ruling.statement}</blockquote>
    </>
  );
}
