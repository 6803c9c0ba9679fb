import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { SidebarCaseDocument, type SidebarCaseQuery } from '../gql/graphql';
import type { Boot } from '../lib/boot';
import { useHost } from '../lib/host';
import { useQuery } from '../lib/query';
import type { SessionKeeper } from '../lib/session';
import { Failure, Skeleton } from '../lib/ui';
import { CasePage } from './CasePage';
import { lazy } from './lazy';
import { Standstill } from './Standstill';

const NoCase = lazy(() => import('./start/NoCase').then((part) => part.NoCase));
const SignIn = lazy(() => import('./start/SignIn').then((part) => part.SignIn));

/** Who is there, and about which case; then the case. */
export function Root({ boot, session }: { boot: Boot; session: SessionKeeper }) {
  const [signedIn, setSignedIn] = useState(session.current() !== null);
  const [hadSession, setHadSession] = useState(signedIn);
  const [chosen, choose] = useState<Chosen | null>(boot.caseId ? { caseId: boot.caseId } : null);
  useEffect(
    () =>
      session.subscribe((current) => {
        setSignedIn(current !== null);
        if (current) setHadSession(true);
      }),
    [session],
  );
  if (!signedIn) return <SignIn boot={boot} expired={hadSession} onSession={session.start} />;
  if (!chosen) return <WhichCase boot={boot} onChoose={choose} />;
  return <CasePage key={chosen.caseId} {...chosen} onGone={() => choose(null)} />;
}

/** A case, with what is known of it where it was found by its ticket. */
interface Chosen {
  caseId: string;
  known?: SidebarCaseQuery;
}
type OnChoose = (chosen: Chosen) => void;

function WhichCase({ boot, onChoose }: { boot: Boot; onChoose: OnChoose }) {
  const { kind, ticket } = useHost();
  const by = useMemo(
    () => (ticket && kind !== 'PAGE' ? { ticket: { helpdesk: kind, externalId: ticket, connectionId: boot.connection } } : null),
    [boot.connection, kind, ticket],
  );
  return by ? <CaseOfTicket by={by} onChoose={onChoose} /> : <NoCase ticket={null} connection={boot.connection} onLook={() => undefined} onChoose={(caseId) => onChoose({ caseId })} />;
}

interface TicketName {
  ticket: { helpdesk: 'ZENDESK' | 'FRESHDESK'; externalId: string; connectionId: string | null };
}

function CaseOfTicket({ by, onChoose }: { by: TicketName; onChoose: OnChoose }) {
  const { data, failure, refetch } = useQuery(SidebarCaseDocument, { by });
  const found = data?.case;
  useLayoutEffect(() => {
    if (found) onChoose({ caseId: found.id, known: data });
  }, [found, onChoose]);
  if (failure) {
    return (
      <Standstill>
        <Failure failure={failure} retry={refetch} />
      </Standstill>
    );
  }
  if (!data || found) {
    return (
      <Standstill>
        <Skeleton />
      </Standstill>
    );
  }
  return <NoCase ticket={by.ticket.externalId} connection={by.ticket.connectionId} onLook={refetch} onChoose={(caseId) => onChoose({ caseId })} />;
}
