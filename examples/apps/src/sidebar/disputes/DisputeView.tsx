import { useState } from 'preact/hooks';
import type { DisputeDetailsFragment, DisputeStage } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useNow } from '../../lib/clock';
import { isZero } from '../../lib/decimal';
import { offeredLater, offeredNow } from '../../lib/offered';
import { Card, Icon, Pill, type Tone } from '../../lib/ui';
import { DisputeDialog, knownActions, type KnownAction } from './DisputeDialog';
import type { Charter } from './DisputeTab';
import { Evidence } from './Evidence';
import { Ruling } from './Ruling';
import { isOver, stagesOf, type CaseWithDisputes, type StageStep } from './stages';

interface DisputeViewProps {
  of: CaseWithDisputes;
  dispute: DisputeDetailsFragment;
  charter: Charter;
  refetch(): void;
}

const tones: Partial<Record<DisputeStage, Tone>> = { SETTLED: 'good', ARBITRATION: 'warn', APPEALED: 'warn', UNRESOLVED: 'bad', WITHDRAWN: 'plain', FINAL: 'plain' };
const destructive: readonly KnownAction[] = ['STAND_BACK'];

/** One dispute: where it stands, what each side wants and offers, the evidence, what was decided, and what may be done. */
export function DisputeView({ of, dispute, charter, refetch }: DisputeViewProps) {
  const { t } = useWords();
  const [doing, setDoing] = useState<KnownAction | null>(null);
  const now = useNow(30_000);
  const offered = offeredNow(dispute.availableActions, knownActions, now);
  const steps = stagesOf(dispute, of.timeline.nodes, charter?.disputes.arbitration !== 'NOT_OFFERED');
  return (
    <>
      <Card title={t.disputes.title} aside={<Pill tone={tones[dispute.stage] ?? 'primary'}>{dispute.stageLabel}</Pill>}>
        <ol class="steps">
          {steps.map((step) => (
            <Stage key={step.stage} step={step} dispute={dispute} />
          ))}
        </ol>
        <Sides of={of} dispute={dispute} />
        <Bids dispute={dispute} />
        {dispute.stoodBack && (
          <p class="note" data-tone="warn">
            <span>
              <b>{t.disputes.stoodBack}</b> {dispute.stoodBack}
            </span>
          </p>
        )}
        {offered.length > 0 && (
          <div class="actions">
            {offered.map((action) => (
              <button key={action} type="button" class="button" data-tone={destructive.includes(action) ? 'bad' : undefined} onClick={() => setDoing(action)}>
                {t.disputes.actions[action]}
              </button>
            ))}
          </div>
        )}
        <WhyNot dispute={dispute} now={now} />
      </Card>
      {dispute.decision && <Ruling title={t.disputes.decision.title} ruling={dispute.decision} />}
      <Appeal dispute={dispute} />
      <Evidence of={of} dispute={dispute} onRequest={offered.includes('REQUEST_EVIDENCE') ? () => setDoing('REQUEST_EVIDENCE') : null} />
      {doing && (
        <DisputeDialog action={doing} of={of} dispute={dispute} offered={offered.includes(doing)} refetch={refetch} onClose={() => setDoing(null)} />
      )}
    </>
  );
}

function Stage({ step: { stage, mark, at }, dispute }: { step: StageStep; dispute: DisputeDetailsFragment }) {
  const { t, format } = useWords();
  const ends = { ARBITRATION: dispute.hardStopAt }[stage as 'ARBITRATION'] ?? dispute.dueAt;
  return (
    <li data-mark={mark} aria-current={mark === 'now' ? 'step' : undefined}>
      <span class="mark">{mark !== 'next' && <Icon name={mark === 'done' ? 'check' : 'clock'} small />}</span>
      <span class="what">{t.disputes.stages[stage]}</span>
      {at ? (
        <time dateTime={at} title={format.full(at)}>
          {format.date(at)}
        </time>
      ) : (
        <span />
      )}
      {mark === 'now' && !isOver(dispute.stage) && ends && <span class="more">{t.disputes.stageEnds[stage](format.date(ends))}</span>}
    </li>
  );
}

