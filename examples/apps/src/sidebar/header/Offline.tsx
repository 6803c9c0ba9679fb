import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../../i18n';
import { Icon } from '../../lib/ui';
import type { CaseFeed, LiveState } from '../feed';

/** A blink of the socket is nobody's concern. */
const patience = 4_000;

export function useLiveState(feed: CaseFeed): LiveState {
  const online = useOnline();
  const [state, setState] = useState(feed.state());
  useEffect(() => {
    setState(feed.state());
    return feed.onState(setState);
  }, [feed]);
  return online ? state : 'DOWN';
}

/** Says so when the page does not hear of what happens; goes away by itself. */
export function Offline({ feed }: { feed: CaseFeed }) {
  const { t } = useWords();
  const state = useLiveState(feed);
  const online = useOnline();
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (state !== 'DOWN') return undefined;
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, [state]);
  const away = !online || (state === 'DOWN' && late);
  return (
    <div role="status">
      {away && (
        <p class="banner" data-tone="warn">
          <Icon name="alert" /> {online ? t.header.reconnecting : t.header.offline}
        </p>
      )}
    </div>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online;
}
