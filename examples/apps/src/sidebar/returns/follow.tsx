import { useState } from 'preact/hooks';
import {
  ReturnCancelDocument,
  ReturnProvideLabelDocument,
  ReturnRecordInspectionDocument,
  ReturnRecordLostDocument,
  ReturnRecordReceivedDocument,
  type ReturnInspectionInput,
  type ReturnNonCompliance,
  type ReturnPapersInput,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import { placesOf } from '../../lib/decimal';
import { refusalsAt, useDecision } from '../../lib/decision';
import { Field } from '../../lib/ui';
import { AmountField, useAmount } from '../../lib/ui/AmountField';
import { Choice, Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import type { ReturnDialogProps } from './ReturnDialog';

type Papers = 'label' | 'rma' | 'sentOffline';

export function LabelDialog({ one, offered, refetch, onClose }: ReturnDialogProps) {
  const { t } = useWords();
  const { forms } = t.returns;
  const { act, busy, failure } = useDecision(ReturnProvideLabelDocument, refetch);
  const [kind, setKind] = useState<Papers>('label');
  const [label, setLabel] = useState('');
  const [number, setNumber] = useState('');
  const [address, setAddress] = useState('');
  const papers: Record<Papers, ReturnPapersInput | null> = {
    label: label.trim() ? { label } : null,
    rma: number.trim() && address.trim() ? { rma: { number, address } } : null,
    sentOffline: { sentOffline: true },
  };
  const chosen = papers[kind];
  const submit = async () => {
    if (chosen && (await act({ input: { returnId: one.id, revision: one.revision, papers: chosen } }))) onClose();
  };
  const error = refusalText(refusalsAt(failure, 'papers'));
  return (
    <DecisionDialog
      title={forms.labelTitle}
      submit={kind === 'sentOffline' ? t.common.confirm : forms.labelSend}
      ready={!!chosen}
      fields={kind === 'sentOffline' ? [] : ['papers']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Choice<Papers>
        legend={t.returns.label}
        chosen={kind}
        onChoose={setKind}
        options={[
          { key: 'label', label: forms.labelLink },
          { key: 'rma', label: forms.rma },
          { key: 'sentOffline', label: forms.offline },
        ]}
      />
      {kind === 'label' && (
        <Field label={forms.labelField} error={error}>
          <input type="text" maxLength={500} value={label} onInput={(event) => setLabel(event.currentTarget.value)} />
        </Field>
      )}
      {kind === 'rma' && (
        <>
          <Field label={forms.rmaNumber} error={error}>
            <input type="text" maxLength={100} value={number} onInput={(event) => setNumber(event.currentTarget.value)} />
          </Field>
          <Field label={forms.rmaAddress}>
            <textarea rows={3} maxLength={500} value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
          </Field>
        </>
      )}
    </DecisionDialog>
  );
}

export function ReceivedDialog({ one, offered, refetch, onClose }: ReturnDialogProps) {
  const { t } = useWords();
  const { forms } = t.returns;
  const { act, busy, failure } = useDecision(ReturnRecordReceivedDocument, refetch);
  const missing = one.quantity - one.receivedQuantity;
  const [quantity, setQuantity] = useState(missing);
  const [damaged, setDamaged] = useState(0);
  const submit = async () => {
    if (await act({ input: { returnId: one.id, revision: one.revision, quantity, damaged } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.receivedTitle}
      submit={forms.received}
      ready={Number.isInteger(quantity) && quantity > 0 && Number.isInteger(damaged) && damaged >= 0}
      fields={['quantity', 'damaged']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={forms.receivedQuantity} hint={forms.receivedHint(missing)} error={refusalText(refusalsAt(failure, 'quantity'))}>
        <input type="number" min={1} max={missing} value={quantity} onInput={(event) => setQuantity(event.currentTarget.valueAsNumber)} />
      </Field>
      <Field label={forms.damaged} error={refusalText(refusalsAt(failure, 'damaged'))}>
        <input type="number" min={0} max={quantity || 0} value={damaged} onInput={(event) => setDamaged(event.currentTarget.valueAsNumber)} />
      </Field>
    </DecisionDialog>
  );
}

export function InspectDialog({ one, price, offered, refetch, onClose }: ReturnDialogProps) {
  const { t } = useWords();
  const { forms, findings } = t.returns;
  const { act, busy, failure } = useDecision(ReturnRecordInspectionDocument, refetch);
  const [result, setResult] = useState<'good' | 'bad' | null>(null);
  const [reason, setReason] = useState<ReturnNonCompliance | ''>('');
  const [text, setText] = useState('');
  const [kept, setKept] = useState('');
  const places = placesOf(price?.amount ?? '0.00');
  const withheld = useAmount(kept, places);
  const found = (): ReturnInspectionInput | null => {
    if (result === 'good') return { compliant: true };
    if (result !== 'bad' || !reason || !text.trim() || (kept.trim() && !withheld)) return null;
    const keeps = withheld && price ? { amount: withheld, currencyCode: price.currencyCode } : null;
    return { nonCompliant: { reason, text, withheld: keeps } };
  };
  const submit = async () => {
    const finding = found();
    if (finding && (await act({ input: { returnId: one.id, revision: one.revision, result: finding } }))) onClose();
  };
  const isBad = result === 'bad';
  return (
    <DecisionDialog
      title={forms.inspectTitle}
      submit={forms.inspect}
      ready={!!found()}
      fields={isBad ? ['result'] : []}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Choice<'good' | 'bad'>
        legend={t.returns.states.RECEIVED}
        chosen={result}
        onChoose={setResult}
        options={[
          { key: 'good', label: forms.compliant, hint: forms.compliantHint },
          { key: 'bad', label: forms.nonCompliant },
        ]}
      />
      {isBad && (
        <>
          <Field label={forms.what} error={refusalText(refusalsAt(failure, 'result'))}>
            <Select value={reason} words={findings} nothing={forms.choose} onChoose={setReason} />
          </Field>
          <Field label={forms.textToBuyer} hint={forms.textToBuyerHint}>
            <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </Field>
          {one.basis === 'WITHDRAWAL' && reason !== 'WRONG_PRODUCT' && price && (
            <AmountField
              label={`${forms.withheld} (${t.common.optional})`}
              hint={forms.withheldHint}
              text={kept}
              onText={setKept}
              currency={price.currencyCode}
              places={places}
            />
          )}
        </>
      )}
    </DecisionDialog>
  );
}

export function LostDialog({ one, offered, refetch, onClose }: ReturnDialogProps) {
  const { forms } = useWords().t.returns;
  const { act, busy, failure } = useDecision(ReturnRecordLostDocument, refetch);
  const submit = async () => {
    if (await act({ input: { returnId: one.id, revision: one.revision } })) onClose();
  };
  return (
    <DecisionDialog title={forms.lostTitle} submit={forms.lost} tone="bad" onSubmit={() => void submit()} {...{ onClose, busy, failure, offered }}>
      <p>{forms.lostText}</p>
    </DecisionDialog>
  );
}

export function CancelDialog({ one, offered, refetch, onClose }: ReturnDialogProps) {
  const { forms } = useWords().t.returns;
  const { act, busy, failure } = useDecision(ReturnCancelDocument, refetch);
  const submit = async () => {
    if (await act({ input: { returnId: one.id, revision: one.revision } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.cancelTitle}
      submit={forms.cancel}
      back={forms.keepReturn}
      tone="bad"
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <p>{forms.cancelText}</p>
    </DecisionDialog>
  );
}
