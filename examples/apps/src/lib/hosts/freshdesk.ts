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
