/** What the server says in the page itself. */
export interface Boot {
  host: HostKind;
  /** The server's origin where the page is served by somebody else: it is part of an app's package. */
  server: string | null;
  connection: string | null;
  session: Session | null;
  signIn: SignInWay[];
  ticket: string | null;
  caseId: string | null;
  locale: string | null;
}

export type HostKind = 'ZENDESK' | 'FRESHDESK' | 'PAGE';
export type SignInWay = 'OIDC' | 'PAIRING';
export interface Session {
  token: string;
  expiresAt: string;
}

/** The JSON in `<meta name="trilogue">`; null when the page was not served by Trilogue. */
export function readMeta(page: Document = document): unknown {
  const content = page.querySelector<HTMLMetaElement>('meta[name=trilogue]')?.content;
  return content ? JSON.parse(content) : null;
}

export function readBoot(page: Document = document): Boot {
  const said = (readMeta(page) ?? {}) as Partial<Boot>;
  return {
    host: said.host ?? 'PAGE',
    server: said.server ?? null,
    connection: said.connection ?? null,
    session: said.session ?? null,
    signIn: said.signIn ?? [],
    ticket: said.ticket ?? null,
    caseId: said.caseId ?? null,
    locale: said.locale ?? null,
  };
}
