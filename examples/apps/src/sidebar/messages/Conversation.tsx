import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { Avatar, Empty, Failure, Icon, Skeleton } from '../../lib/ui';
import type { Paged } from '../../lib/paged';
import { CaseDialog } from '../case/dialogs';
import type { CaseFeed } from '../feed';
import { Composer } from './Composer';
import type { LaneKey, Thread } from './lanes';
import { MessageItem } from './MessageItem';
import { laneIcons } from './MessagesTab';
import { useMarkRead, usePresence, useThread, type Message, type Presence } from './useThread';

interface ConversationProps {
  about: CaseHeadFragment;
  lane: LaneKey;
  thread: Thread;
  feed: CaseFeed;
}

export function Conversation({ about, lane, thread, feed }: ConversationProps) {
  const messages = useThread(thread.id, feed);
  const presence = usePresence(thread.id);
  const [atEnd, setAtEnd] = useState(true);
  useMarkRead(thread.id, thread.unreadCount, messages.items.at(-1)?.id, atEnd, feed);
  return (
    <>
      <Audience about={about} lane={lane} />
      <Feed lane={lane} messages={messages} presence={presence} onEnd={setAtEnd} />
      {thread.viewerCanPost ? (
        <Composer about={about} lane={lane} threadId={thread.id} onPosted={messages.put} />
      ) : (
        <ReadOnly about={about} />
      )}
    </>
  );
}

/** Why there is nothing to write in, and the way to it where the server offers one. */
function ReadOnly({ about }: { about: CaseHeadFragment }) {
  const { t } = useWords();
  const [escalating, setEscalating] = useState(false);
  const mayEscalate = about.availableActions.includes('ESCALATE');
  return (
    <div class="note">
      <Icon name="lock" small />
      <div class="stack grow">
        <p>{mayEscalate ? t.messages.escalateFirst : t.messages.readOnly}</p>
        {mayEscalate && (
          <button type="button" class="button compact" onClick={() => setEscalating(true)}>
            {t.case.actions.ESCALATE}
          </button>
        )}
      </div>
      {escalating && <CaseDialog about={about} action="ESCALATE" onClose={() => setEscalating(false)} />}
    </div>
  );
}

/** In words and faces, who reads this, and who never does. */
function Audience({ about, lane }: { about: CaseHeadFragment; lane: LaneKey }) {
  const { t } = useWords();
  const seller = about.seller?.name ?? t.common.parties.SELLER;
  const buyer = about.buyer?.displayName ?? t.common.parties.BUYER;
  const { who, never } = t.messages.lanes[lane];
  return (
    <div class="audience">
      <Icon name={lane === 'everyone' ? laneIcons.everyone : 'lock'} />
      <div class="grow">
        <p class="strong breaks">{who(seller, buyer)}</p>
        <p class="small-text never">{never(seller, buyer)}</p>
      </div>
      <span class="faces">
        {lane !== 'seller' && <Avatar name={buyer} kind="buyer" small />}
        {lane !== 'buyer' && <Avatar name={seller} kind="seller" small />}
        <Avatar name={t.messages.team} kind="operator" small />
      </span>
    </div>
  );
}

/** So near to its end that a new message should stay in sight. */
const near = 40;

interface FeedProps {
  lane: LaneKey;
  messages: Paged<Message>;
  presence: Presence | null;
  onEnd(atEnd: boolean): void;
}

function Feed({ lane, messages, presence, onEnd }: FeedProps) {
  const { t } = useWords();
  const { items, hasEarlier, loading, failure } = messages;
  const box = useRef<HTMLDivElement>(null);
  const [unseen, setUnseen] = useState(false);
  const { atEnd, room } = useKeptPlace(box, items, () => setUnseen(true));
  const scrolled = () => {
    // What was scrolled in another room says nothing of where the reader is: the watch over the room puts it right.
    if (box.current?.clientHeight !== room.current) return;
    const end = isAtEnd(box.current);
    atEnd.current = end;
    onEnd(end);
    if (end) setUnseen(false);
    if (box.current && box.current.scrollTop < near && hasEarlier) void messages.earlier();
  };
  if (!items.length) {
    if (failure) return <Failure failure={failure} retry={() => void messages.newer()} />;
    return loading ? <Skeleton lines={5} /> : <Empty icon="reply" title={t.messages.none} />;
  }
  return (
    <div class="feed-frame">
      <div class="feed" ref={box} onScroll={scrolled} role="log" aria-label={t.messages.log} tabIndex={0}>
        {hasEarlier && (
          <button type="button" class="link-button earlier" disabled={loading} onClick={() => void messages.earlier()}>
            {t.messages.earlier}
          </button>
        )}
        {items.map((message, index) => (
          <MessageItem key={message.id} message={message} lane={lane} before={items[index - 1]} seenBy={seenBy(message, items, presence)} />
        ))}
        <Typing presence={presence} />
        {failure && <Failure failure={failure} retry={() => void messages.newer()} />}
      </div>
      {unseen && (
        <button type="button" class="button compact to-end" onClick={() => box.current?.scrollTo({ top: box.current.scrollHeight, behavior: 'smooth' })}>
          <Icon name="down" small /> {t.messages.newBelow}
        </button>
      )}
    </div>
  );
}

/** Whoever reads the end stays there as messages come; whoever reads further up keeps their place, also when earlier ones come. */
function useKeptPlace(box: { current: HTMLDivElement | null }, items: readonly Message[], onUnseen: () => void) {
  const atEnd = useRef(true);
  const room = useRef(0);
  const before = useRef({ height: 0, first: '', last: '' });
  const [first, last] = [items[0]?.id ?? '', items.at(-1)?.id ?? ''];
  useLayoutEffect(() => {
    const feed = box.current;
    if (!feed) return;
    const grew = feed.scrollHeight - before.current.height;
    if (before.current.first && first !== before.current.first) feed.scrollTop += grew;
    else if (atEnd.current) feed.scrollTop = feed.scrollHeight;
    else if (last !== before.current.last) onUnseen();
    before.current = { height: feed.scrollHeight, first, last };
  }, [first, last]);
  useEffect(() => {
    const feed = box.current;
    if (!feed) return undefined;
    // Pictures and the composer change the room; who was at the end stays there.
    const watch = new ResizeObserver(() => {
      room.current = feed.clientHeight;
      if (atEnd.current) feed.scrollTop = feed.scrollHeight;
    });
    watch.observe(feed);
    return () => watch.disconnect();
  }, [items.length > 0]);
  return { atEnd, room };
}

const isAtEnd = (feed: HTMLDivElement | null) => !feed || feed.scrollHeight - feed.scrollTop - feed.clientHeight < near;

/** The sides that have read up to this message and no further; told under words of the team only. */
function seenBy(message: Message, items: readonly Message[], presence: Presence | null): string[] {
  if (message.author !== 'OPERATOR' || !presence) return [];
  const place = items.indexOf(message);
  const nextOwn = items.findIndex(({ author }, index) => index > place && author === 'OPERATOR');
  return presence.participants
    .filter(({ party, readUpTo }) => {
      const read = readUpTo ? items.findIndex(({ id }) => id === readUpTo.id) : -1;
      return party !== 'OPERATOR' && read >= place && (nextOwn < 0 || read < nextOwn);
    })
    .map(({ party }) => party);
}

function Typing({ presence }: { presence: Presence | null }) {
  const { t } = useWords();
  const who = presence?.typing ?? [];
  return (
    <p class="typing muted small-text" aria-live="polite">
      {who.map(({ id, party }) => (
        <span key={id}>{t.messages.typing(t.common.parties[party])}</span>
      ))}
    </p>
  );
}
