import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { toFailure, type Failure } from './failure';

/** A piece of a list that grows at its end: its last so many, what is before an item, or what came after one. */
export type Cut = { last: number; before?: string } | { first: number; after: string };
export interface Page<Item> {
  nodes: Item[];
  pageInfo: { hasPreviousPage: boolean; hasNextPage: boolean };
}

export interface Paged<Item> {
  items: readonly Item[];
  hasEarlier: boolean;
  loading: boolean;
  failure: Failure | null;
  earlier(): Promise<void>;
  /** Gets what came since, so that nothing is missing between what is shown and now. */
  newer(): Promise<void>;
  /** Adds an item that has just come, or replaces the one with its id. */
  put(item: Item): void;
  /** Replaces the one with its id; what is not shown stays so, as its place is not known. */
  replace(item: Item): void;
}

interface State<Item> {
  items: readonly Item[];
  hasEarlier: boolean;
  loading: boolean;
  failure: Failure | null;
}

const pageSize = 30;

/** The end of a long list, extended backwards when asked to. `load` is stable as long as it is about the same list. */
export function usePaged<Item extends { id: string }>(load: (cut: Cut) => Promise<Page<Item>>, size = pageSize): Paged<Item> {
  const [state, setState] = useState<State<Item>>({ items: [], hasEarlier: false, loading: true, failure: null });
  const known = useRef(state);
  const run = useRef(0);
  const busy = useRef<Promise<void> | null>(null);
  const asked = useRef<Promise<void> | null>(null);
  /** The last item before which none is missing: what was put after it came alone, and others may have come before it. */
  const sure = useRef<string | undefined>(undefined);
  const set = useCallback((change: Partial<State<Item>>) => {
    known.current = { ...known.current, ...change };
    setState(known.current);
  }, []);

  const get = useCallback(
    async (cut: Cut, take: (page: Page<Item>) => void) => {
      const mine = run.current;
      set({ loading: true, failure: null });
      try {
        const page = await load(cut);
        if (mine === run.current) take(page);
      } catch (thrown) {
        if (mine === run.current) set({ failure: toFailure(thrown) });
      }
      if (mine === run.current) set({ loading: false });
    },
    [load, set],
  );
  /** One at a time: two answers that overlap could leave a gap. */
  const inTurn = useCallback((job: () => Promise<void>): Promise<void> => {
    const mine = run.current;
    const done = (busy.current ?? Promise.resolve()).then(() => (mine === run.current ? job() : undefined));
    busy.current = done;
    return done;
  }, []);

  const newest = useCallback(
    () =>
      get({ last: size }, ({ nodes, pageInfo }) => {
        sure.current = nodes.at(-1)?.id;
        set({ items: merge(nodes, known.current.items), hasEarlier: pageInfo.hasPreviousPage });
      }),
    [get, set, size],
  );
  const newer = useCallback(
    () =>
      inTurn(async () => {
        if (!sure.current) return newest();
        for (let more = true; more; ) {
          more = false;
          const after = sure.current;
          await get({ first: 100, after }, ({ nodes, pageInfo }) => {
            set({ items: insert(known.current.items, after, nodes) });
            sure.current = nodes.at(-1)?.id ?? after;
            more = pageInfo.hasNextPage && nodes.length > 0;
          });
        }
      }),
    [get, inTurn, newest, set],
  );
  const earlier = useCallback(() => {
    // Scrolling asks often: once is enough.
    asked.current ??= inTurn(async () => {
      const before = known.current.items[0]?.id;
      if (!before || !known.current.hasEarlier) return;
      await get({ last: size, before }, ({ nodes, pageInfo }) =>
        set({ items: merge(nodes, known.current.items), hasEarlier: pageInfo.hasPreviousPage }),
      );
    }).finally(() => (asked.current = null));
    return asked.current;
  }, [get, inTurn, set, size]);
  const put = useCallback((item: Item) => set({ items: merge(known.current.items, [item]) }), [set]);
  const replace = useCallback((item: Item) => known.current.items.some(({ id }) => id === item.id) && put(item), [put]);

  useLayoutEffect(() => {
    run.current++;
    busy.current = null;
    asked.current = null;
    sure.current = undefined;
    set({ items: [], hasEarlier: false, loading: true, failure: null });
    void inTurn(newest);
    return () => void run.current++;
  }, [newest, inTurn, set]);
  return { ...state, earlier, newer, put, replace };
}

/** What is known, with newer versions in the old places and the rest at the end: an id is there once. */
export function merge<Item extends { id: string }>(known: readonly Item[], more: readonly Item[]): readonly Item[] {
  const byId = new Map(known.map((item) => [item.id, item]));
  for (const item of more) byId.set(item.id, item);
  return [...byId.values()];
}

/** What came after an item, in its place behind it: before what is known to have come later still. */
function insert<Item extends { id: string }>(known: readonly Item[], after: string, more: readonly Item[]): readonly Item[] {
  const end = known.findIndex(({ id }) => id === after) + 1;
  return merge(merge(known.slice(0, end), more), known.slice(end).filter(({ id }) => !more.some((item) => item.id === id)));
}
