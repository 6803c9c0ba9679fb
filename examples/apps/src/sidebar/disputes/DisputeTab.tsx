import { useWords } from '../../i18n';
import { Empty } from '../../lib/ui';

export function DisputeTab(_: { caseId: string }) {
  const { t } = useWords();
  return <Empty icon="scale" title={t.disputes.title} />;
}
