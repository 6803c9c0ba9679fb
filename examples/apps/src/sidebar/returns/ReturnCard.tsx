import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ReturnDetailsFragment, ReturnState } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useNow } from '../../lib/clock';
import { offeredLater, offeredNow } from '../../lib/offered';
import { Card, Icon, Pill, type IconName, type Tone } from '../../lib/ui';
import { knownActions, ReturnDialog, type KnownAction } from './ReturnDialog';
import type { CaseWithReturns, OrderWithLines } from './ReturnTab';
import { comingAfter, happened, isOver, type ReturnEvent } from './steps';

interface ReturnCardProps {
  of: CaseWithReturns;
  order: OrderWithLines;
  one: ReturnDetailsFragment;
  refetch(): void;
}

const tones: Partial<Record<ReturnState, Tone>> = {
  DECLINED: 'bad',
  NON_COMPLIANT: 'bad',
  LOST: 'bad',
  EXPIRED: 'warn',
  CANCELED: 'plain',
  CLOSED: 'plain',
  COMPLIANT: 'good',
  ITEM_KEPT: 'good',
};
/** What takes something away, or cannot be taken back. */
const destructive: readonly KnownAction[] = ['DECLINE', 'RECORD_LOST', 'CANCEL'];

export function ReturnCard({ of, order, one, refetch }: ReturnCardProps) {
  const { t } = useWords();
  const [doing, setDoing] = useState<KnownAction | null>(null);
  const offered = offeredNow(one.availableActions, knownActions, useNow(30_000));
  const line = order.lines.find(({ externalId }) => externalId === one.orderLineId);
  return (
    <Card title={`${t.returns.title} · ${one.reference}`} aside={<Pill tone={tones[one.state] ?? 'primary'}>{t.returns.states[one.state]}</Pill>}>
      <div class="thing">
        <span class="picture">
          <Icon name="box" />
        </span>
        <div class="grow">
          <p>
            <span class="strong">{line?.title ?? t.returns.unknownLine(one.orderLineId)}</span> {t.returns.quantity(one.quantity)}
          </p>
          <p class="muted small-text">
            {[t.returns.reasons[one.reason], t.returns.bases[one.basis]].join(' · ')}
          </p>
        </div>
      </div>
      {one.note && <blockquote class="words">{one.note}</blockquote>}
      <Steps one={one} events={happened(of.timeline.nodes, one.id)} />
      <Facts one={one} />
      {offered.length > 0 && (
        <div class="actions">
          {offered.map((action) => (
            <button
              key={action}
              type="button"
              class="button"
              data-tone={destructive.includes(action) ? 'bad' : undefined}
              onClick={() => setDoing(action)}
            >
              {t.returns.actions[action]}
            </button>
          ))}
        </div>
      )}
      <Later one={one} />
      {doing && (
        <ReturnDialog
          action={doing}
          one={one}
          price={line?.unitPrice ?? null}
          offered={offered.includes(doing)}
          refetch={refetch}
          onClose={() => setDoing(null)}
        />
      )}
    </Card>
  );
}

function Later({ one }: { one: ReturnDetailsFragment }) {
  const { t, format } = useWords();
  const later = offeredLater(one.availableActions, useNow(30_000));
  if (isOver(one.state)) return null;
  return (
    <p class="note">
      <Icon name="info" small />
      <span>
        {t.returns.onlyAllowed}{' '}
        {later.map(({ action, from }) => t.returns.actionFrom(t.returns.actions[action], format.moment(from))).join(' ')}
      </span>
    </p>
  );
}

const marks: Record<'done' | 'now' | 'next' | 'ended', IconName | null> = { done: 'check', now: 'clock', next: null, ended: 'cross' };

function Step({ mark, what, more, at }: { mark: keyof typeof marks; what: string; more?: ComponentChildren; at?: string | null }) {
  const { format } = useWords();
  const icon = marks[mark];
  return (
    <li data-mark={mark} aria-current={mark === 'now' ? 'step' : undefined}>
      <span class="mark">{icon && <Icon name={icon} small />}</span>
      <span class="what">{what}</span>
      {at ? (
        <time dateTime={at} title={format.full(at)}>
          {format.moment(at)}
        </time>
      ) : (
        <span />
      )}
      {more && <span class="more">{more}</span>}
    </li>
  );
}

