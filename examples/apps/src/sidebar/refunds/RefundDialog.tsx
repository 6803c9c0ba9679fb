import '../../styles/refunds.css';
import { useId, useState } from 'preact/hooks';
import { RefundRulesDocument, type RefundBasis, type RefundDetailsFragment, type RefundMeans, type RefundRulesQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { placesOf, typedAmount } from '../../lib/decimal';
import { refusalsAt, useReveal } from '../../lib/decision';
import type { Refusal } from '../../lib/failure';
import { useQuery } from '../../lib/query';
import { Dialog, Failure, Field, Icon, Skeleton } from '../../lib/ui';
import { Choice, Select } from '../../lib/ui/Choice';
import { Refusals, refusalText } from '../../lib/ui/Refusals';
import type { CaseWithReturns, OrderWithLines } from '../returns/ReturnTab';
import { CostSplit } from './CostSplit';
import { AmountPicker, LinePicker } from './LinePicker';
import { Meter } from './Meter';
import { anchorOf, canGrant, formOf, itemsOf, openOn, sharesOf, suggestedSplit, type Pick, type Scope, type Split } from './plan';
import { useGrantQuote, type GrantQuote } from './grantQuote';
import { picksOf, useReckoning } from './reckoning';
import { useRefunding, type Refusing } from './refunding';
import { Summary } from './Summary';

interface RefundDialogProps {
  of: CaseWithReturns;
  order: OrderWithLines;
  /** The request that is answered; null to refund without one. */
  refund: RefundDetailsFragment | null;
  refetch(): void;
  onClose(): void;
  onDone(refund: RefundDetailsFragment): void;
}

const ways: readonly RefundMeans[] = ['ORIGINAL_PAYMENT', 'STORE_CREDIT', 'VOUCHER', 'BANK_TRANSFER'];
/** How long somebody who chooses is waited for, in milliseconds. */
const whileChoosing = 250;
type Rules = RefundRulesQuery['marketplace']['charter'];

/** How much, as what, and at whose cost are separate questions. Every figure is the server's; here they are only added up. */
export function RefundDialog({ of, order, refund, refetch, onClose, onDone }: RefundDialogProps) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const form = useId();
  const charter = useQuery(RefundRulesDocument, {}).data?.marketplace.charter;
  const [scope, setScope] = useState<Scope>(() => scopeOf(refund, order));
  const [picks, setPicks] = useState<readonly Pick[]>(() => order.lines.map(({ externalId }) => pickOf(externalId, refund)));
  const [one, setOne] = useState(() => ({
    lineId: refund?.lineId ?? order.lines[0]?.externalId ?? '',
    typed: refund?.askedAmount ? typedAmount(refund.askedAmount.amount, format.locale) : '',
  }));
  const [basisWish, setBasis] = useState<RefundBasis>(() => basisOf(of));
  const [means, setMeans] = useState<RefundMeans>('ORIGINAL_PAYMENT');
  const [split, setSplit] = useState<Split>(() => suggestedSplit(of.reason?.costBearer));

  const price = order.lines[0]?.unitPrice ?? { amount: '0.00', currencyCode: 'EUR' };
  const shape = { places: placesOf(price.amount), currencyCode: price.currencyCode };
  const wanted = picksOf(scope, picks, one);
  const anchor = refund?.lineId ?? anchorOf(wanted.filter(({ chosen }) => chosen).map(({ lineId }) => lineId), order.refunds);
  const answered = refund ?? (anchor === null ? null : openOn(order.refunds, anchor));
  const basis = answered?.basis ?? basisWish;
  const sums = useReckoning(order, basis, wanted, scope === 'EVERYTHING', format.locale);
  const whole = useGrantQuote(
    {
      orderId: order.id,
      refundId: answered?.id ?? null,
      caseId: of.id,
      basis,
      items: sums.complete ? itemsOf(sums.quotes) : null,
      form: formOf(means, scope),
      means,
      costs: { goods: sharesOf(split) },
    },
    whileChoosing,
  );
  const { run, asked, busy, refused } = useRefunding(() => (refetch(), sums.again()));

  const revealing = useReveal<HTMLFormElement>(refused?.failure ?? null);

  // What was asked for by this dialog may have been decided by somebody else, or by a call whose answer got lost.
  const newest = order.refunds.find(({ id }) => id === (asked?.id ?? refund?.id));
  const decided = !!newest && !canGrant(newest);
  const ready = sums.complete && sums.over === null && anchor !== null && !decided && !busy;
  const amount = format.money({ amount: sums.total, currencyCode: shape.currencyCode });

  const submit = async (event: Event) => {
    event.preventDefault();
    if (!ready || anchor === null) return;
    const ask = sums.lines.find(({ line }) => line.externalId === anchor)?.wish?.ask;
    const sum = ask?.amount ? { amount: ask.amount, currencyCode: shape.currencyCode } : null;
    const request = { orderId: order.id, lineId: anchor, caseId: of.id, basis, units: ask?.units ?? null, amount: sum };
    const granted = await run({
      request,
      refund: newest ?? answered,
      grant: { form: formOf(means, scope), means, costs: { goods: sharesOf(split) }, items: itemsOf(sums.quotes) },
    });
    if (granted) onDone(granted);
  };
  const ofLine = (lineId: string) => refusedOfLine(refused, lineId, anchor, itemsOf(sums.quotes).map((item) => item.lineId));
  const shared = { lines: sums.lines, refused: ofLine, ...shape };
  const seller = of.seller?.name ?? t.returns.bearers.SELLER;

  return (
    <Dialog
      title={`${words.title} · ${of.reference}`}
      onClose={onClose}
      actions={
        <>
          <Alerts refused={refused} decided={decided} />
          <div class="refund-sums" aria-live="polite">
            {sums.over && <p class="over">{words.over(format.money({ amount: sums.over, currencyCode: shape.currencyCode }))}</p>}
            {sums.complete && !sums.over && (
              <Summary preview={whole.preview} total={sums.total} means={means} buyer={of.buyer?.displayName ?? t.common.parties.BUYER} {...{ seller }} {...shape} />
            )}
          </div>
          <button type="button" class="button" onClick={onClose}>
            {t.common.cancel}
          </button>
          <button type="submit" form={form} class="button grow" data-tone="primary" disabled={!ready}>
            {sums.complete ? words.submit(amount) : words.submitNothing}
          </button>
        </>
      }
    >
      <form ref={revealing} id={form} class="stack refund-dialog" onSubmit={(event) => void submit(event)} noValidate>
        {sums.failure && <Failure failure={sums.failure} retry={sums.again} />}
        {sums.known && !sums.failure && <Meter refundable={sums.refundable} before={sums.before} now={sums.total} over={sums.over} currencyCode={shape.currencyCode} />}
        {!sums.known && <Skeleton lines={2} />}
        <Choice<Scope>
          segments
          legend={words.scope}
          chosen={scope}
          onChoose={setScope}
          options={(['EVERYTHING', 'BY_LINE', 'AMOUNT'] as const).map((key) => ({ key, label: words.scopes[key] }))}
        />
        {scope === 'BY_LINE' && <LinePicker {...shared} onPick={(pick) => setPicks(picks.map((before) => (before.lineId === pick.lineId ? pick : before)))} />}
        {scope === 'AMOUNT' && <AmountPicker {...shared} {...one} onLine={(lineId) => setOne({ ...one, lineId })} onTyped={(typed) => setOne({ ...one, typed })} />}
        {answered ? (
          <p class="note">{words.basisFixed(t.refunds.bases[answered.basis], format.date(answered.openedAt))}</p>
        ) : (
          <Field label={words.basis} error={refusalText(refusalsAt(refused?.failure ?? null, 'basis'))}>
            <Select value={basisWish} words={t.refunds.bases} onChoose={setBasis} />
          </Field>
        )}
        <Choice<RefundMeans>
          legend={words.giveBackAs}
          chosen={means}
          onChoose={setMeans}
          options={ways.map((key) => ({ key, label: t.refunds.means[key], aside: words.hints[key] }))}
        />
        {sums.quotes.some(({ consentNeededFor }) => consentNeededFor.includes(means)) && <Note>{words.consentNeeded(charter?.refunds.consentDays ?? 0)}</Note>}
        <Said refused={refused} at={['form', 'means']} />
        <CostSplit split={split} onSplit={setSplit} seller={seller} reason={of.reason ?? null} />
        <Said refused={refused} at={['costs']} />
        <Notes whole={whole} ready={sums.complete} charter={charter} underWay={anchor === null && sums.quotes.length > 0} />
      </form>
    </Dialog>
  );
}

