import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

/** The time by the server's clock, as deadlines are set by it. Answers carry it; the computer's own may be wrong by hours. */
export interface ServerClock {
  now(): number;
  /** What the `Date` of an answer says, which was asked for at a moment of this computer's clock. */
  learn(date: string | null, askedAt: number): void;
}

export function serverClock(local: () => number = () => Date.now()): ServerClock {
  // The header has whole seconds: a difference below that, or one that a slow answer explains, says nothing.
  const noise = 2_000;
  let ahead = 0;
  return {
    now: () => local() + ahead,
    learn(date, askedAt) {
      const said = date ? Date.parse(date) : NaN;
      if (Number.isNaN(said)) return;
      const difference = said + 500 - (askedAt + local()) / 2;
      const slack = noise + (local() - askedAt) / 2;
      if (Math.abs(difference - ahead) > slack) ahead = Math.abs(difference) > slack ? difference : 0;
    },
  };
}

export const ClockContext = createContext<ServerClock>(serverClock());

/**
 * The time, anew every so many milliseconds. It is read from the clock at each tick and when the tab wakes up, never counted,
 * so that tabs that slept are right at once.
 */
export function useNow(every: number): number {
  const clock = useContext(ClockContext);
  const [now, setNow] = useState(clock.now());
  useEffect(() => {
    const tick = () => setNow(clock.now());
    tick();
    const timer = setInterval(tick, every);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [clock, every]);
  return now;
}
