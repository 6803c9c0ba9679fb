import type { ComponentChildren } from 'preact';
import type { RefundDetailsFragment, RefundStatus } from '../../gql/graphql';
import { useWords, type Words } from '../../i18n';
import { useNow } from '../../lib/clock';
import { offeredNow } from '../../lib/offered';
import { Icon, Pill, type Tone } from '../../lib/ui';
import type { OrderWithLines } from '../returns/ReturnTab';
import { bearersOf } from './bearers';
import { knownActions, type KnownAction } from './RefundActionDialog';

type RowAction = KnownAction | 'GRANT';
type Grant = NonNullable<RefundDetailsFragment['grant']>;

interface RefundRowProps {
  one: RefundDetailsFragment;
  order: OrderWithLines;
  caseId: string;
  onAction(action: RowAction): void;
}

const tones: Record<RefundStatus, Tone> = {
  REQUESTED: 'warn',
  GRANTED: 'primary',
  SUBMITTED: 'primary',
  PENDING: 'primary',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  REVERSED: 'bad',
  DECLINED: 'plain',
  CANCELED: 'plain',
};
const rowActions: readonly RowAction[] = ['GRANT', ...knownActions];
const destructive: readonly RowAction[] = ['DECLINE', 'CANCEL'];

export function RefundRow({ one, order, caseId, onAction }: RefundRowProps) {
  const words = useWords();
  const { t, format } = words;
  const now = useNow(30_000);
  const given = one.grant ?? one.proposal;
  const sum = given?.amount ?? one.askedAmount;
  return (
    <li>
      <div class="refund-head">
        <Pill tone={tones[one.status]}>{t.refunds.statuses[one.status]}</Pill>
        {given && <span class="muted small-text">{t.refunds.means[given.means]}</span>}
        {sum && <span class="sum">{format.money(sum)}</span>}
      </div>
      <p>{whatOf(one, order, words)}</p>
      <p class="muted small-text">{storyOf(one, caseId, words).join(' · ')}</p>
      {given?.costs && <p class="muted small-text">{t.refunds.bornBy(bearersOf(given.costs.goods, words))}</p>}
      <Clocks one={one} />
      {one.decline && (
        <p class="note" data-tone="bad">
          <span>
            <b>{t.refunds.declineReasons[one.decline.reason]}</b> {one.decline.text}
          </span>
        </p>
      )}
      <Attempts one={one} />
      <div class="actions">
        {offeredNow(one.availableActions, rowActions, now).map((action) => (
          <button
            key={action}
            type="button"
            class="button compact"
            data-tone={destructive.includes(action) ? 'bad' : undefined}
            onClick={() => onAction(action)}
          >
            {t.refunds.actions[action]}
          </button>
        ))}
      </div>
    </li>
  );
}

/** What it is for: the lines with their pieces, as granted or else as asked. */
function whatOf(one: RefundDetailsFragment, order: OrderWithLines, { t }: Words): string {
  const titleOf = (lineId: string) => order.lines.find(({ externalId }) => externalId === lineId)?.title ?? t.returns.unknownLine(lineId);
  const given = one.grant ?? one.proposal;
  if (!given) return `${one.askedUnits ? `${t.refunds.units(one.askedUnits)} ` : ''}${titleOf(one.lineId)}`;
  return given.items.map(({ lineId, units }) => `${units ? `${t.refunds.units(units)} ` : ''}${titleOf(lineId)}`).join(', ');
}

/** Who did what to it and when, as far as it is told. */
function storyOf(one: RefundDetailsFragment, caseId: string, { t, format }: Words): string[] {
  const words = t.refunds;
  const given: Grant | null = one.grant ?? one.proposal ?? null;
  const asked = one.askedBy ? words.askedBy(t.common.parties[one.askedBy], format.date(one.openedAt)) : words.askedBySystem(format.date(one.openedAt));
  const nameOf = (who: Grant['grantedBy']) => who?.name ?? (who?.party ? t.common.parties[who.party] : words.marketplaceSoftware);
  return [
    words.bases[one.basis],
    one.standing === 'ESTABLISHED' ? words.established : '',
    one.origin === 'REQUEST' ? '' : words.origins[one.origin],
    asked,
    given ? (given.grantedBy ? words.grantedBy(nameOf(given.grantedBy), format.date(given.grantedAt)) : words.granted(format.date(given.grantedAt))) : '',
    given?.approvedBy ? words.approvedBy(nameOf(given.approvedBy)) : '',
    one.case && one.case.id !== caseId ? words.ofCase(one.case.reference) : '',
  ].filter(Boolean);
}

/** Whose turn it is, what the buyer was asked, and what the law says of the time. */
function Clocks({ one }: { one: RefundDetailsFragment }) {
  const { t, format } = useWords();
  const words = t.refunds;
  const given = one.grant ?? one.proposal;
  const consent = given?.consent;
  const late = one.lateIncrease;
  const isOpen = one.status === 'REQUESTED';
  return (
    <>
      {isOpen && one.proposal && <Note tone="warn">{words.proposal}</Note>}
      {isOpen && !one.proposal && <Note>{one.decideBy ? words.decideBy(format.moment(one.decideBy)) : words.operatorDecides}</Note>}
      {consent && consent.state !== 'NOT_NEEDED' && (
        <Note tone={consent.state === 'AWAITED' ? 'warn' : undefined}>
          {words.consents[consent.state]}
          {consent.until && ` · ${t.returns.until(format.moment(consent.until))}`}
        </Note>
      )}
      {one.dueAt && !late && <Note>{words.dueAt(format.date(one.dueAt))}</Note>}
      {late && (
        <Note tone="bad">
          {words.late(late.days, late.article)}
          {late.amount && ` · ${words.lateAmount(format.money(late.amount))}`}
        </Note>
      )}
    </>
  );
}

function Note({ tone, children }: { tone?: Tone | undefined; children: ComponentChildren }) {
  return (
    <p class="note" data-tone={tone}>
      <Icon name="clock" small />
      <span>{children}</span>
    </p>
  );
}

function Attempts({ one }: { one: RefundDetailsFragment }) {
  const { t, format } = useWords();
  const words = t.refunds;
  if (!one.attempts?.length) return null;
  return (
    <ul class="attempts small-text" aria-label={words.attempts}>
      {one.attempts.map(({ number, state, failure, submittedAt, reference }) => (
        <li key={number} data-state={state}>
          {words.attempt(number)}, {format.moment(submittedAt)}, {words.attemptStates[state]}
          {failure && `, ${words.failures[failure]}`} {reference && <code>{reference}</code>}
        </li>
      ))}
    </ul>
  );
}
