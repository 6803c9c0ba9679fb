import { CaseFeedDocument, type TimelineEntryFragment } from '../gql/graphql';
import type { Failure } from '../lib/failure';
import type { Api } from '../lib/graphql';
import type { Feed } from '../lib/query';

/** How the page hears of the case: `LIVE`, or on its way there. */
export type LiveState = 'CONNECTING' | 'LIVE' | 'DOWN';

export interface CaseFeed extends Feed {
  onItem(listener: (item: TimelineEntryFragment) => void): () => void;
  onState(listener: (state: LiveState) => void): () => void;
  state(): LiveState;
  stop(): void;
}

const breath = 250;
const beforeAnotherTry = 5_000;

/**
 * Follows one case. It remembers the last item that came and goes on after it when the socket was away, so that nothing is
 * missed; an item that comes twice is told once. Whenever the socket comes up everything is asked again, as some of it has no items.
 */
export function followCase(api: Api, caseId: string): CaseFeed {
  const items = new Set<(item: TimelineEntryFragment) => void>();
  const changes = new Set<() => void>();
  const states = new Set<(state: LiveState) => void>();
  const seen = new Set<string>();
  let since: string | null = null;
  let state: LiveState = 'CONNECTING';
  let pending: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => undefined as void;

  const setState = (next: LiveState) => {
    state = next;
    states.forEach((listener) => listener(next));
  };
  const changedSoon = () => {
    pending ??= setTimeout(() => {
      pending = undefined;
      changes.forEach((listener) => listener());
    }, breath);
  };
  const take = (item: TimelineEntryFragment) => {
    since = item.id;
    if (seen.has(item.id)) return;
    seen.add(item.id);
    items.forEach((listener) => listener(item));
    changedSoon();
  };
  const subscribe = () => {
    unsubscribe = api.live(CaseFeedDocument, () => ({ caseId, since }), {
      next: ({ caseTimelineItemAdded }) => take(caseTimelineItemAdded),
      fail: (_: Failure) => {
        setState('DOWN');
        // Perhaps the place to go on from is not known any more: begin now, and ask for everything again.
        since = null;
        again = setTimeout(() => (subscribe(), changedSoon()), beforeAnotherTry);
      },
    });
  };
  const unwatch = api.watchSocket((up) => {
    setState(up ? 'LIVE' : 'DOWN');
    if (up) changedSoon();
  });
  subscribe();
  return {
    onItem: (listener) => listen(items, listener),
    onChange: (listener) => listen(changes, listener),
    onState: (listener) => listen(states, listener),
    state: () => state,
    changed: changedSoon,
    stop() {
      clearTimeout(pending);
      clearTimeout(again);
      unwatch();
      unsubscribe();
    },
  };
}

function listen<Listener>(set: Set<Listener>, listener: Listener): () => void {
  set.add(listener);
  return () => void set.delete(listener);
}
