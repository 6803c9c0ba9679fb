import type { CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useHost } from '../../lib/host';
import { Icon, Pill } from '../../lib/ui';
import { CaseMenu } from '../case/CaseMenu';
import type { CaseFeed } from '../feed';
import { useLiveState } from './Offline';
import { stageOf, stages } from './progress';
import { SlaPill } from './SlaPill';

/** What it is about, where it stands, how long there is: always in sight. */
export function Header({ about, feed }: { about: CaseHeadFragment; feed: CaseFeed }) {
  const { t } = useWords();
  return (
    <div class="head">
      <div class="row">
        <LiveDot feed={feed} />
        <h1 title={about.subject}>{about.subject}</h1>
        {(about.priority === 'HIGH' || about.priority === 'URGENT') && <Pill tone="bad">{t.case.priorities[about.priority]}</Pill>}
        <TicketLink about={about} />
        <CaseMenu about={about} />
      </div>
      <StageBar about={about} />
      <div class="turn">
        <p class="grow">
          <span class="strong">{turnOf(about, t)}</span> <span class="muted reference">· {about.reference}</span>
        </p>
        <SlaPill deadlines={about.deadlines} />
      </div>
    </div>
  );
}

function turnOf({ status, seller, buyer, outcome }: CaseHeadFragment, t: ReturnType<typeof useWords>['t']): string {
  if (status === 'WAITING_SELLER' && seller) return t.header.with(seller.name);
  if ((status === 'WAITING_BUYER' || status === 'AWAITING_CLARIFICATION') && buyer) return t.header.with(buyer.displayName);
  if ((status === 'RESOLVED' || status === 'CLOSED') && outcome) return `${t.case.statuses[status]} · ${t.case.outcomes[outcome]}`;
  return t.case.statuses[status];
}

function LiveDot({ feed }: { feed: CaseFeed }) {
  const { t } = useWords();
  const state = useLiveState(feed);
  return (
    <span class="live" data-state={state} title={t.header.live[state]} role="img" aria-label={t.header.live[state]}></span>
  );
}

function StageBar({ about }: { about: CaseHeadFragment }) {
  const { t } = useWords();
  const here = stages.indexOf(stageOf(about));
  return (
    <ol class="stages" aria-label={t.header.stageBar}>
      {stages.map((stage, index) => (
        <li key={stage} data-state={index < here ? 'done' : index === here ? 'here' : 'to-come'} aria-current={index === here ? 'step' : undefined} title={t.header.stages[stage]}>
          <span class="unseen">{t.header.stages[stage]}</span>
        </li>
      ))}
    </ol>
  );
}

/** To another ticket that tells the case, where there is one besides that in which the page is. */
function TicketLink({ about }: { about: CaseHeadFragment }) {
  const { t } = useWords();
  const host = useHost();
  const other = about.tickets.find(({ externalId }) => externalId !== host.ticket);
  if (!other?.url) return null;
  const label = t.header.openTicket(other.externalId);
  return (
    <a
      class="icon-button"
      href={other.url}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={label}
      title={label}
      onClick={(event) => host.openTicket(other.externalId) && event.preventDefault()}
    >
      <Icon name="out" />
    </a>
  );
}
