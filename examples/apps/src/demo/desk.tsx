import { useState } from 'preact/hooks';
import { Conversation } from './Conversation';
import { SidebarFrame } from './SidebarFrame';
import { start, type Scene } from './start';
import type { DemoHost, DemoTicket } from './types';

const pages: Record<DemoHost, string> = { ZENDESK: 'demo-zendesk.html', FRESHDESK: 'demo-freshdesk.html' };
const here: DemoHost = location.pathname.endsWith(pages.FRESHDESK) ? 'FRESHDESK' : 'ZENDESK';

function Desk({ scene }: { scene: Scene }) {
  const { demo, t } = scene;
  const tickets = demo.tickets.filter(({ host }) => host === here);
  const wished = new URLSearchParams(location.search).get('ticket');
  const [chosen, setChosen] = useState(tickets.find(({ id }) => id === wished) ?? tickets[0]);
  const [draft, setDraft] = useState('');
  return (
    <div class="desk" data-desk={here}>
      <Top scene={scene} />
      <TicketList tickets={tickets} chosen={chosen} onChoose={setChosen} label={t.tickets} />
      {chosen ? (
        <>
          <Conversation key={`${here} ${chosen.id}`} scene={scene} ticket={chosen} draft={draft} onDraft={setDraft} />
          <SidebarFrame key={chosen.id} scene={scene} ticket={chosen} onInsert={(text) => setDraft((before) => (before ? `${before}\n${text}` : text))} onTicket={(id) => setChosen(tickets.find((each) => each.id === id) ?? chosen)} />
        </>
      ) : (
        <p class="away">{t.none}</p>
      )}
      <SellerPane scene={scene} />
    </div>
  );
}

function Top({ scene: { t } }: { scene: Scene }) {
  return (
    <header class="desk-top">
      <h1>{t.simulated}</h1>
      <p class="small-text">{t.explanation}</p>
      <nav aria-label={t.desks}>
        {(Object.keys(pages) as DemoHost[]).map((host) => (
          <a key={host} href={`${pages[host]}${location.search.replace(/([?&])ticket=[^&]*/, '$1')}`} aria-current={host === here ? 'page' : undefined}>
            {t.like[host]}
          </a>
        ))}
      </nav>
    </header>
  );
}

interface TicketListProps {
  tickets: DemoTicket[];
  chosen: DemoTicket | undefined;
  label: string;
  onChoose(ticket: DemoTicket): void;
}

function TicketList({ tickets, chosen, label, onChoose }: TicketListProps) {
  return (
    <nav class="ticket-list" aria-label={label}>
      <ul>
        {tickets.map((ticket) => (
          <li key={ticket.id}>
            <button type="button" aria-current={ticket === chosen ? 'true' : undefined} onClick={() => onChoose(ticket)}>
              <span class="muted small-text">#{ticket.id}</span>
              <span class="breaks">{ticket.subject}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SellerPane({ scene: { t } }: { scene: Scene }) {
  const address = `seller.html${location.search}`;
  return (
    <section class="seller-pane" aria-labelledby="seller-title">
      <header>
        <h2 id="seller-title">{t.seller}</h2>
        <p class="small-text muted">
          {t.sellerHint}{' '}
          <a href={address} target="_blank">
            {t.open}
          </a>
        </p>
      </header>
      <iframe src={address} title={t.seller} />
    </section>
  );
}

void start((scene) => <Desk scene={scene} />);
