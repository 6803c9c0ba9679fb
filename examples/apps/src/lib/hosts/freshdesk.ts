import type { Boot } from '../boot';
import type { Host } from '../host';

/**
 * Freshdesk: a thin shell inside the product embeds this page and talks to it by `postMessage`, with objects, both sides
 * checking window and exact origin. The shell puts its own origin into the page's address: `?shell=https://…`.
 *
 * The page says `trilogue.ready` until it is answered by `trilogue.context`; after that each side says what it has to say.
 */
export type FromPage =
  | { type: 'trilogue.ready' }
  | { type: 'trilogue.resize'; height: number }
  | { type: 'trilogue.notify'; text: string; kind: 'notice' | 'error' }
  /** Put these words into the reply that the agent is writing. */
  | { type: 'trilogue.insertReply'; text: string }
  | { type: 'trilogue.openTicket'; ticket: string };

export type FromShell =
  | { type: 'trilogue.context'; context: ShellContext }
  | { type: 'trilogue.scheme'; scheme: 'light' | 'dark' };

export interface ShellContext {
  /** The ticket's number in Freshdesk. */
  ticket: string;
  /** The agent's language, a BCP 47 tag; null when the product does not tell. */
  locale: string | null;
  scheme: 'light' | 'dark' | null;
  /** To fill the form of the sign-in; proves nothing. */
  agentEmail: string | null;
}

const patience = 5_000;
const knock = 250;

/** Freshdesk, by the shell around this page. Without a shell that answers, the page does what it can alone. */
export async function freshdeskHost(boot: Boot, frame: Window = window): Promise<Host> {
  const origin = shellOrigin(frame.location.search);
  const parent = origin && frame.parent !== frame ? frame.parent : null;
  const say = (message: FromPage) => origin && parent?.postMessage(message, origin);
  const hear = (listener: (message: FromShell) => void) => {
    const heard = (event: MessageEvent) => {
      if (event.origin === origin && event.source === parent && isFromShell(event.data)) listener(event.data);
    };
    frame.addEventListener('message', heard);
    return () => frame.removeEventListener('message', heard);
  };
  const context = parent ? await askForContext(say, hear) : null;
  return {
    kind: 'FRESHDESK',
    ticket: context?.ticket ?? boot.ticket,
    locale: context?.locale ?? null,
    scheme: context?.scheme ?? null,
    agentEmail: context?.agentEmail ?? null,
    onScheme: (listener) => hear((message) => message.type === 'trilogue.scheme' && listener(message.scheme)),
    resize: (height) => void say({ type: 'trilogue.resize', height }),
    notify: (text, kind = 'notice') => void say({ type: 'trilogue.notify', text, kind }),
    insertReply(text) {
      say({ type: 'trilogue.insertReply', text });
      return parent !== null;
    },
    openTicket(ticket) {
      say({ type: 'trilogue.openTicket', ticket });
      return parent !== null;
    },
  };
}

/** An https origin, or http on this very machine; everything else is no shell. */
function shellOrigin(search: string): string | null {
  const said = new URLSearchParams(search).get('shell');
  if (!said || !URL.canParse(said)) return null;
  const { origin, protocol, hostname } = new URL(said);
  const safe = protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname));
  return safe ? origin : null;
}

function isFromShell(data: unknown): data is FromShell {
  const type = (data as { type?: unknown } | null)?.type;
  return type === 'trilogue.context' || type === 'trilogue.scheme';
}

/** Says that the page is ready until the shell answers: either may be there first. */
function askForContext(say: (message: FromPage) => void, hear: (listener: (message: FromShell) => void) => () => void): Promise<ShellContext | null> {
  return new Promise((resolve) => {
    const done = (context: ShellContext | null) => {
      clearInterval(knocking);
      clearTimeout(givingUp);
      deafen();
      resolve(context);
    };
    const deafen = hear((message) => message.type === 'trilogue.context' && done(message.context));
    const knocking = setInterval(() => say({ type: 'trilogue.ready' }), knock);
    const givingUp = setTimeout(() => done(null), patience);
    say({ type: 'trilogue.ready' });
  });
}
