import { OpenThreadDocument, type CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useAction } from '../../lib/query';
import { Empty, Icon, useFailureText, type IconName } from '../../lib/ui';
import type { CaseFeed } from '../feed';
import { Conversation } from './Conversation';
import { find, kindToOpen, lanesOf, type Lane, type LaneKey, type Place } from './lanes';

interface MessagesTabProps {
  about: CaseHeadFragment;
  feed: CaseFeed;
  place: Place | null;
  onPlace(place: Place): void;
}

export const laneIcons: Record<LaneKey, IconName> = { everyone: 'people', seller: 'shop', buyer: 'person' };

export function MessagesTab({ about, feed, place, onPlace }: MessagesTabProps) {
  const { t } = useWords();
  const lanes = lanesOf(about.threads);
  const { lane, thread } = find(lanes, place);
  return (
    <>
      <LaneBar lanes={lanes} chosen={lane.key} onChoose={(next) => onPlace({ lane: next.key, threadId: next.threads.at(-1)?.id ?? null })} />
      {lane.threads.length > 1 && (
        <label class="thread-choice">
          <span class="unseen">{t.messages.whichThread}</span>
          <select value={thread?.id ?? ''} onChange={(event) => onPlace({ lane: lane.key, threadId: event.currentTarget.value })}>
            {lane.threads.map(({ id, subject, unreadCount }, index) => (
              <option key={id} value={id}>
                {subject ?? t.messages.threadNumber(index + 1)}
                {unreadCount ? ` (${unreadCount})` : ''}
              </option>
            ))}
          </select>
        </label>
      )}
      <div role="tabpanel" id={`lane-${lane.key}`} aria-label={t.messages.lanes[lane.key].name} class="lane-panel" data-lane={lane.key}>
        {thread ? <Conversation key={thread.id} about={about} lane={lane.key} thread={thread} feed={feed} /> : <OpenLane about={about} lane={lane} />}
      </div>
    </>
  );
}

function LaneBar({ lanes, chosen, onChoose }: { lanes: Lane[]; chosen: LaneKey; onChoose(lane: Lane): void }) {
  const { t } = useWords();
  const go = (event: KeyboardEvent) => {
    const here = lanes.findIndex(({ key }) => key === chosen);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && lanes.at((here + step) % lanes.length);
    if (!next) return;
    event.preventDefault();
    onChoose(next);
    document.getElementById(`lane-tab-${next.key}`)?.focus();
  };
  return (
    <div class="lanes" role="tablist" aria-label={t.messages.laneList} onKeyDown={go}>
      {lanes.map((lane) => (
        <button
          key={lane.key}
          id={`lane-tab-${lane.key}`}
          type="button"
          role="tab"
          data-lane={lane.key}
          aria-selected={lane.key === chosen}
          aria-controls={lane.key === chosen ? `lane-${lane.key}` : undefined}
          tabIndex={lane.key === chosen ? 0 : -1}
          onClick={() => onChoose(lane)}
        >
          <Icon name={laneIcons[lane.key]} />
          <span class="strong">{t.messages.lanes[lane.key].name}</span>
          <span class="privacy">
            {lane.key !== 'everyone' && <Icon name="lock" small />}
            {t.messages.lanes[lane.key].privacy}
          </span>
          {lane.unread > 0 && (
            <span class="count">
              {lane.unread > 99 ? '99+' : lane.unread}
              <span class="unseen"> {t.messages.unread}</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

function OpenLane({ about, lane }: { about: CaseHeadFragment; lane: Lane }) {
  const { t } = useWords();
  const { act, busy, failure } = useAction(OpenThreadDocument);
  const says = useFailureText(failure);
  const words = t.messages.lanes[lane.key];
  const open = () => void act({ input: { caseIds: [about.id], kind: kindToOpen[lane.key] } });
  return (
    <Empty icon={laneIcons[lane.key]} title={t.messages.notOpen}>
      <p>{words.what(about.seller?.name ?? t.common.parties.SELLER, about.buyer?.displayName ?? t.common.parties.BUYER)}</p>
      {about.availableActions.includes('OPEN_THREAD') && (
        <button type="button" class="button" disabled={busy} onClick={open}>
          <Icon name="plus" /> {t.messages.open}
        </button>
      )}
      {says && <p role="alert">{says}</p>}
    </Empty>
  );
}
