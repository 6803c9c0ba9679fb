import type { ComponentChildren } from 'preact';
import { vi } from 'vitest';
import { WordsContext } from './i18n';
import { en } from './i18n/en';
import { fr } from './i18n/fr';
import { formatFor } from './lib/format';
import { ClockContext, serverClock, type ServerClock } from './lib/clock';
import type { Api, Doc, Listener } from './lib/graphql';
import { HostContext } from './lib/host';
import { pageHost } from './lib/hosts/page';
import { ApiContext } from './lib/query';

type Answer = (variables: Record<string, unknown>) => unknown;

/** A server for tests: answers by the operation's name, and lets a test speak over the socket. */
export function fakeApi(answers: Record<string, Answer> = {}) {
  const listeners: { name: string; variables: () => Record<string, unknown>; listener: Listener<never> }[] = [];
  const watchers = new Set<(up: boolean) => void>();
  const run = vi.fn(async (document: Doc<unknown, unknown>, variables: unknown) => {
    const answer = answers[nameOf(document)];
    if (!answer) throw new Error(`Nobody answers ${nameOf(document)}.`);
    return answer(variables as Record<string, unknown>);
  });
  const api = {
    run,
    live(document: Doc<unknown, unknown>, variables: () => unknown, listener: Listener<never>) {
      const one = { name: nameOf(document), variables: variables as () => Record<string, unknown>, listener };
      listeners.push(one);
      return () => void listeners.splice(listeners.indexOf(one), 1);
    },
    watchSocket(watcher: (up: boolean) => void) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    upload: vi.fn(async () => ({ id: 'att_1' })),
    close: () => undefined,
  } as unknown as Api;
  return {
    api,
    calls: (name: string) => run.mock.calls.filter(([document]) => nameOf(document) === name).map(([, variables]) => variables as Record<string, never>),
    listeners,
    socket: (up: boolean) => watchers.forEach((watcher) => watcher(up)),
  };
}

const nameOf = (document: { toString(): string }) => /(?:query|mutation|subscription) (\w+)/.exec(document.toString())?.[1] ?? '';

interface AroundProps {
  api?: Api;
  clock?: ServerClock;
  locale?: 'en' | 'fr';
  children: ComponentChildren;
}

/** What every component finds around it. */
export function Around({ api = fakeApi().api, clock = serverClock(), locale = 'en', children }: AroundProps) {
  const boot = { host: 'PAGE', server: null, connection: null, session: null, signIn: [], ticket: null, caseId: null, locale: null } as const;
  return (
    <HostContext.Provider value={pageHost({ ...boot, signIn: [] })}>
      <WordsContext.Provider value={{ t: locale === 'fr' ? fr : en, format: formatFor(locale) }}>
        <ClockContext.Provider value={clock}>
          <ApiContext.Provider value={api}>{children}</ApiContext.Provider>
        </ClockContext.Provider>
      </WordsContext.Provider>
    </HostContext.Provider>
  );
}