/** What it is about, and the words of both. */
function Sides({ of, dispute }: { of: CaseWithDisputes; dispute: DisputeDetailsFragment }) {
  const { t, format } = useWords();
  const words = t.disputes;
  const line = of.order?.lines.find(({ externalId }) => externalId === dispute.lineId);
  const isBuyers = dispute.opener === 'BUYER';
  const answered = dispute.answeredAt ? words.answered(format.moment(dispute.answeredAt)) : words.answerDue(format.moment(dispute.answerDueAt));
  return (
    <div class="sides">
      <p>
        <b>{words.reasons[dispute.reason]}</b> · {words.about(line?.title ?? dispute.lineId ?? null)}
      </p>
      <dl class="facts return-facts">
        <div>
          <dt>{words.wants}</dt>
          <dd>{words.remedies[dispute.wanted]}</dd>
        </div>
        {!isZero(dispute.amount.amount) && (
          <div>
            <dt>{words.atMost}</dt>
            <dd class="strong">{format.money(dispute.amount)}</dd>
          </div>
        )}
      </dl>
      <p class="muted small-text">
        {t.common.parties[dispute.opener]} · {format.moment(dispute.openedAt)}
      </p>
      <blockquote class="words">{dispute.text}</blockquote>
      <p class="muted small-text">
        {t.common.parties[isBuyers ? 'SELLER' : 'BUYER']} · {answered}
      </p>
      {dispute.answer ? <blockquote class="words">{dispute.answer}</blockquote> : !dispute.answeredAt && <p class="muted">{words.noAnswer}</p>}
    </div>
  );
}

/** Offers between the parties, proposals to both, and what came of them. */
function Bids({ dispute }: { dispute: DisputeDetailsFragment }) {
  const { t, format } = useWords();
  const words = t.disputes;
  const { settlement } = dispute;
  const worth = (one: { remedy: keyof typeof words.remedies; amount?: { amount: string; currencyCode: string } | null }) =>
    [words.remedies[one.remedy], one.amount && format.money(one.amount)].filter(Boolean).join(' · ');
  const until = (one: { state: string; expiresAt: string }) => one.state === 'OPEN' && words.until(format.moment(one.expiresAt));
  return (
    <>
      {dispute.offers.length > 0 && (
        <section class="bids">
          <h3>{words.offers}</h3>
          <ul>
            {dispute.offers.map((offer) => (
              <li key={offer.id} data-open={offer.state === 'OPEN'}>
                <b>{worth(offer)}</b>
                <span class="muted small-text">
                  {[t.common.parties[offer.by], words.offerStates[offer.state], until(offer)].filter(Boolean).join(' · ')}
                </span>
                {offer.text && <span>{offer.text}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {dispute.proposals.length > 0 && (
        <section class="bids">
          <h3>{words.proposals}</h3>
          <ul>
            {dispute.proposals.map((proposal) => (
              <li key={proposal.id} data-open={proposal.state === 'OPEN'}>
                <b>{worth(proposal)}</b>
                <span class="muted small-text">
                  {[
                    words.says(t.common.parties.BUYER, words.answers[proposal.buyer]),
                    words.says(t.common.parties.SELLER, words.answers[proposal.seller]),
                    words.offerStates[proposal.state],
                    until(proposal),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
                {proposal.text && <span>{proposal.text}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {settlement && (
        <p class="note" data-tone="good">
          <Icon name="check" small />
          <span>
            <b>{words.settled}</b> {words.agreements[settlement.agreement]} · {worth(settlement)} · {format.date(settlement.settledAt)}
          </span>
        </p>
      )}
    </>
  );
}

function Appeal({ dispute: { appeal, stage } }: { dispute: DisputeDetailsFragment }) {
  const { t, format } = useWords();
  if (!appeal) return null;
  return (
    <>
      <Card title={t.disputes.appeal.title}>
        <p class="muted small-text">{t.disputes.appeal.by(t.common.parties[appeal.by], format.date(appeal.appealedAt))}</p>
        <blockquote class="words">{appeal.text}</blockquote>
        {stage === 'FINAL' && !appeal.decision && <p class="note">{t.disputes.appeal.stands}</p>}
      </Card>
      {appeal.decision && <Ruling title={t.disputes.decision.appealTitle} ruling={appeal.decision} />}
    </>
  );
}

/** What opens only later, and who may not decide: as far as the server tells. */
function WhyNot({ dispute, now }: { dispute: DisputeDetailsFragment; now: number }) {
  const { t, format } = useWords();
  const words = t.disputes;
  if (isOver(dispute.stage)) return null;
  const later = offeredLater(dispute.availableActions, now);
  const deciding = { ARBITRATION: 'DECIDE', APPEALED: 'DECIDE_APPEAL' }[dispute.stage as 'ARBITRATION'];
  const mayNot = deciding && !dispute.availableActions.some(({ action }) => action === deciding);
  const notes = [
    ...later.map(({ action, from }) => words.actionFrom(words.actions[action].replace('…', ''), format.moment(from))),
    dispute.evidenceUntil && dispute.stage === 'ARBITRATION' ? words.evidenceUntil(format.moment(dispute.evidenceUntil)) : '',
    dispute.stage === 'ARBITRATION' ? words.hardStop(format.date(dispute.hardStopAt)) : '',
    mayNot ? (dispute.stage === 'APPEALED' ? words.mayNotDecideAppeal : words.mayNotDecide) : '',
    dispute.mediators.length ? words.mediators(dispute.mediators.length) : '',
  ].filter(Boolean);
  if (!notes.length) return null;
  return (
    <div class="note">
      <Icon name="info" small />
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}