interface NotesProps {
  whole: GrantQuote;
  /** Whether something is chosen that could be granted. */
  ready: boolean;
  charter: Rules | undefined;
  underWay: boolean;
}

/** What the agent should know before pressing the button, as the server says it. */
function Notes({ whole, ready, charter, underWay }: NotesProps) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const frozen = whole.obstacles.find(({ reason }) => reason === 'FROZEN');
  const refusals = ready && !frozen && !underWay ? whole.refusals : [];
  return (
    <>
      {frozen && <Note>{words.frozen(frozen.until ? format.date(frozen.until) : null)}</Note>}
      {refusals.length > 0 && (
        <p class="note" data-tone="warn">
          <Refusals refusals={refusals} />
        </p>
      )}
      {whole.preview?.approval === 'SECOND_PERSON' && <Note>{words.secondPerson}</Note>}
      {charter?.refunds.execution === 'BY_OPERATOR' && <Note>{words.paidLater}</Note>}
      {underWay && <Note>{words.underWay}</Note>}
    </>
  );
}

function Note({ children }: { children: string }) {
  return (
    <p class="note">
      <Icon name="info" small />
      <span>{children}</span>
    </p>
  );
}

/** Why it was not made, where it is seen wherever the form was scrolled to. */
function Alerts({ refused, decided }: { refused: Refusing | null; decided: boolean }) {
  const { t } = useWords();
  if (!refused) return null;
  const { failure } = refused;
  const isChanged = failure.refusals.some(({ code }) => code === 'WRONG_REVISION');
  return (
    <div class="refund-alerts">
      <Said refused={refused} at={['refundId', 'orderId', 'caseId']} />
      {(isChanged || decided) && (
        <p class="note" data-tone="warn" role="alert">
          <Icon name="alert" small />
          {decided ? t.returns.gone : t.refunds.dialog.changed}
        </p>
      )}
      {failure.kind !== 'REFUSED' && <Failure failure={failure} />}
    </div>
  );
}

