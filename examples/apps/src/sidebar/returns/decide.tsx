import { useState } from 'preact/hooks';
import {
  ReturnApproveDocument,
  ReturnDeclineDocument,
  ReturnProposeKeepItemDocument,
  type CostBearer,
  type ReturnDeclineReason,
  type ReturnMethod,
  type WithdrawalExclusion,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import { placesOf } from '../../lib/decimal';
import { refusalsAt, useDecision } from '../../lib/decision';
import { Field } from '../../lib/ui';
import { AmountField, useAmount } from '../../lib/ui/AmountField';
import { Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import type { ReturnDialogProps } from './ReturnDialog';

export function ApproveDialog({ one, offered, refetch, onClose }: ReturnDialogProps) {
  const { t } = useWords();
  const { forms, methods, bearers, usualMethod } = t.returns;
  const { act, busy, failure } = useDecision(ReturnApproveDocument, refetch);
  const [method, setMethod] = useState<ReturnMethod | ''>('');
  const [wayBack, setWayBack] = useState<CostBearer | ''>('');
  const submit = async () => {
    const input = { returnId: one.id, revision: one.revision, method: method || null, wayBack: wayBack || null };
    if (await act({ input })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.approveTitle}
      submit={forms.approve}
      fields={['method', 'wayBack']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={t.returns.method} error={refusalText(refusalsAt(failure, 'method'))}>
        <Select value={method} words={methods} nothing={usualMethod} onChoose={setMethod} />
      </Field>
      <Field label={forms.wayBack} hint={forms.wayBackHint} error={refusalText(refusalsAt(failure, 'wayBack'))}>
        <Select value={wayBack} words={bearers} nothing={forms.asItStands(bearers[one.wayBack])} onChoose={setWayBack} />
      </Field>
    </DecisionDialog>
  );
}

export function DeclineDialog({ one, offered, refetch, onClose }: ReturnDialogProps) {
  const { t } = useWords();
  const { forms, declineReasons, exclusions } = t.returns;
  const { act, busy, failure } = useDecision(ReturnDeclineDocument, refetch);
  const [reason, setReason] = useState<ReturnDeclineReason | ''>('');
  const [exclusion, setExclusion] = useState<WithdrawalExclusion | ''>('');
  const [text, setText] = useState('');
  const submit = async () => {
    if (!reason) return;
    if (await act({ input: { returnId: one.id, revision: one.revision, reason, text, exclusion: exclusion || null } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.declineTitle}
      submit={forms.decline}
      tone="bad"
      ready={!!reason && !!text.trim()}
      fields={['reason', 'exclusion', 'text']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={forms.reason} error={refusalText(refusalsAt(failure, 'reason'))}>
        <Select value={reason} words={declineReasons} nothing={forms.choose} onChoose={setReason} />
      </Field>
      {one.basis === 'WITHDRAWAL' && (
        <Field label={forms.exclusion} hint={forms.exclusionHint} error={refusalText(refusalsAt(failure, 'exclusion'))}>
          <Select value={exclusion} words={exclusions} nothing={forms.noExclusion} onChoose={setExclusion} />
        </Field>
      )}
      <Field label={forms.textToBuyer} hint={forms.textToBuyerHint} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
    </DecisionDialog>
  );
}

export function KeepItemDialog({ one, price, offered, refetch, onClose }: ReturnDialogProps) {
  const { t } = useWords();
  const { forms } = t.returns;
  const { act, busy, failure } = useDecision(ReturnProposeKeepItemDocument, refetch);
  const [text, setText] = useState('');
  const places = placesOf(price?.amount ?? '0.00');
  const amount = useAmount(text, places);
  if (!price) return null;
  const { currencyCode } = price;
  const submit = async () => {
    if (!amount) return;
    if (await act({ input: { returnId: one.id, revision: one.revision, amount: { amount, currencyCode } } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.keepTitle}
      submit={forms.keep}
      ready={!!amount}
      fields={['amount']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <AmountField
        label={forms.keepAmount}
        text={text}
        onText={setText}
        currency={currencyCode}
        places={places}
        hint={forms.keepHint}
        error={refusalText(refusalsAt(failure, 'amount'))}
      />
    </DecisionDialog>
  );
}
