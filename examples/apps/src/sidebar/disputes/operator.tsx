import { useState } from 'preact/hooks';
import {
  DisputeEscalateDocument,
  DisputeProposeDocument,
  DisputeRequestEvidenceDocument,
  DisputeStandBackDocument,
  DisputeTakeUpDocument,
  type DisputeRemedy,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import { placesOf } from '../../lib/decimal';
import { refusalsAt, useDecision } from '../../lib/decision';
import { Field } from '../../lib/ui';
import { AmountField, useAmount } from '../../lib/ui/AmountField';
import { Choice, Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import type { DisputeDialogProps } from './DisputeDialog';
import { hasAmount } from './ruling';

export function TakeUpDialog({ dispute, offered, refetch, onClose }: DisputeDialogProps) {
  const { forms } = useWords().t.disputes;
  const { act, busy, failure } = useDecision(DisputeTakeUpDocument, refetch);
  const submit = async () => {
    if (await act({ input: { disputeId: dispute.id, revision: dispute.revision } })) onClose();
  };
  return (
    <DecisionDialog title={forms.takeUpTitle} submit={forms.takeUp} onSubmit={() => void submit()} {...{ onClose, busy, failure, offered }}>
      <p>{forms.takeUpText}</p>
    </DecisionDialog>
  );
}

export function EscalateDialog({ dispute, offered, refetch, onClose }: DisputeDialogProps) {
  const { forms } = useWords().t.disputes;
  const { act, busy, failure } = useDecision(DisputeEscalateDocument, refetch);
  const submit = async () => {
    if (await act({ input: { disputeId: dispute.id, revision: dispute.revision } })) onClose();
  };
  return (
    <DecisionDialog title={forms.escalateTitle} submit={forms.escalate} onSubmit={() => void submit()} {...{ onClose, busy, failure, offered }}>
      <p>{forms.escalateText}</p>
    </DecisionDialog>
  );
}

export function StandBackDialog({ dispute, offered, refetch, onClose }: DisputeDialogProps) {
  const { forms } = useWords().t.disputes;
  const { act, busy, failure } = useDecision(DisputeStandBackDocument, refetch);
  const [text, setText] = useState('');
  const submit = async () => {
    if (await act({ input: { disputeId: dispute.id, revision: dispute.revision, text } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.standBackTitle}
      submit={forms.standBack}
      tone="bad"
      ready={!!text.trim()}
      fields={['text']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={forms.standBackText} hint={forms.standBackHint} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={4} maxLength={5000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
    </DecisionDialog>
  );
}

export function ProposeDialog({ dispute, offered, refetch, onClose }: DisputeDialogProps) {
  const { t } = useWords();
  const { forms, remedies } = t.disputes;
  const { act, busy, failure } = useDecision(DisputeProposeDocument, refetch);
  const [remedy, setRemedy] = useState<DisputeRemedy>(dispute.wanted);
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const places = placesOf(dispute.amount.amount);
  const { currencyCode } = dispute.amount;
  const amount = useAmount(typed, places);
  const needs = hasAmount(remedy);
  const submit = async () => {
    const sum = needs && amount ? { amount, currencyCode } : null;
    if (await act({ input: { disputeId: dispute.id, revision: dispute.revision, remedy, amount: sum, text: text.trim() || null } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.proposeTitle}
      submit={forms.propose}
      ready={!needs || !!amount}
      fields={['remedy', 'amount', 'text']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={forms.remedy} error={refusalText(refusalsAt(failure, 'remedy'))}>
        <Select value={remedy} words={remedies} onChoose={setRemedy} />
      </Field>
      {needs ? (
        <AmountField
          label={forms.amount}
          text={typed}
          onText={setTyped}
          currency={currencyCode}
          places={places}
          error={refusalText(refusalsAt(failure, 'amount'))}
        />
      ) : (
        <p class="muted">{forms.noAmount}</p>
      )}
      <Field label={`${forms.words} (${t.common.optional})`} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
      <p class="note">{forms.proposeHint}</p>
    </DecisionDialog>
  );
}

export function RequestEvidenceDialog({ dispute, offered, refetch, onClose }: DisputeDialogProps) {
  const { t } = useWords();
  const { forms } = t.disputes;
  const { act, busy, failure } = useDecision(DisputeRequestEvidenceDocument, refetch);
  const [of, setOf] = useState<'BUYER' | 'SELLER' | null>(null);
  const [text, setText] = useState('');
  const submit = async () => {
    if (of && (await act({ input: { disputeId: dispute.id, revision: dispute.revision, of, text } }))) onClose();
  };
  return (
    <DecisionDialog
      title={forms.requestTitle}
      submit={forms.request}
      ready={!!of && !!text.trim()}
      fields={['text']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Choice<'BUYER' | 'SELLER'>
        segments
        legend={forms.whom}
        chosen={of}
        onChoose={setOf}
        options={[
          { key: 'BUYER', label: t.common.parties.BUYER },
          { key: 'SELLER', label: t.common.parties.SELLER },
        ]}
      />
      <Field label={forms.what} hint={forms.whatHint} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
    </DecisionDialog>
  );
}
