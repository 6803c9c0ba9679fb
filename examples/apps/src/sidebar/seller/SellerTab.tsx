import { useWords } from '../../i18n';
import { Empty } from '../../lib/ui';

export function SellerTab(_: { caseId: string }) {
  const { t } = useWords();
  return <Empty icon="shop" title={t.seller.title} />;
}
