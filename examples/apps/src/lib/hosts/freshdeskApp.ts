import type { Boot } from '../boot';
import type { Host } from '../host';

/** What of Freshdesk's client the page uses: what its script leaves in the window. */
interface FreshdeskClient {
  data: { get(key: 'ticket' | 'loggedInUser'): Promise<Record<string, unknown>> };
  instance: { resize(size: { height: string }): Promise<unknown> };
  interface: { trigger(name: string, options: Record<string, unknown>): Promise<unknown> };
}
export interface FreshdeskApp {
  initialized(): Promise<FreshdeskClient>;
}

interface Told {
  ticket?: { id?: number };
  loggedInUser?: { contact?: { email?: string; language?: string } };
}

const patience = 5_000;

/** Freshdesk, where the page itself is in the app's package. What its client does not do, or not in time, the page does without. */
export async function freshdeskAppHost(boot: Boot, app = (globalThis as { app?: FreshdeskApp }).app): Promise<Host> {
  const client = app ? await inTime(app.initialized()) : null;
  const [ticket, user] = await Promise.all([told(client, 'ticket'), told(client, 'loggedInUser')]);
  const contact = user.loggedInUser?.contact;
  const trigger = async (name: string, options: Record<string, unknown>) => void (await client?.interface.trigger(name, options));
  const quietly = (done: Promise<unknown> | undefined) => void done?.catch(() => undefined);
  return {
    kind: 'FRESHDESK',
    ticket: ticket.ticket?.id ? String(ticket.ticket.id) : boot.ticket,
    locale: contact?.language ?? null,
    scheme: null,
    agentEmail: contact?.email ?? null,
    onScheme: () => () => undefined,
    resize: (height) => quietly(client?.instance.resize({ height: `${height}px` })),
    notify: (message, kind = 'notice') => quietly(trigger('showNotify', { type: kind === 'error' ? 'danger' : 'success', message })),
    insertReply(text) {
      const insert = () => trigger('setValue', { id: 'editor', text, replace: false, position: 'end' });
      quietly(trigger('click', { id: 'reply' }).then(insert));
      return client !== null;
    },
    openTicket(externalId) {
      quietly(trigger('click', { id: 'ticket', value: Number(externalId) }));
      return client !== null;
    },
  };
}

const told = async (client: FreshdeskClient | null, key: 'ticket' | 'loggedInUser'): Promise<Told> => (client && (await inTime(client.data.get(key)))) ?? {};

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
  return Promise.race([answer, late]).catch(() => null);
}
