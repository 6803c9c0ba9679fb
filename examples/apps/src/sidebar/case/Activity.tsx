import { useCallback, useEffect } from 'preact/hooks';
import { CaseTimelineDocument, type TimelineEntryFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { usePaged, type Cut, type Page } from '../../lib/paged';
import { useApi, useFeed } from '../../lib/query';
import { Failure, Fold, Skeleton } from '../../lib/ui';
import { describe, weightOf } from './entries';

const pageSize = 20;
const fewest = 5;

/** What happened in the case, the newest first. */
export function Activity({ caseId }: { caseId: string }) {
  const { t } = useWords();
  return (
    <Fold title={t.activity.title} icon="clock" open>
      <Entries caseId={caseId} />
    </Fold>
  );
}

function Entries({ caseId }: { caseId: string }) {
  const { t } = useWords();
  const timeline = useTimeline(caseId);
  const news = timeline.items.filter(isNews);
  const { hasEarlier, loading, failure, earlier } = timeline;
  useEffect(() => {
    // A page can hold nothing that is told here.
    if (news.length < fewest && hasEarlier && !loading && !failure) void earlier();
  }, [news.length, hasEarlier, loading, failure, earlier]);
  if (!news.length) {
    return timeline.failure ? <Failure failure={timeline.failure} retry={timeline.newer} /> : <Skeleton lines={4} />;
  }
  return (
    <>
      <ol class="activity">
        {news.reverse().map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {timeline.failure && <Failure failure={timeline.failure} retry={timeline.newer} />}
      {timeline.hasEarlier && (
        <button type="button" class="link-button" disabled={timeline.loading} onClick={() => void timeline.earlier()}>
          {t.activity.earlier}
        </button>
      )}
    </>
  );
}

/** That a message arrived is told beside the message. */
const isNews = ({ __typename }: TimelineEntryFragment) => __typename !== 'MessageDeliveredEvent';

function useTimeline(caseId: string) {
  const api = useApi();
  const feed = useFeed();
  const load = useCallback(
    async (cut: Cut): Promise<Page<TimelineEntryFragment>> => {
      const { case: found } = await api.run(CaseTimelineDocument, { by: { id: caseId }, ...cut });
      return found?.timeline ?? { nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } };
    },
    [api, caseId],
  );
  const timeline = usePaged(load, pageSize);
  const { newer } = timeline;
  useEffect(() => feed?.onChange(() => void newer()), [feed, newer]);
  return timeline;
}

function Entry({ entry }: { entry: TimelineEntryFragment }) {
  const words = useWords();
  const { format, t } = words;
  const who = entry.actor.name ?? t.activity.actors[entry.actor.kind];
  return (
    <li data-weight={weightOf(entry)}>
      <p class="breaks">{describe(entry, words)}</p>
      <p class="muted small-text">
        {who} · <time dateTime={entry.at} title={format.full(entry.at)}>{format.moment(entry.at)}</time>
      </p>
    </li>
  );
}
