import { useWords } from '../../i18n';
import { Card } from '../../lib/ui';
import type { CaseWithReturns, OrderWithLines } from '../returns/ReturnTab';

export function RefundsCard(_: { of: CaseWithReturns; order: OrderWithLines; refetch(): void }) {
  const { t } = useWords();
  return <Card title={t.refunds.title}>{t.refunds.none}</Card>;
}
