import { useState } from 'preact/hooks';
import { BuyerCasesDocument, CaseBuyerDocument, type CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useQuery } from '../../lib/query';
import { Avatar, Card, Failure, Icon, Pill, Skeleton } from '../../lib/ui';

export function BuyerCard({ about }: { about: CaseHeadFragment }) {
  const { t, format } = useWords();
  const { data, failure, refetch } = useQuery(CaseBuyerDocument, { by: { id: about.id } });
  const [open, setOpen] = useState(false);
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data?.case) return <Skeleton lines={2} />;
  const { buyer, channel, openedAt, language } = data.case;
  const name = buyer?.displayName ?? t.case.buyer.unknown;
  const facts = [t.case.buyer.since(format.date(openedAt)), t.case.buyer.channels[channel], language && t.case.buyer.writtenIn(languageName(language, format.locale))];
  return (
    <Card>
      <div class="row">
        <Avatar name={name} kind="buyer" />
        <div class="grow">
          <h2 class="breaks">{name}</h2>
          {buyer?.email && <p class="muted small-text breaks">{buyer.email}</p>}
        </div>
        <span class="muted small-text">{t.case.buyer.title}</span>
      </div>
      <p class="muted small-text spaced">{facts.filter(Boolean).join(' · ')}</p>
      {buyer?.email && (
        <details class="plain" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {t.case.buyer.earlier} <Icon name="right" small />
          </summary>
          {open && <OtherCases email={buyer.email} buyerId={buyer.id} except={about.id} />}
        </details>
      )}
    </Card>
  );
}

/** `fr` as `French`, `français`. */
function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function OtherCases({ email, buyerId, except }: { email: string; buyerId: string; except: string }) {
  const { t, format } = useWords();
  const { data, failure, refetch } = useQuery(BuyerCasesDocument, { text: `"${email}"` });
  if (failure) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <p class="muted">{t.common.loading}</p>;
  const others = data.cases.nodes.filter(({ id, buyer }) => id !== except && buyer?.id === buyerId);
  if (!others.length) return <p class="muted">{t.case.buyer.noEarlier}</p>;
  return (
    <ul class="stack">
      {others.map((other) => (
        <li key={other.id} class="row">
          <div class="grow">
            <p class="breaks">{other.subject}</p>
            <p class="muted small-text">
              {other.reference} · {format.date(other.openedAt)}
            </p>
          </div>
          <Pill tone={other.status === 'RESOLVED' || other.status === 'CLOSED' ? 'good' : 'plain'}>{t.case.statuses[other.status]}</Pill>
        </li>
      ))}
    </ul>
  );
}
