import type { Boot } from '../boot';
import type { Host, Scheme } from '../host';

/** What of Zendesk's SDK these pages use: the global that its script leaves. */
interface ZafClient {
  get(paths: string[]): Promise<Record<string, unknown>>;
  invoke(path: string, ...args: unknown[]): Promise<unknown>;
  on(event: string, listener: (data: unknown) => void): void;
  off(event: string, listener: (data: unknown) => void): void;
}
interface ZafSdk {
  init(): ZafClient | false;
}

const paths = ['ticket.id', 'currentUser.locale'];
const patience = 5_000;

/** Zendesk, by its SDK. Whatever the SDK does not do, or not in time, the page does without. */
export async function zendeskHost(boot: Boot, sdk = (globalThis as { ZAFClient?: ZafSdk }).ZAFClient): Promise<Host> {
  const client = sdk?.init() || null;
  const told = client ? await inTime(client.get(paths)) : {};
  const invoke = (path: string, ...args: unknown[]) => void client?.invoke(path, ...args).catch(() => undefined);
  return {
    kind: 'ZENDESK',
    ticket: text(told['ticket.id']) ?? boot.ticket,
    locale: text(told['currentUser.locale']),
    scheme: schemeOf(new URLSearchParams(location.search).get('colorScheme')),
    agentEmail: null,
    onScheme(listener) {
      const heard = (data: unknown) => {
        const scheme = schemeOf(data);
        if (scheme) listener(scheme);
      };
      client?.on('colorScheme.changed', heard);
      return () => client?.off('colorScheme.changed', heard);
    },
    resize: (height) => invoke('resize', { width: '100%', height: `${height}px` }),
    notify: (words, kind = 'notice') => invoke('notify', words, kind),
    insertReply(words) {
      invoke('ticket.comment.appendText', words);
      return client !== null;
    },
    openTicket(externalId) {
      invoke('routeTo', 'ticket', externalId);
      return client !== null;
    },
  };
}

const schemeOf = (said: unknown): Scheme | null => (said === 'dark' || said === 'light' ? said : null);
const text = (said: unknown): string | null => (typeof said === 'string' || typeof said === 'number' ? String(said) : null);

async function inTime(answer: Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const late = new Promise<Record<string, unknown>>((resolve) => setTimeout(() => resolve({}), patience));
  return Promise.race([answer, late]).catch(() => ({}));
}
