import '../../styles/refunds.css';
import { useState } from 'preact/hooks';
import type { RefundDetailsFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { offeredNow } from '../../lib/offered';
import { Card } from '../../lib/ui';
import type { CaseWithReturns, OrderWithLines } from '../returns/ReturnTab';
import { knownActions, RefundActionDialog, type KnownAction } from './RefundActionDialog';
import { RefundDialog } from './RefundDialog';
import { RefundRow } from './RefundRow';

interface RefundsCardProps {
  of: CaseWithReturns;
  order: OrderWithLines;
  refetch(): void;
}

/** What is done in a dialog: a refund without a request, an answer to one, or another step of one. */
interface Doing {
  action: KnownAction | 'GRANT' | 'NEW';
  refundId: string | null;
}

/** All refunds of the order, for what one case gave is not there for another. */
export function RefundsCard({ of, order, refetch }: RefundsCardProps) {
  const { t, format } = useWords();
  const words = t.refunds;
  const [doing, setDoing] = useState<Doing | null>(null);
  const [done, setDone] = useState('');
  const close = () => setDoing(null);
  const refund = order.refunds.find(({ id }) => id === doing?.refundId) ?? null;
  const granted = (one: RefundDetailsFragment) => {
    const sum = one.grant?.amount ?? one.proposal?.amount;
    const said = one.proposal ? words.dialog.doneProposal : words.dialog.done;
    if (sum) setDone(said(format.money(sum)));
    close();
    refetch();
  };
  return (
    <Card
      title={words.title}
      aside={
        order.lines.length > 0 && (
          <button type="button" class="button compact" onClick={() => setDoing({ action: 'NEW', refundId: null })}>
            {words.refund}
          </button>
        )
      }
    >
      <p class={done ? 'note' : 'unseen'} data-tone="good" role="status">
        {done}
      </p>
      {order.refunds.length ? (
        <ul class="refund-list">
          {order.refunds.map((one) => (
            <RefundRow key={one.id} one={one} order={order} caseId={of.id} onAction={(action) => setDoing({ action, refundId: one.id })} />
          ))}
        </ul>
      ) : (
        <p class="muted">{words.none}</p>
      )}
      {doing?.action === 'NEW' || doing?.action === 'GRANT' ? (
        <RefundDialog of={of} order={order} refund={refund} refetch={refetch} onClose={close} onDone={granted} />
      ) : (
        doing &&
        refund && (
          <RefundActionDialog
            action={doing.action}
            one={refund}
            offered={offeredNow(refund.availableActions, knownActions).includes(doing.action)}
            refetch={refetch}
            onClose={close}
          />
        )
      )}
    </Card>
  );
}
