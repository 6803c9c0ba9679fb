import { useState } from 'preact/hooks';
import { useWords } from '../i18n';
import { SidebarCaseDocument } from '../gql/graphql';
import { useQuery } from '../lib/query';
import { Empty, Failure, Skeleton, Tabs } from '../lib/ui';
import { Lazy, type CaseTab } from './Lazy';

const tabs = ['case', 'messages', 'return', 'dispute', 'seller'] as const;
type TabKey = (typeof tabs)[number];

const later: Partial<Record<TabKey, () => Promise<CaseTab>>> = {
  return: () => import('./returns/ReturnTab').then(({ ReturnTab }) => ReturnTab),
  dispute: () => import('./disputes/DisputeTab').then(({ DisputeTab }) => DisputeTab),
  seller: () => import('./seller/SellerTab').then(({ SellerTab }) => SellerTab),
};

export function App({ caseId }: { caseId: string }) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(SidebarCaseDocument, { by: { id: caseId } });
  const [tab, setTab] = useState<TabKey>('case');
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data?.case) return <Skeleton />;
  const load = later[tab];
  return (
    <>
      <header class="top">
        <h1>{data.case.subject}</h1>
        <Tabs label={t.common.tabList} tabs={tabs.map((key) => ({ key, label: t.common.tabs[key] }))} chosen={tab} onChoose={(key) => setTab(key)} />
      </header>
      <main>
        <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
          {load ? <Lazy key={tab} load={load} caseId={data.case.id} /> : <Empty title={t.common.tabs[tab]} />}
        </div>
      </main>
    </>
  );
}