/** What the server said of these fields of either call. */
function Said({ refused, at }: { refused: Refusing | null; at: readonly string[] }) {
  const refusals = at.flatMap((field) => refusalsAt(refused?.failure ?? null, field));
  if (!refusals.length) return null;
  return (
    <p class="note" data-tone="bad" role="alert">
      <Refusals refusals={refusals} />
    </p>
  );
}

/** Of the request the server speaks of its one line, of the grant of the items by their place. */
function refusedOfLine(refused: Refusing | null, lineId: string, anchor: string | null, items: readonly string[]): readonly Refusal[] {
  if (refused?.call === 'request') return lineId === anchor ? ['lineId', 'units', 'amount'].flatMap((field) => refusalsAt(refused.failure, field)) : [];
  const whole = refusalsAt(refused?.failure ?? null, 'items').filter(({ field }) => field?.length === 1 && lineId === anchor);
  return [...refusalsAt(refused?.failure ?? null, 'items', String(items.indexOf(lineId))), ...whole];
}

function scopeOf(refund: RefundDetailsFragment | null, order: OrderWithLines): Scope {
  if (refund?.askedAmount) return 'AMOUNT';
  return refund && (refund.askedUnits || order.lines.length > 1) ? 'BY_LINE' : 'EVERYTHING';
}
const pickOf = (lineId: string, refund: RefundDetailsFragment | null): Pick => ({
  lineId,
  chosen: refund?.lineId === lineId,
  units: refund?.lineId === lineId ? (refund.askedUnits ?? null) : null,
  typed: '',
});
/** The right on which something is sent back already is the likeliest. */
const basisOf = (of: CaseWithReturns): RefundBasis => of.returns.at(-1)?.basis ?? 'COMMERCIAL';
