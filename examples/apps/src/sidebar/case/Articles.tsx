import { useContext, useState } from 'preact/hooks';
import { CaseArticlesDocument, UseArticleDocument, type CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useHost } from '../../lib/host';
import { useAction, useQuery } from '../../lib/query';
import { Failure, Fold, Icon, Skeleton } from '../../lib/ui';
import { DraftsContext } from '../messages/drafts';
import { laneOf, lanesOf, type Place } from '../messages/lanes';
import type { CaseTabProps } from './CaseTab';

/** Articles are looked for when somebody wants to see them: the help centre is another server, and slow. */
export function Articles({ about, onTab }: CaseTabProps) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <Fold title={t.case.articles.title} icon="book" open={open} onToggle={setOpen}>
      {open && <ArticleList about={about} onTab={onTab} />}
    </Fold>
  );
}

function ArticleList({ about, onTab }: CaseTabProps) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(CaseArticlesDocument, { caseId: about.id });
  const { act } = useAction(UseArticleDocument);
  const drafts = useContext(DraftsContext);
  const host = useHost();
  const talk = talkWithBuyer(about);
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={3} />;
  const { state, articles } = data.articleSuggestions ?? { state: 'ANSWERED' as const, articles: [] };
  if (state === 'UNAVAILABLE') return <p class="muted">{t.case.articles.unavailable}</p>;
  if (state === 'NOT_CONNECTED') return <p class="muted">{t.case.articles.notConnected}</p>;
  if (!articles.length) return <p class="muted">{t.case.articles.none}</p>;
  const insert = (title: string, url: string) => {
    const text = `${title}\n${url}`;
    if (talk?.threadId) {
      drafts.append(talk.threadId, talk.lane, text);
      onTab('messages', talk);
    } else if (host.insertReply(text)) {
      host.notify(t.case.articles.inTicket);
    }
    void act({ input: { caseId: about.id, articleUrl: url } });
  };
  return (
    <ul class="stack">
      {articles.map(({ title, url, excerpt, locale }) => (
        <li key={url} class="row article">
          <div class="grow">
            <a href={url} target="_blank" rel="noopener noreferrer" lang={locale ?? undefined}>
              {title}
              <span class="unseen"> ({t.case.articles.opens})</span>
            </a>
            <p class="muted small-text clamp" lang={locale ?? undefined}>
              {excerpt}
            </p>
          </div>
          {(talk || host.kind !== 'PAGE') && (
            <button type="button" class="button compact" aria-label={t.case.articles.insertLabel(title)} onClick={() => insert(title, url)}>
              <Icon name="plus" small /> {t.case.articles.insert}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Where an article for the buyer goes: the first conversation with them in which this viewer may write; else the ticket's reply. */
function talkWithBuyer(about: CaseHeadFragment): Place | null {
  const lanes = lanesOf(about.threads).filter(({ key }) => key !== 'seller');
  const thread = lanes.flatMap(({ threads }) => threads).find(({ viewerCanPost }) => viewerCanPost);
  return thread ? { lane: laneOf(thread), threadId: thread.id } : null;
}
