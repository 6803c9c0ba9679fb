import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import {
  MarkReadDocument,
  ThreadMessagesDocument,
  ThreadPresenceDocument,
  type MessagePartsFragment,
  type ThreadPresenceSubscription,
  type TimelineEntryFragment,
} from '../../gql/graphql';
import { usePaged, type Cut, type Page, type Paged } from '../../lib/paged';
import { useApi } from '../../lib/query';
import type { CaseFeed } from '../feed';

export type Message = MessagePartsFragment;
export type Presence = ThreadPresenceSubscription['threadPresenceChanged'];

const nothing: Page<Message> = { nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } };

/** The messages of a thread: the last ones, earlier ones when asked for, and new ones as they come. */
export function useThread(threadId: string, feed: CaseFeed): Paged<Message> {
  const api = useApi();
  const load = useCallback(
    async (cut: Cut): Promise<Page<Message>> => {
      const { node } = await api.run(ThreadMessagesDocument, { threadId, ...cut });
      return node?.__typename === 'Thread' ? node.messages : nothing;
    },
    [api, threadId],
  );
  const messages = usePaged(load);
  const { newer, put, replace } = messages;
  useEffect(() => feed.onItem((item) => heard(item, threadId, put, replace)), [feed, threadId, put, replace]);
  useEffect(() => feed.onChange(() => void newer()), [feed, newer]);
  return messages;
}

type Take = (message: Message) => void;

function heard(item: TimelineEntryFragment, threadId: string, put: Take, replace: Take) {
  switch (item.__typename) {
    case 'MessagePostedEvent':
      if (item.message && item.thread?.id === threadId) put(item.message);
      break;
    case 'MessageDeliveredEvent':
    case 'MessageRedactedEvent':
    case 'AttachmentChangedEvent':
      if (item.message) replace(item.message);
      break;
    default:
  }
}

/** Who is typing and how far each side has read. */
export function usePresence(threadId: string): Presence | null {
  const api = useApi();
  const [presence, setPresence] = useState<Presence | null>(null);
  useEffect(() => {
    setPresence(null);
    return api.live(ThreadPresenceDocument, () => ({ threadId }), {
      next: ({ threadPresenceChanged }) => setPresence(threadPresenceChanged),
      fail: () => setPresence(null),
    });
  }, [api, threadId]);
  return presence;
}

const readingTime = 800;

/** Says that a thread was read, once its last message was in sight for a moment. */
export function useMarkRead(threadId: string, unread: number, lastId: string | undefined, inSight: boolean, feed: CaseFeed): void {
  const api = useApi();
  const said = useRef<string | null>(null);
  useEffect(() => {
    if (!unread || !lastId || !inSight || said.current === lastId) return undefined;
    const say = () => {
      if (document.visibilityState !== 'visible') return;
      said.current = lastId;
      api.run(MarkReadDocument, { input: { threadId, upToMessageId: lastId } }).then(feed.changed, () => (said.current = null));
    };
    const timer = setTimeout(say, readingTime);
    document.addEventListener('visibilitychange', say);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', say);
    };
  }, [api, feed, threadId, unread, lastId, inSight]);
}
