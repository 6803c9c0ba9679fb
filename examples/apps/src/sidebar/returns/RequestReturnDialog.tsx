import { useMemo, useState } from 'preact/hooks';
import {
  ReturnEligibilityDocument,
  ReturnRequestDocument,
  type ReturnBasis,
  type ReturnEligibilityQuery,
  type ReturnReasonKind,
  type ReturnResolution,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import { refusalsAt } from '../../lib/decision';
import { useAction, useQuery } from '../../lib/query';
import { Failure, Field, Skeleton } from '../../lib/ui';
import { Choice, Select } from '../../lib/ui/Choice';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import type { OrderWithLines } from './ReturnTab';

type Eligibility = NonNullable<ReturnEligibilityQuery['returnEligibility']>;

/** Asks to send a line back. On which right, until when and at whose cost is the server's to say. */
export function RequestReturnDialog({ caseId, order, onClose }: { caseId: string; order: OrderWithLines; onClose(): void }) {
  const { t } = useWords();
  const { forms, request, reasons, resolutions } = t.returns;
  const { act, busy, failure } = useAction(ReturnRequestDocument);
  const idempotencyKey = useMemo(() => crypto.randomUUID(), []);
  const [lineId, setLineId] = useState(order.lines[0]?.externalId ?? '');
  const [reason, setReason] = useState<ReturnReasonKind | ''>('');
  const [basis, setBasis] = useState<ReturnBasis | null>(null);
  const [wanted, setWanted] = useState<ReturnResolution>('REFUND');
  const [quantity, setQuantity] = useState(1);
  const [note, setNote] = useState('');
  const { data, failure: unread, refetch } = useQuery(ReturnEligibilityDocument, { orderId: order.id, lineId, reason: reason || null });
  const eligible = data?.returnEligibility ?? null;
  const rights = eligible?.rights.filter((right) => right.eligible) ?? [];
  const right = rights.find((one) => one.basis === basis) ?? rights[0];
  const left = eligible?.quantityLeft ?? 0;

  const submit = async () => {
    if (!right) return;
    const why = reason ? { kind: reason } : null;
    const input = { caseId, orderId: order.id, lineId, quantity, reason: why, basis: right.basis, wanted, note: note.trim() || null, idempotencyKey };
    if (await act({ input })) onClose();
  };
  return (
    <DecisionDialog
      title={request.title}
      submit={request.submit}
      ready={!!right && quantity >= 1 && quantity <= left}
      fields={['lineId', 'quantity', 'reason', 'wanted', 'note']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure }}
    >
      <Field label={request.line} error={refusalText(refusalsAt(failure, 'lineId'))}>
        <Select value={lineId} words={Object.fromEntries(order.lines.map(({ externalId, title }) => [externalId, title]))} onChoose={setLineId} />
      </Field>
      <Field label={request.reason} error={refusalText(refusalsAt(failure, 'reason'))}>
        <Select value={reason} words={reasons} nothing={forms.choose} onChoose={setReason} />
      </Field>
      {unread && <Failure failure={unread} retry={refetch} />}
      {!data && !unread && <Skeleton lines={2} />}
      {eligible && <Rights eligible={eligible} chosen={right?.basis ?? null} onChoose={setBasis} />}
      <Field label={request.quantity} hint={eligible && (left ? request.left(left) : request.noneLeft)} error={refusalText(refusalsAt(failure, 'quantity'))}>
        <input type="number" min={1} max={left || 1} value={quantity} onInput={(event) => setQuantity(event.currentTarget.valueAsNumber)} />
      </Field>
      <Field label={request.wanted} error={refusalText(refusalsAt(failure, 'wanted'))}>
        <Select value={wanted} words={resolutions} onChoose={setWanted} />
      </Field>
      <Field label={`${request.note} (${t.common.optional})`} error={refusalText(refusalsAt(failure, 'note'))}>
        <textarea rows={2} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </Field>
    </DecisionDialog>
  );
}

function Rights({ eligible, chosen, onChoose }: { eligible: Eligibility; chosen: ReturnBasis | null; onChoose(basis: ReturnBasis): void }) {
  const { t, format } = useWords();
  const { request, bases, bearers, exclusions, declinableBy } = t.returns;
  const hint = (right: Eligibility['rights'][number]) => {
    if (!right.eligible) return right.reason && <span lang="en">{right.reason}</span>;
    const toJudge = right.exclusionToJudge && request.toJudge(exclusions[right.exclusionToJudge]);
    const until = right.lastDay && request.lastDay(format.date(right.lastDay));
    return [until, right.wayBack && request.paysWayBack(bearers[right.wayBack]), toJudge, declinableBy[right.declinableBy]].filter(Boolean).join(' · ');
  };
  return (
    <>
      <Choice<ReturnBasis>
        legend={request.right}
        chosen={chosen}
        onChoose={onChoose}
        options={eligible.rights.map((right) => ({
          key: right.basis,
          label: bases[right.basis],
          hint: hint(right),
          aside: right.eligible ? undefined : request.notEligible,
          disabled: !right.eligible,
        }))}
      />
      {!chosen && (
        <p class="note" data-tone="warn">
          {request.noRight}
        </p>
      )}
    </>
  );
}
