import { useEffect, useMemo, useState } from 'preact/hooks';
import { FindTicketCaseDocument } from '../gql/graphql';
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
  const [caseId, setCaseId] = useState(boot.caseId);
  useEffect(
    () =>
      session.subscribe((current) => {
        setSignedIn(current !== null);
        if (current) setHadSession(true);
      }),
    [session],
  );
  if (!signedIn) return <SignIn boot={boot} expired={hadSession} onSession={session.start} />;
  if (!caseId) return <WhichCase boot={boot} onChoose={setCaseId} />;
  return <CasePage key={caseId} caseId={caseId} onGone={() => setCaseId(null)} />;
}

function WhichCase({ boot, onChoose }: { boot: Boot; onChoose(caseId: string): void }) {
  const { kind, ticket } = useHost();
  const by = useMemo(
    () => (ticket && kind !== 'PAGE' ? { ticket: { helpdesk: kind, externalId: ticket, connectionId: boot.connection } } : null),
    [boot.connection, kind, ticket],
  );
  return by ? <CaseOfTicket by={by} onChoose={onChoose} /> : <NoCase ticket={null} connection={boot.connection} onLook={() => undefined} onChoose={onChoose} />;
}

interface TicketName {
  ticket: { helpdesk: 'ZENDESK' | 'FRESHDESK'; externalId: string; connectionId: string | null };
}

function CaseOfTicket({ by, onChoose }: { by: TicketName; onChoose(caseId: string): void }) {
  const { data, failure, refetch } = useQuery(FindTicketCaseDocument, { by });
  const found = data?.case?.id;
  useEffect(() => {
    if (found) onChoose(found);
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
  return <NoCase ticket={by.ticket.externalId} connection={by.ticket.connectionId} onLook={refetch} onChoose={onChoose} />;
}
