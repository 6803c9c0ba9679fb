import { useState } from 'preact/hooks';
import {
  DisputeDecideAppealDocument,
  DisputeDecideDocument,
  type CountsAgainstSeller,
  type DisputeDecideInput,
  type DisputeDecisionReason,
  type DisputeOutcome,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import { isZero, placesOf, readAmount, typedAmount } from '../../lib/decimal';
import { refusalsAt, useDecision } from '../../lib/decision';
import type { Failure } from '../../lib/failure';
import type { Doc } from '../../lib/graphql';
import { Field, Icon } from '../../lib/ui';
import { AmountField } from '../../lib/ui/AmountField';
import { Choice, Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import { CostSplit } from '../refunds/CostSplit';
import type { DisputeDialogProps } from './DisputeDialog';
import { sharesOf } from '../refunds/plan';
import { emptyDraft, givesNothing, hasAmount, isTooMuch, missingIn, rulingOf, suggest, type Draft } from './ruling';
import { RulingFacts } from './Ruling';

type Deciding = Doc<object, { input: DisputeDecideInput }>;

export const DecideDialog = (props: DisputeDialogProps) => <Decision {...props} document={DisputeDecideDocument} isAppeal={false} />;
export const DecideAppealDialog = (props: DisputeDialogProps) => <Decision {...props} document={DisputeDecideAppealDocument} isAppeal />;

/** A decision is written first, then read as both sides will read it, and only then made. */
function Decision({ of, dispute, offered, refetch, onClose, document, isAppeal }: DisputeDialogProps & { document: Deciding; isAppeal: boolean }) {
  const { t, format } = useWords();
  const words = t.disputes.decide;
  const { act, busy, failure } = useDecision(document, refetch);
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [previews, setPreviews] = useState(false);
  const missing = missingIn(draft);
  const ruling = rulingOf(draft, dispute);
  const tooMuch = isTooMuch(draft, dispute.amount.amount);
  const title = isAppeal ? words.appealTitle : words.title;

  const submit = async () => {
    if (!ruling || tooMuch) return;
    if (!previews) return setPreviews(true);
    if (await act({ input: ruling })) onClose();
    else setPreviews(false);
  };
  const names = { outcome: words.outcome, fault: words.fault, split: t.refunds.dialog.charged, counts: words.counts, amount: words.amount, reason: words.reason, statement: words.statement, clause: words.clause };
  if (previews && ruling) {
    const sum = format.money(ruling.amount);
    const goods = sharesOf(draft.split ?? { seller: 10_000, carrier: 0 });
    return (
      <DecisionDialog
        title={`${title} · ${of.reference}`}
        submit={isZero(ruling.amount.amount) ? words.submitNothing : words.submit(sum)}
        back={words.back}
        onSubmit={() => void submit()}
        {...{ busy, failure, offered, onClose: () => setPreviews(false) }}
      >
        <p class="strong">{words.previewTitle}</p>
        <RulingFacts
          ruling={{
            ...ruling,
            remedy: ruling.remedy ?? null,
            costBearer: { goods, delivery: goods },
          }}
        />
        <p class="note">
          <Icon name="info" small />
          {words.sellerOnly} {words.carriedOut}
        </p>
      </DecisionDialog>
    );
  }
  return (
    <DecisionDialog
      title={`${title} · ${of.reference}`}
      submit={words.preview}
      ready={!!ruling && !tooMuch}
      fields={['outcome', 'amount', 'remedy', 'fault', 'costBearer', 'countsAgainstSeller', 'reason', 'statement', 'clause']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <DecisionForm of={of} dispute={dispute} draft={draft} onDraft={setDraft} failure={failure} isAppeal={isAppeal} />
      {draft.outcome && missing.length > 0 && <p class="note">{words.missing(format.list(missing.map((answer) => names[answer])))}</p>}
    </DecisionDialog>
  );
}

interface DecisionFormProps extends Pick<DisputeDialogProps, 'of' | 'dispute'> {
  draft: Draft;
  onDraft(draft: Draft): void;
  failure: Failure | null;
  isAppeal: boolean;
}

const outcomes: readonly DisputeOutcome[] = ['BUYER_FAVOUR', 'SPLIT', 'SELLER_FAVOUR', 'NO_FAULT', 'ABANDONED'];

function DecisionForm({ of, dispute, draft, onDraft, failure, isAppeal }: DecisionFormProps) {
  const { t, format } = useWords();
  const { decide: words, ...disputes } = t.disputes;
  const set = (change: Partial<Draft>) => onDraft({ ...draft, ...change });
  const at = (field: string) => refusalText(refusalsAt(failure, field));
  const suggested = (outcome: DisputeOutcome) => {
    const { amount } = suggest(emptyDraft, outcome, dispute);
    return amount && (!isZero(amount) || givesNothing(outcome)) ? format.money({ amount, currencyCode: dispute.amount.currencyCode }) : undefined;
  };
  // Nobody gives as a reason that time ran out: that is said by time alone.
  const { HARD_STOP: _, ...reasons } = disputes.decisionReasons;
  return (
    <>
      <Choice<DisputeOutcome>
        legend={words.outcome}
        chosen={draft.outcome}
        onChoose={(outcome) => onDraft(suggest(draft, outcome, dispute))}
        options={outcomes.map((key) => ({ key, label: disputes.outcomes[key], hint: disputes.outcomeHints[key], aside: suggested(key) }))}
      />
      {at('outcome')}
      {draft.outcome && (
        <>
          <p class="note">{words.apart}</p>
          {!givesNothing(draft.outcome) && <MoneyFields dispute={dispute} draft={draft} onDraft={onDraft} failure={failure} isAppeal={isAppeal} />}
          <Field label={words.fault} error={at('fault')}>
            <Select value={draft.fault ?? ''} words={disputes.faults} nothing={disputes.forms.choose} onChoose={(fault) => set({ fault })} />
          </Field>
          {hasAmount(draft.remedy) && draft.split && (
            <CostSplit split={draft.split} onSplit={(split) => set({ split })} seller={of.seller?.name ?? t.common.parties.SELLER} reason={null} />
          )}
          {at('costBearer')}
          <Choice<CountsAgainstSeller>
            segments
            legend={words.counts}
            chosen={draft.counts}
            onChoose={(counts) => set({ counts })}
            options={(['COUNTS', 'DOES_NOT_COUNT'] as const).map((key) => ({ key, label: disputes.counts[key] }))}
          />
          {at('countsAgainstSeller')}
          <Field label={words.reason} error={at('reason')}>
            <Select<Exclude<DisputeDecisionReason, 'HARD_STOP'>>
              value={draft.reason === 'HARD_STOP' ? '' : (draft.reason ?? '')}
              words={reasons}
              nothing={disputes.forms.choose}
              onChoose={(reason) => set({ reason })}
            />
          </Field>
          <Field label={words.statement} hint={words.statementHint} error={at('statement')}>
            <textarea rows={4} maxLength={8000} value={draft.statement} onInput={(event) => set({ statement: event.currentTarget.value })} />
          </Field>
          <Field label={words.clause} error={at('clause')}>
            <input type="text" maxLength={200} value={draft.clause} onInput={(event) => set({ clause: event.currentTarget.value })} />
          </Field>
        </>
      )}
    </>
  );
}

/** What the buyer gets: as what, and how much. */
function MoneyFields({ dispute, draft, onDraft, failure, isAppeal }: Omit<DecisionFormProps, 'of'>) {
  const { t, format } = useWords();
  const { decide: words, remedies, nothing } = t.disputes;
  const places = placesOf(dispute.amount.amount);
  const { currencyCode } = dispute.amount;
  const zero = suggest(draft, 'SELLER_FAVOUR', dispute).amount;
  const most = words.atMost(format.money(dispute.amount));
  // What was typed stays as typed; what a card suggests is written anew.
  const [typed, setTyped] = useState<{ text: string; amount: string | null }>({ text: '', amount: null });
  const text = typed.text && typed.amount === draft.amount ? typed.text : draft.amount ? typedAmount(draft.amount, format.locale) : '';
  const type = (next: string) => {
    const reading = readAmount(next, format.locale, places);
    const amount = 'amount' in reading ? reading.amount : null;
    setTyped({ text: next, amount });
    onDraft({ ...draft, amount });
  };
  const tooMuch = isTooMuch(draft, dispute.amount.amount) ? most : undefined;
  return (
    <>
      <Field label={words.money} error={refusalText(refusalsAt(failure, 'remedy'))}>
        <Select
          value={draft.remedy ?? ''}
          words={remedies}
          {...(draft.outcome === 'NO_FAULT' ? { nothing } : {})}
          onChoose={(next) => {
            const remedy = next || null;
            onDraft({ ...draft, remedy, amount: hasAmount(remedy) ? (draft.amount === zero ? null : draft.amount) : zero });
          }}
        />
      </Field>
      {hasAmount(draft.remedy) && (
        <AmountField
          label={words.amount}
          hint={tooMuch ? undefined : isAppeal ? words.amountInAll : most}
          text={text}
          onText={type}
          currency={currencyCode}
          places={places}
          error={tooMuch ?? refusalText(refusalsAt(failure, 'amount'))}
        />
      )}
    </>
  );
}
