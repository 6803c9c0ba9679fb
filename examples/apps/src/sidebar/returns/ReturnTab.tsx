import { useWords } from '../../i18n';
import { Empty } from '../../lib/ui';

export function ReturnTab(_: { caseId: string }) {
  const { t } = useWords();
  return <Empty icon="box" title={t.returns.title} />;
}
