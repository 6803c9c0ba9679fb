import type { Session } from './boot';
import { serverClock, type ServerClock } from './clock';
import { Failure } from './failure';
import { atServer } from './server';

/**
 * The session of this page: its token lives in memory only and is renewed at two thirds of its life. Timers sleep with the
 * tab, so whoever needs a token asks here and gets one that is good, or the failure that sends people to sign in.
 */
export interface SessionKeeper {
  /** A token that is good now. Throws `SIGNED_OUT` when there is none to be had. */
  token(): Promise<string>;
  current(): Session | null;
  /** Asks for another token now, as the server says that this one is not good any more. */
  renew(): Promise<void>;
  start(session: Session): void;
  end(): void;
  /** Called with each new state; gives back how to stop. */
  subscribe(listener: (session: Session | null) => void): () => void;
}

const earliest = 1_000;
const margin = 5_000;

export function keepSession(initial: Session | null, clock: ServerClock = serverClock(), door = atServer('/auth/renew')): SessionKeeper {
  let session: Session | null = initial;
  let renewal: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<(session: Session | null) => void>();

  function set(next: Session | null) {
    session = next;
    clearTimeout(timer);
    if (next) timer = setTimeout(() => void renew(), Math.max(earliest, (left(next) * 2) / 3));
    listeners.forEach((listener) => listener(next));
  }
  const left = (of: Session) => new Date(of.expiresAt).getTime() - clock.now();

  function renew(): Promise<void> {
    renewal ??= askForAnother().finally(() => (renewal = null));
    return renewal;
  }
  async function askForAnother() {
    const asked = session;
    if (!asked) return;
    const askedAt = Date.now();
    const response = await fetch(door, { method: 'POST', headers: { authorization: `Bearer ${asked.token}` } }).catch(() => null);
    clock.learn(response?.headers.get('date') ?? null, askedAt);
    if (session !== asked) return;
    if (response?.ok) return set((await response.json()) as Session);
    if (response?.status === 401) return set(null);
    // Out of reach: what is left of the token is used up, and then it is asked again.
    clearTimeout(timer);
    timer = setTimeout(() => void renew(), Math.max(margin, left(asked) / 3));
  }
  if (initial) set(initial);
  return {
    async token() {
      if (session && left(session) < margin) await renew();
      if (!session) throw new Failure('SIGNED_OUT', 'There is no session.');
      return session.token;
    },
    renew,
    current: () => session,
    start: set,
    end: () => set(null),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