/** What happened, where it stands with what silence means, and what comes next. */
function Steps({ one, events }: { one: ReturnDetailsFragment; events: ReturnEvent[] }) {
  const { t, format } = useWords();
  const who = ({ actor }: ReturnEvent) => actor.name ?? (actor.party ? t.common.parties[actor.party] : null);
  const started = events.some(({ change }) => change === 'REQUESTED');
  const bad: readonly ReturnState[] = ['DECLINED', 'LOST', 'NON_COMPLIANT'];
  return (
    <ol class="steps">
      {!started && <Step mark="done" what={t.returns.changes.REQUESTED} at={one.requestedAt} />}
      {events.map((event) => {
        const name = who(event);
        return <Step key={event.id} mark="done" what={t.returns.changes[event.change]} at={event.at} more={name && t.returns.by(name)} />;
      })}
      {!isOver(one.state) && (
        <Step
          mark={bad.includes(one.state) ? 'ended' : 'now'}
          what={t.returns.waiting[one.state] ?? t.returns.states[one.state]}
          more={one.dueAt && [t.returns.until(format.moment(one.dueAt)), t.returns.silence[one.state]].filter(Boolean).join(', ')}
        />
      )}
      {comingAfter(one.state).map((step) => (
        <Step key={step} mark="next" what={t.returns.coming[step]} />
      ))}
    </ol>
  );
}

function Facts({ one }: { one: ReturnDetailsFragment }) {
  const { t, format } = useWords();
  const words = t.returns;
  const { papers, parcel, refundDue } = one;
  const facts: [string, ComponentChildren][] = [
    [words.wayBackPaidBy, words.bearers[one.wayBack]],
    [words.wanted, words.resolutions[one.wanted]],
  ];
  if (one.method) facts.push([words.method, words.methods[one.method]]);
  if (papers) facts.push([words.label, <Label key="label" papers={papers} />]);
  if (papers?.rmaNumber) facts.push([words.rma, papers.rmaNumber]);
  if (papers?.rmaAddress) facts.push([words.sendTo, papers.rmaAddress]);
  if (parcel) facts.push([words.parcel, [parcel.carrier, parcel.trackingNumber, format.date(parcel.shippedAt)].filter(Boolean).join(' · ')]);
  if (one.receivedQuantity > 0) facts.push([words.pieces, words.piecesOf(one.receivedQuantity, one.quantity, one.damagedQuantity)]);
  if (one.keepOffer) facts.push([words.changes.KEEP_OFFERED, `${format.money(one.keepOffer.amount)} ${words.by(t.common.parties[one.keepOffer.by])}`]);
  if (one.withheld) facts.push([words.withheld, format.money(one.withheld)]);
  if (refundDue) facts.push([words.refundDue, `${format.date(refundDue.lastDay)}${refundDue.heldForGoods ? ` (${words.refundHeld})` : ''}`]);
  if (one.closing) facts.push([words.states.CLOSED, words.closings[one.closing]]);
  return (
    <>
      <dl class="facts return-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {one.declined && (
        <p class="note" data-tone="bad">
          <span>
            <b>{words.declineReasons[one.declined.reason]}</b> ({words.by(t.common.parties[one.declined.by])}) {one.declined.text}
          </span>
        </p>
      )}
      {one.finding && (
        <p class="note" data-tone="bad">
          <span>
            <b>{words.findings[one.finding.reason]}</b> {one.finding.text}
          </span>
        </p>
      )}
      {one.exclusion && <p class="note">{words.exclusion(words.exclusions[one.exclusion])}</p>}
      {one.disputeId && <p class="note">{words.dispute}</p>}
    </>
  );
}

/** A label is a link when it begins with https://, and a reference to be read aloud otherwise. */
function Label({ papers }: { papers: NonNullable<ReturnDetailsFragment['papers']> }) {
  const { t } = useWords();
  if (!papers.label) return <>{t.returns.papersKinds[papers.kind]}</>;
  if (!papers.label.startsWith('https://')) return <code>{papers.label}</code>;
  return (
    <a href={papers.label} target="_blank" rel="noreferrer noopener">
      {t.returns.openLabel}
    </a>
  );
}
