import { useState } from 'preact/hooks';
import {
  RefundApproveDocument,
  RefundCancelDocument,
  RefundDeclineDocument,
  RefundEstablishDocument,
  RefundRetryDocument,
  RefundSubmitDocument,
  type RefundDeclineReason,
  type RefundDetailsFragment,
  type RefundHold,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import type { Doc } from '../../lib/graphql';
import { refusalsAt, useDecision } from '../../lib/decision';
import { Field } from '../../lib/ui';
import { Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';

interface RefundActionProps {
  one: RefundDetailsFragment;
  /** Whether the server still offers it. */
  offered: boolean;
  refetch(): void;
  onClose(): void;
}

type PlainAction = 'APPROVE' | 'SUBMIT' | 'RETRY' | 'CANCEL';
type Read = { input: { refundId: string; revision: number } };
const plain: Record<PlainAction, { document: Doc<object, Read>; tone: 'primary' | 'bad' }> = {
  APPROVE: { document: RefundApproveDocument, tone: 'primary' },
  SUBMIT: { document: RefundSubmitDocument, tone: 'primary' },
  RETRY: { document: RefundRetryDocument, tone: 'primary' },
  CANCEL: { document: RefundCancelDocument, tone: 'bad' },
};

export type KnownAction = PlainAction | 'DECLINE' | 'ESTABLISH';
export const knownActions: readonly KnownAction[] = ['APPROVE', 'SUBMIT', 'RETRY', 'ESTABLISH', 'DECLINE', 'CANCEL'];

export function RefundActionDialog({ action, ...props }: RefundActionProps & { action: KnownAction }) {
  if (action === 'DECLINE') return <DeclineDialog {...props} />;
  if (action === 'ESTABLISH') return <EstablishDialog {...props} />;
  return <ConfirmDialog action={action} {...props} />;
}

/** A step that takes nothing but a yes; the button says how much it is about. */
function ConfirmDialog({ action, one, offered, refetch, onClose }: RefundActionProps & { action: PlainAction }) {
  const { t, format } = useWords();
  const { forms } = t.refunds;
  const { act, busy, failure } = useDecision(plain[action].document, refetch);
  const sum = one.grant?.amount ?? one.proposal?.amount;
  const amount = sum ? format.money(sum) : '';
  const words = {
    APPROVE: { title: forms.approveTitle, submit: forms.approve(amount), text: '', back: undefined },
    SUBMIT: { title: forms.submitTitle, submit: forms.submit(amount), text: forms.submitText, back: undefined },
    RETRY: { title: forms.retryTitle, submit: forms.retry(amount), text: forms.retryText, back: undefined },
    CANCEL: { title: forms.cancelTitle, submit: forms.cancel, text: forms.cancelText, back: forms.keep },
  }[action];
  const submit = async () => {
    if (await act({ input: { refundId: one.id, revision: one.revision } })) onClose();
  };
  return (
    <DecisionDialog
      title={words.title}
      submit={words.submit}
      tone={plain[action].tone}
      {...(words.back ? { back: words.back } : {})}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <p>{words.text}</p>
    </DecisionDialog>
  );
}

function DeclineDialog({ one, offered, refetch, onClose }: RefundActionProps) {
  const { t } = useWords();
  const { forms, declineReasons } = t.refunds;
  const { act, busy, failure } = useDecision(RefundDeclineDocument, refetch);
  const [reason, setReason] = useState<RefundDeclineReason | ''>('');
  const [text, setText] = useState('');
  const submit = async () => {
    if (reason && (await act({ input: { refundId: one.id, revision: one.revision, reason, text } }))) onClose();
  };
  return (
    <DecisionDialog
      title={forms.declineTitle}
      submit={forms.decline}
      tone="bad"
      ready={!!reason && !!text.trim()}
      fields={['reason', 'text']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={forms.reason} error={refusalText(refusalsAt(failure, 'reason'))}>
        <Select value={reason} words={declineReasons} nothing={forms.choose} onChoose={setReason} />
      </Field>
      <Field label={forms.textToBuyer} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
    </DecisionDialog>
  );
}

/** A field of the browser has no time zone: it is the agent's own. */
const momentOf = (local: string): string | null => (local ? new Date(local).toISOString() : null);

function EstablishDialog({ one, offered, refetch, onClose }: RefundActionProps) {
  const { t } = useWords();
  const { forms, holds } = t.refunds;
  const { act, busy, failure } = useDecision(RefundEstablishDocument, refetch);
  const [started, setStarted] = useState('');
  const [back, setBack] = useState('');
  const [days, setDays] = useState(14);
  const [hold, setHold] = useState<RefundHold>('NEVER');
  const startedAt = momentOf(started);
  const goodsBackAt = hold === 'OVER' ? momentOf(back) : null;
  const submit = async () => {
    if (!startedAt) return;
    if (await act({ input: { refundId: one.id, revision: one.revision, startedAt, days, hold, goodsBackAt } })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.establishTitle}
      submit={forms.establish}
      ready={!!startedAt && days > 0 && (hold !== 'OVER' || !!goodsBackAt)}
      fields={['startedAt', 'days', 'hold', 'goodsBackAt']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <p>{forms.establishText}</p>
      <Field label={forms.startedAt} error={refusalText(refusalsAt(failure, 'startedAt'))}>
        <input type="datetime-local" value={started} onInput={(event) => setStarted(event.currentTarget.value)} />
      </Field>
      <Field label={forms.days} error={refusalText(refusalsAt(failure, 'days'))}>
        <input type="number" min={1} max={365} value={days} onInput={(event) => setDays(event.currentTarget.valueAsNumber)} />
      </Field>
      <Field label={forms.hold} error={refusalText(refusalsAt(failure, 'hold'))}>
        <Select value={hold} words={holds} onChoose={setHold} />
      </Field>
      {hold === 'OVER' && (
        <Field label={forms.goodsBackAt} error={refusalText(refusalsAt(failure, 'goodsBackAt'))}>
          <input type="datetime-local" value={back} onInput={(event) => setBack(event.currentTarget.value)} />
        </Field>
      )}
    </DecisionDialog>
  );
}
