import { useEffect, useMemo, useState } from 'preact/hooks';
import { SidebarCaseDocument, type SidebarCaseQuery } from '../gql/graphql';
import { useWords } from '../i18n';
import { Failure as Fault } from '../lib/failure';
import { FeedContext, useApi, useQuery } from '../lib/query';
import { Failure, Skeleton, Tabs } from '../lib/ui';
import { followCase, type CaseFeed } from './feed';
import { Header } from './header/Header';
import { Offline } from './header/Offline';
import { CaseTab } from './case/CaseTab';
import { MessagesTab } from './messages/MessagesTab';
import { DraftsContext, keepDrafts, type Drafts } from './messages/drafts';
import { keptDrafts } from './messages/kept';
import type { Place } from './messages/lanes';
import { lazy } from './lazy';
import { Standstill } from './Standstill';

const tabs = ['case', 'messages', 'return', 'dispute', 'seller'] as const;
export type TabKey = (typeof tabs)[number];

const ReturnTab = lazy(() => import('./returns/ReturnTab').then((part) => part.ReturnTab));
const DisputeTab = lazy(() => import('./disputes/DisputeTab').then((part) => part.DisputeTab));
const SellerTab = lazy(() => import('./seller/SellerTab').then((part) => part.SellerTab));

/** Drafts outlive the session and the way back to a case: what somebody wrote is not lost by either, and is shown to nobody else. */
let kept = { viewer: '', drafts: keepDrafts() };

function draftsOf({ name, marketplace }: SidebarCaseQuery['viewer']): Drafts {
  const viewer = JSON.stringify([marketplace.id, name]);
  if (kept.viewer !== viewer) kept = { viewer, drafts: keepDrafts(keptDrafts(viewer)) };
  return kept.drafts;
}

interface CasePageProps {
  caseId: string;
  /** What was asked of the case when it was looked for. */
  known?: SidebarCaseQuery;
  onGone(): void;
}

export function CasePage({ caseId, known, onGone }: CasePageProps) {
  const api = useApi();
  const feed = useMemo(() => followCase(api, caseId), [api, caseId]);
  useEffect(() => () => feed.stop(), [feed]);
  return (
    <FeedContext.Provider value={feed}>
      <CaseShell caseId={caseId} feed={feed} onGone={onGone} {...(known ? { known } : {})} />
    </FeedContext.Provider>
  );
}

function CaseShell({ caseId, known, feed, onGone }: CasePageProps & { feed: CaseFeed }) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(SidebarCaseDocument, { by: { id: caseId } }, known);
  const [tab, setTab] = useState<TabKey>('case');
  const [place, setPlace] = useState<Place | null>(null);
  if (!data) return <Standstill>{failure ? <Failure failure={failure} retry={refetch} /> : <Skeleton lines={6} />}</Standstill>;
  if (!data.case) {
    return (
      <Standstill>
        <Failure failure={new Fault('NOT_ALLOWED', 'There is no such case.')} />
        <button type="button" class="button" onClick={onGone}>
          {t.start.back}
        </button>
      </Standstill>
    );
  }
  const about = data.case;
  const goTo = (to: TabKey, talk?: Place) => {
    if (talk) setPlace(talk);
    setTab(to);
  };
  const unread = about.threads.reduce((sum, thread) => sum + thread.unreadCount, 0);
  const list = tabs.map((key) => ({ key, label: t.common.tabs[key], ...(key === 'messages' ? { count: unread, countLabel: t.messages.unread } : {}) }));
  return (
    <DraftsContext.Provider value={draftsOf(data.viewer)}>
      <header class="top">
        <Header about={about} feed={feed} />
        <Tabs label={t.common.tabList} tabs={list} chosen={tab} onChoose={(key) => setTab(key)} />
        <Offline feed={feed} />
      </header>
      <main>
        <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} class={`panel ${tab}`} tabIndex={tab === 'messages' ? -1 : 0}>
          {tab === 'case' && <CaseTab about={about} onTab={goTo} />}
          {tab === 'messages' && <MessagesTab about={about} feed={feed} place={place} onPlace={setPlace} />}
          {tab === 'return' && <ReturnTab caseId={about.id} />}
          {tab === 'dispute' && <DisputeTab caseId={about.id} />}
          {tab === 'seller' && <SellerTab caseId={about.id} />}
        </div>
      </main>
    </DraftsContext.Provider>
  );
}
