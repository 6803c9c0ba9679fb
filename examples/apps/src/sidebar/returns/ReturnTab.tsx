import '../../styles/returns.css';
import { useState } from 'preact/hooks';
import { CaseReturnsDocument, type CaseReturnsQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useQuery } from '../../lib/query';
import { Card, Empty, Failure, Skeleton } from '../../lib/ui';
import { RefundsCard } from '../refunds/RefundsCard';
import { RequestReturnDialog } from './RequestReturnDialog';
import { ReturnCard } from './ReturnCard';

export type CaseWithReturns = NonNullable<CaseReturnsQuery['case']>;
export type OrderWithLines = NonNullable<CaseWithReturns['order']>;

/** Goods on their way back, and money: what happened, what comes next, and what may be done. */
export function ReturnTab({ caseId }: { caseId: string }) {
  const { t, format } = useWords();
  const { data, failure, refetch } = useQuery(CaseReturnsDocument, { caseId, locale: format.locale });
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={5} />;
  if (!data.case) return <Empty icon="box" title={t.common.failures.NOT_ALLOWED} />;
  const { order } = data.case;
  if (!order) {
    return (
      <Empty icon="box" title={t.returns.noOrder}>
        <p>{t.returns.noOrderText}</p>
      </Empty>
    );
  }
  return (
    <div class="tab-cards">
      {failure && <Failure failure={failure} retry={refetch} />}
      <Returns of={data.case} order={order} refetch={refetch} />
      <RefundsCard of={data.case} order={order} refetch={refetch} />
    </div>
  );
}

function Returns({ of, order, refetch }: { of: CaseWithReturns; order: OrderWithLines; refetch(): void }) {
  const { t } = useWords();
  const [requests, setRequests] = useState(false);
  const request = (
    <button type="button" class="button" onClick={() => setRequests(true)}>
      {t.returns.request.open}
    </button>
  );
  return (
    <>
      {of.returns.map((one) => (
        <ReturnCard key={one.id} of={of} order={order} one={one} refetch={refetch} />
      ))}
      {of.returns.length ? (
        <div class="actions">{request}</div>
      ) : (
        <Card>
          <Empty icon="box" title={t.returns.none}>
            <p>{t.returns.noneText}</p>
            {request}
          </Empty>
        </Card>
      )}
      {requests && <RequestReturnDialog caseId={of.id} order={order} onClose={() => setRequests(false)} />}
    </>
  );
}
