import '../../styles/returns.css';
import '../../styles/disputes.css';
import { useState } from 'preact/hooks';
import { CaseDisputesDocument, type CaseDisputesQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useQuery } from '../../lib/query';
import { Card, Empty, Failure, Skeleton } from '../../lib/ui';
import { DisputeView } from './DisputeView';
import { OpenDisputeDialog } from './OpenDisputeDialog';

export type Charter = CaseDisputesQuery['marketplace']['charter'];

export function DisputeTab({ caseId }: { caseId: string }) {
  const { t, format } = useWords();
  const [opens, setOpens] = useState(false);
  const { data, failure, refetch } = useQuery(CaseDisputesDocument, { caseId, locale: format.locale });
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={5} />;
  const of = data.case;
  if (!of) return <Empty icon="scale" title={t.common.failures.NOT_ALLOWED} />;
  const open = of.order && (
    <button type="button" class="button" onClick={() => setOpens(true)}>
      {t.disputes.forms.open}
    </button>
  );
  return (
    <div class="tab-cards">
      {failure && <Failure failure={failure} retry={refetch} />}
      {of.disputes.map((dispute) => (
        <DisputeView key={dispute.id} of={of} dispute={dispute} charter={data.marketplace.charter} refetch={refetch} />
      ))}
      {of.disputes.length ? (
        <div class="actions">{open}</div>
      ) : (
        <Card>
          <Empty icon="scale" title={t.disputes.none}>
            <p>{of.order ? t.disputes.noneText : t.disputes.noOrder}</p>
            {open}
          </Empty>
        </Card>
      )}
      {opens && of.order && <OpenDisputeDialog caseId={of.id} order={of.order} onClose={() => setOpens(false)} />}
    </div>
  );
}
