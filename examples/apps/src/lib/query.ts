import { createContext } from 'preact';
import { useCallback, useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { refusalIn, toFailure, type Failure } from './failure';
import type { Api, Doc } from './graphql';

/** What changed a case, as far as pages that show it must know. */
export interface Feed {
  /** Calls when something happened in the case, not more than once in a moment. Gives back how to stop. */
  onChange(listener: () => void): () => void;
  /** For those who changed something themselves: everybody asks again at once. */
  changed(): void;
}

export const ApiContext = createContext<Api | null>(null);
export const FeedContext = createContext<Feed | null>(null);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('No way to the server here.');
  return api;
}
export const useFeed = (): Feed | null => useContext(FeedContext);

export interface Query<Result> {
  /** What is known: also while it is asked again, and after a failure to. */
  data: Result | null;
  failure: Failure | null;
  loading: boolean;
  refetch(): void;
}

interface Known<Result> {
  data: Result | null;
  failure: Failure | null;
  loading: boolean;
  key: string;
}

/**
 * Asks, and asks again when the variables change or the feed of the case says that it changed. Late answers are dropped.
 * What is `known` already is not asked for at first.
 */
export function useQuery<Result, Variables>(document: Doc<Result, Variables>, variables: Variables, known?: Result): Query<Result> {
  const api = useApi();
  const feed = useFeed();
  const key = JSON.stringify(variables);
  const [state, setState] = useState<Known<Result>>({ data: known ?? null, failure: null, loading: !known, key });
  const turn = useRef(0);
  const asks = useRef(!known);

  const ask = useCallback(() => {
    const mine = ++turn.current;
    setState((before) => ({ data: before.key === key ? before.data : null, failure: null, loading: true, key }));
    api.run(document, JSON.parse(key) as Variables).then(
      (data) => mine === turn.current && setState({ data, failure: null, loading: false, key }),
      (thrown: unknown) =>
        mine === turn.current && setState((before) => ({ ...before, failure: toFailure(thrown), loading: false })),
    );
  }, [api, document, key]);

  // Before the frame is painted: an effect after it would ask some frames later.
  useLayoutEffect(() => {
    if (asks.current) ask();
    asks.current = true;
    const stop = feed?.onChange(ask);
    return () => {
      turn.current++;
      stop?.();
    };
  }, [ask, feed]);
  const isCurrent = state.key === key;
  return { data: isCurrent ? state.data : null, failure: state.failure, loading: !isCurrent || state.loading, refetch: ask };
}

export interface Action<Result, Variables> {
  /** Gives what was done, or null when it was not: `failure` says why. */
  act(variables: Variables): Promise<Result | null>;
  busy: boolean;
  failure: Failure | null;
  clear(): void;
}

/** Changes something. `userErrors` in the answer are a failure of kind `REFUSED`; after a success the case is asked again. */
export function useAction<Result extends object, Variables>(document: Doc<Result, Variables>): Action<Result, Variables> {
  const api = useApi();
  const feed = useFeed();
  const [state, setState] = useState<{ busy: boolean; failure: Failure | null }>({ busy: false, failure: null });

  const act = useCallback(
    async (variables: Variables) => {
      setState({ busy: true, failure: null });
      try {
        const data = await api.run(document, variables);
        const refusal = refusalIn(data);
        setState({ busy: false, failure: refusal });
        if (refusal) return null;
        feed?.changed();
        return data;
      } catch (thrown) {
        setState({ busy: false, failure: toFailure(thrown) });
        return null;
      }
    },
    [api, document, feed],
  );
  return { act, ...state, clear: () => setState({ busy: false, failure: null }) };
}
