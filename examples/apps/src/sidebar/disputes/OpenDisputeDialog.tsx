import { useState } from 'preact/hooks';
import { DisputeOpenDocument, type DisputeReason, type DisputeRemedy } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { placesOf } from '../../lib/decimal';
import { refusalsAt } from '../../lib/decision';
import { useAction } from '../../lib/query';
import { Field } from '../../lib/ui';
import { AmountField, useAmount } from '../../lib/ui/AmountField';
import { Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import { hasAmount } from './ruling';
import type { CaseWithDisputes } from './stages';

type Order = NonNullable<CaseWithDisputes['order']>;

/** Opens a dispute in the buyer's name. */
export function OpenDisputeDialog({ caseId, order, onClose }: { caseId: string; order: Order; onClose(): void }) {
  const { t } = useWords();
  const { forms, reasons, remedies } = t.disputes;
  const { act, busy, failure } = useAction(DisputeOpenDocument);
  const [lineId, setLineId] = useState(order.lines.length === 1 ? (order.lines[0]?.externalId ?? '') : '');
  const [reason, setReason] = useState<DisputeReason | ''>('');
  const [wanted, setWanted] = useState<DisputeRemedy>('REFUND');
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const places = placesOf(order.total.amount);
  const amount = useAmount(typed, places);
  const submit = async () => {
    if (!reason) return;
    const sum = amount && hasAmount(wanted) ? { amount, currencyCode: order.total.currencyCode } : null;
    const input = { caseId, orderId: order.id, lineId: lineId || null, reason, wanted, amount: sum, text };
    if (await act({ input })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.openTitle}
      submit={forms.submitOpen}
      ready={!!reason && !!text.trim() && (!typed.trim() || !!amount)}
      fields={['lineId', 'reason', 'wanted', 'amount', 'text']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure }}
    >
      <p class="note">{forms.openFor}</p>
      <Field label={forms.line} error={refusalText(refusalsAt(failure, 'lineId'))}>
        <Select value={lineId} words={Object.fromEntries(order.lines.map(({ externalId, title }) => [externalId, title]))} nothing={forms.whole} onChoose={setLineId} />
      </Field>
      <Field label={forms.reason} error={refusalText(refusalsAt(failure, 'reason'))}>
        <Select value={reason} words={reasons} nothing={forms.choose} onChoose={setReason} />
      </Field>
      <Field label={forms.wanted} error={refusalText(refusalsAt(failure, 'wanted'))}>
        <Select value={wanted} words={remedies} onChoose={setWanted} />
      </Field>
      {hasAmount(wanted) && (
        <AmountField
          label={`${forms.openAmount} (${t.common.optional})`}
          hint={forms.openAmountHint}
          text={typed}
          onText={setTyped}
          currency={order.total.currencyCode}
          places={places}
          error={refusalText(refusalsAt(failure, 'amount'))}
        />
      )}
      <Field label={forms.text} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={4} maxLength={5000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
    </DecisionDialog>
  );
}
