import { useState } from 'preact/hooks';
import { DisputeEvidenceLinksDocument, type DisputeDetailsFragment, type DisputeEvidenceLinksQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { toFailure, type Failure as Fault } from '../../lib/failure';
import { useApi } from '../../lib/query';
import { fileAtServer } from '../../lib/server';
import { Avatar, Card, Failure, Icon } from '../../lib/ui';
import { missingOf, type CaseWithDisputes } from './stages';

type Piece = DisputeDetailsFragment['evidence'][number];

interface EvidenceProps {
  of: CaseWithDisputes;
  dispute: DisputeDetailsFragment;
  /** Asks a party for more; null when that is not possible. */
  onRequest: (() => void) | null;
}

/** What both sides handed in, side by side, and what they were asked for and have not. */
export function Evidence({ of, dispute, onRequest }: EvidenceProps) {
  const { t } = useWords();
  const words = t.disputes.evidence;
  const operators = dispute.evidence.filter(({ by }) => by === 'OPERATOR');
  return (
    <Card
      title={words.title}
      aside={
        onRequest && (
          <button type="button" class="link-button" onClick={onRequest}>
            {words.request}
          </button>
        )
      }
    >
      <div class="evidence">
        <Side party="BUYER" name={of.buyer?.displayName ?? t.common.parties.BUYER} dispute={dispute} />
        <Side party="SELLER" name={of.seller?.name ?? t.common.parties.SELLER} dispute={dispute} />
      </div>
      {operators.length > 0 && (
        <div class="evidence-side">
          <h3>{t.common.parties.OPERATOR}</h3>
          <Pieces pieces={operators} />
        </div>
      )}
      <Bundle disputeId={dispute.id} />
    </Card>
  );
}

function Side({ party, name, dispute }: { party: 'BUYER' | 'SELLER'; name: string; dispute: DisputeDetailsFragment }) {
  const { t, format } = useWords();
  const pieces = dispute.evidence.filter(({ by }) => by === party);
  return (
    <section class="evidence-side" aria-label={t.common.parties[party]}>
      <h3 class="row">
        <Avatar name={name} kind={party === 'BUYER' ? 'buyer' : 'seller'} small />
        {t.common.parties[party]}
      </h3>
      {pieces.length ? <Pieces pieces={pieces} /> : <p class="muted">{t.disputes.evidence.none}</p>}
      <ul>
        {missingOf(dispute, party).map(({ requestedAt, text, dueAt }) => (
          <li key={requestedAt} class="missing">
            <Icon name="cross" small />
            <span>{t.disputes.evidence.missing(text, format.moment(dueAt))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  const { t, format } = useWords();
  const words = t.disputes.evidence;
  return (
    <ul>
      {pieces.map((piece) => (
        <li key={piece.id} class="piece">
          <Icon name="check" small />
          <div class="grow">
            <p>{piece.text}</p>
            {piece.file && <EvidenceFile file={piece.file} />}
            <p class="muted small-text">
              {format.moment(piece.submittedAt)}
              {piece.audience && piece.audience.length < 3 && ` · ${words.seenBy(format.list(piece.audience.map((party) => t.common.parties[party])))}`}
            </p>
            <details class="hash">
              <summary>
                {words.hash} <code>{piece.sha256.slice(0, 8)}…</code>
              </summary>
              <code>{piece.sha256}</code>
            </details>
          </div>
        </li>
      ))}
    </ul>
  );
}

const isPicture = (type: string) => ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'].includes(type);

function EvidenceFile({ file }: { file: NonNullable<Piece['file']> }) {
  const { t } = useWords();
  const words = t.disputes.evidence;
  if (!file.url) return <p class="muted small-text">{`${file.name}: ${file.state === 'PENDING' ? words.onItsWay : words.notThere}`}</p>;
  const url = `${fileAtServer(file.url)}&disposition=inline`;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" class="breaks">
      {isPicture(file.contentType) ? <img src={url} alt={file.name} loading="lazy" width="84" height="64" /> : file.name}
    </a>
  );
}

/** The links open for some minutes, so they are asked for when somebody wants them. */
function Bundle({ disputeId }: { disputeId: string }) {
  const { t, format } = useWords();
  const words = t.disputes.evidence;
  const api = useApi();
  const [links, setLinks] = useState<DisputeEvidenceLinksQuery | null>(null);
  const [failure, setFailure] = useState<Fault | null>(null);
  const ask = () => api.run(DisputeEvidenceLinksDocument, { disputeId }).then(setLinks, (thrown: unknown) => setFailure(toFailure(thrown)));
  if (failure) return <Failure failure={failure} retry={() => (setFailure(null), void ask())} />;
  if (!links) {
    return (
      <div class="actions">
        <button type="button" class="button compact" onClick={() => void ask()}>
          {words.bundle}
        </button>
      </div>
    );
  }
  const named = [
    [words.bundlePage, links.page],
    [words.bundleData, links.data],
  ] as const;
  return (
    <div class="bundle">
      <ul>
        {named.map(
          ([name, link]) =>
            link && (
              <li key={name}>
                <a href={fileAtServer(link.url)} target="_blank" rel="noreferrer noopener">
                  <Icon name="file" small /> {name}
                </a>
              </li>
            ),
        )}
      </ul>
      {links.page && <p class="muted small-text">{words.bundleUntil(format.moment(links.page.expiresAt))}</p>}
    </div>
  );
}
