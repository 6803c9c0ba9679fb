/**
 * What the demo server says, for the pages that show it: helpdesk-like tickets with the real sidebar in them, and the seller's
 * side. `<meta name="trilogue">` of these pages holds a `DemoBoot`.
 */
export interface DemoBoot {
  demo: {
    /** Of both helpdesks; the first of a helpdesk is shown at first. */
    tickets: DemoTicket[];
    /** Who signs in: an agent of the operator, as the helpdesk would tell. */
    agent: { name: string; email: string };
    /** Whose side can be looked at. */
    sellers: DemoSeller[];
  };
}

export type DemoHost = 'ZENDESK' | 'FRESHDESK';

export interface DemoTicket {
  host: DemoHost;
  /** The number in the helpdesk. */
  id: string;
  subject: string;
  /** The sidebar's page as the helpdesk loads it: `/app/zendesk/con_…`, `/app/freshdesk/con_…`. */
  appUrl: string;
}

export interface DemoSeller {
  name: string;
  /** A session of the seller's role, renewed like any other. */
  session: { token: string; expiresAt: string };
}

/** `GET /app/demo/tickets/{zendesk|freshdesk}/{id}/token`, for each loading of the sidebar anew: it is good once. */
export interface DemoToken {
  /** For Zendesk: the JWT that it would sign, to be posted as the form's `token`. Null for Freshdesk. */
  token: string | null;
}

/** `GET /app/demo/tickets/{zendesk|freshdesk}/{id}`: the ticket as the simulated helpdesk has it now. */
export interface DemoConversation {
  subject: string;
  /** In the helpdesk's own words, such as `open`. */
  status: string;
  requester: { name: string };
  /** The oldest first. */
  comments: DemoComment[];
}

export interface DemoComment {
  id: string;
  author: { name: string; kind: 'BUYER' | 'AGENT' | 'SELLER' };
  /** False for internal notes. */
  public: boolean;
  text: string;
  at: string;
}

/** `POST` to the same address: a comment, as the buyer writes it by e-mail or an agent in the helpdesk. Answered by 201. */
export interface DemoCommentInput {
  as: 'BUYER' | 'AGENT';
  text: string;
}

export const ticketAddress = ({ host, id }: Pick<DemoTicket, 'host' | 'id'>): string =>
  `/app/demo/tickets/${host.toLowerCase()}/${encodeURIComponent(id)}`;
