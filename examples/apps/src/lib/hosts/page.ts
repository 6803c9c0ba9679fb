import type { Boot } from '../boot';
import type { Host } from '../host';

/** The page alone, in a tab of its own. */
export function pageHost(boot: Boot): Host {
  return {
    kind: 'PAGE',
    ticket: boot.ticket,
    locale: null,
    scheme: null,
    agentEmail: null,
    onScheme: () => () => undefined,
    resize: () => undefined,
    notify: () => undefined,
    insertReply: () => false,
    openTicket: () => false,
  };
}
