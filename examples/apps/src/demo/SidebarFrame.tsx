import { useEffect, useRef } from 'preact/hooks';
import { ZendeskStandIn } from '../../hosts/zendesk';
import type { FromPage, FromShell } from '../lib/hosts/freshdesk';
import type { Scene } from './start';
import { ticketAddress, type DemoTicket, type DemoToken } from './types';

interface SidebarFrameProps {
  scene: Scene;
  ticket: DemoTicket;
  /** Words for the reply that the agent is writing. */
  onInsert(text: string): void;
  onTicket(id: string): void;
}

/** The real sidebar, loaded and talked to as its helpdesk does. */
export function SidebarFrame(props: SidebarFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { scene, ticket } = props;
  useEffect(() => {
    const iframe = frame.current;
    if (!iframe) return undefined;
    return ticket.host === 'ZENDESK' ? whenSigned(ticket, (token) => asZendesk(iframe, latest, token)) : asFreshdesk(iframe, latest);
  }, [ticket]);
  return (
    <aside class="sidebar-frame" aria-label={scene.t.sidebar}>
      <iframe ref={frame} title={scene.t.sidebar} />
    </aside>
  );
}

type Latest = { current: SidebarFrameProps };

/** Asks for a token first: each is good for one loading. */
function whenSigned(ticket: DemoTicket, load: (token: string | null) => () => void): () => void {
  let over = false;
  let close = () => {
    over = true;
  };
  void fetch(`${ticketAddress(ticket)}/token`)
    .then((answer) => answer.json() as Promise<DemoToken>)
    .catch((): DemoToken => ({ token: null }))
    .then(({ token }) => {
      if (!over) close = load(token);
    });
  return () => close();
}

function asZendesk(iframe: HTMLIFrameElement, latest: Latest, token: string | null): () => void {
  const { scene, ticket } = latest.current;
  const host = new ZendeskStandIn({
    iframe,
    appUrl: ticket.appUrl,
    colorScheme: scene.scheme,
    state: { 'ticket.id': ticket.id, currentUser: { locale: scene.locale } },
    // The frame has its place on this page, whatever height it asks for.
    canResize: false,
    onInvoke(name, [first, second]) {
      if (name === 'ticket.comment.appendText') latest.current.onInsert(String(first));
      if (name === 'routeTo' && first === 'ticket') latest.current.onTicket(String(second));
    },
    ...(token === null ? {} : { token }),
  });
  return () => host.close();
}

/** What the app that is packed for Freshdesk does between its product and the page. */
function asFreshdesk(iframe: HTMLIFrameElement, latest: Latest): () => void {
  const { scene, ticket } = latest.current;
  const url = new URL(ticket.appUrl, location.href);
  const say = (message: FromShell) => iframe.contentWindow?.postMessage(message, url.origin);
  const context = { ticket: ticket.id, locale: scene.locale, scheme: scene.scheme, agentEmail: scene.demo.agent.email };
  const hear = ({ source, origin, data }: MessageEvent<FromPage>) => {
    if (source !== iframe.contentWindow || origin !== url.origin) return;
    if (data.type === 'trilogue.ready') say({ type: 'trilogue.context', context });
    if (data.type === 'trilogue.insertReply') latest.current.onInsert(data.text);
    if (data.type === 'trilogue.openTicket') latest.current.onTicket(data.ticket);
  };
  window.addEventListener('message', hear);
  url.searchParams.set('shell', location.origin);
  url.searchParams.set('ticket', ticket.id);
  iframe.src = url.href;
  return () => window.removeEventListener('message', hear);
}
