import { useState } from 'preact/hooks';
import { CaseAdviceDocument, PrioritizeCaseDocument } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useNow } from '../../lib/clock';
import { useAction, useQuery } from '../../lib/query';
import { Card, useFailureText } from '../../lib/ui';
import { adviceFor, type Advice } from './advice';
import { CaseDialog, type DialogAction } from './dialogs';
import type { CaseTabProps } from './CaseTab';

/** What to do next, and why; never done by itself. */
export function NextStep({ about, onTab }: CaseTabProps) {
  const { t } = useWords();
  const { data } = useQuery(CaseAdviceDocument, { by: { id: about.id } });
  const now = useNow(60_000);
  const [dialog, setDialog] = useState<DialogAction | null>(null);
  const raise = useAction(PrioritizeCaseDocument);
  const fault = useFailureText(raise.failure);
  const advice = data?.case ? adviceFor(data.case, now) : null;
  if (!advice) return null;
  const steps: Record<Advice['kind'], { label: string; go(): void }> = {
    linkOrder: { label: t.case.advice.go.link, go: () => setDialog('ATTACH_ORDER') },
    takeOver: { label: t.case.advice.go.escalate, go: () => setDialog('ESCALATE') },
    refund: { label: t.case.advice.go.return, go: () => onTab('return') },
    refundRetry: { label: t.case.advice.go.return, go: () => onTab('return') },
    dispute: { label: t.case.advice.go.dispute, go: () => onTab('dispute') },
    answer: { label: t.case.advice.go.messages, go: () => onTab('messages') },
    raise: {
      label: t.case.advice.go.raise,
      go: () => advice.kind === 'raise' && void raise.act({ input: { caseId: about.id, priority: advice.priority } }),
    },
  };
  const step = steps[advice.kind];
  return (
    <Card title={<AdviceTitle advice={advice} />} icon="bolt" tone="primary">
      <p class="muted">
        <AdviceReason advice={advice} />
      </p>
      <div class="wraps spaced">
        <button type="button" class="button" disabled={raise.busy} onClick={step.go}>
          {step.label}
        </button>
      </div>
      {fault && <p role="alert">{fault}</p>}
      {dialog && <CaseDialog about={about} action={dialog} onClose={() => setDialog(null)} />}
    </Card>
  );
}

function AdviceTitle({ advice }: { advice: Advice }) {
  const { advice: words, priorities } = useWords().t.case;
  return <>{advice.kind === 'raise' ? words.raise(priorities[advice.priority]) : words[advice.kind]}</>;
}

function AdviceReason({ advice }: { advice: Advice }) {
  const { t, format } = useWords();
  const words = t.case.advice;
  switch (advice.kind) {
    case 'linkOrder':
      return <>{words.linkOrderWhy}</>;
    case 'takeOver':
      return <>{words.takeOverWhy(format.moment(advice.dueAt))}</>;
    case 'raise':
      return <>{words.raiseWhy(format.list(advice.causes.map((cause) => words.causes[cause])))}</>;
    case 'answer':
      return <>{advice.dueAt ? words.answerDue(format.moment(advice.dueAt)) : words.answerWhy}</>;
    default: {
      const why = { refund: words.refundWhy, refundRetry: words.refundRetryWhy, dispute: words.disputeWhy }[advice.kind];
      return <>{[why, advice.until && words.until(format.moment(advice.until))].filter(Boolean).join(' ')}</>;
    }
  }
}
