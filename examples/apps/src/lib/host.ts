import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { HostKind } from './boot';

export type Scheme = 'light' | 'dark';

/** The helpdesk around the page, behind one interface. What a host cannot do, it does not do. */
export interface Host {
  kind: HostKind;
  ticket: string | null;
  /** The agent's language, a BCP 47 tag; null when the host does not tell. */
  locale: string | null;
  scheme: Scheme | null;
  /** To fill the form of the sign-in; proves nothing. Null when the host does not tell. */
  agentEmail: string | null;
  onScheme(listener: (scheme: Scheme) => void): () => void;
  resize(height: number): void;
  notify(text: string, kind?: 'notice' | 'error'): void;
  /** Puts words into the reply that the agent is writing in the helpdesk; false when the host has none. */
  insertReply(text: string): boolean;
  openTicket(externalId: string): boolean;
}

export const HostContext = createContext<Host | null>(null);
export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error('No host here.');
  return host;
}
