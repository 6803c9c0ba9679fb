import '../../styles/returns.css';
import '../../styles/seller.css';
import { useMemo } from 'preact/hooks';
import { CaseSellerDocument, SellerCardDocument, SellerOpenCasesDocument, type SellerCardQuery, type SellerOpenCasesQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useNow } from '../../lib/clock';
import { useHost } from '../../lib/host';
import { useQuery } from '../../lib/query';
import { Avatar, Card, Empty, Failure, Icon, Pill, Skeleton } from '../../lib/ui';
import { Badges, Measures, Ratings } from './Scorecard';

type Seller = NonNullable<SellerCardQuery['seller']>;
type OpenCase = SellerOpenCasesQuery['cases']['nodes'][number];
const mostCases = 10;

/** Whom the case is with: what the schema knows of a seller, and what else is open with it. */
export function SellerTab({ caseId }: { caseId: string }) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(CaseSellerDocument, { caseId });
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={4} />;
  const sellerId = data.case?.seller?.id;
  if (!sellerId) {
    return (
      <Empty icon="shop" title={t.seller.none}>
        <p>{t.seller.noneText}</p>
      </Empty>
    );
  }
  return (
    <div class="tab-cards">
      <SellerCards sellerId={sellerId} />
      <OpenCases sellerId={sellerId} caseId={caseId} />
    </div>
  );
}

/** From the first of this month until now. */
function monthUntilNow(now = new Date()) {
  return { since: new Date(now.getFullYear(), now.getMonth(), 1).toISOString(), until: now.toISOString() };
}

function SellerCards({ sellerId }: { sellerId: string }) {
  const { t, format } = useWords();
  const period = useMemo(monthUntilNow, [sellerId]);
  const { data, failure, refetch } = useQuery(SellerCardDocument, { sellerId, locale: format.locale, ...period });
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={4} />;
  const { seller, marketplace, standingRules } = data;
  if (!seller) return <Empty icon="shop" title={t.common.failures.NOT_ALLOWED} />;
  return (
    <>
      <Card>
        <div class="thing">
          <Avatar name={seller.name} kind="seller" />
          <div class="grow">
            <h2>{seller.name}</h2>
            <p class="muted small-text breaks">{seller.externalId}</p>
          </div>
        </div>
        <Badges seller={seller} rules={standingRules} />
        <dl class="facts return-facts">
          {factsOf(data, seller, t.seller, format).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Charter accepted={seller.charterAcceptance ?? null} inForce={marketplace.charter?.version ?? null} />
      </Card>
      <Ratings score={seller.score} criteria={marketplace.charter?.ratings.sellerCriteria ?? []} />
      {seller.scorecard && <Measures card={seller.scorecard} />}
      <Absences closures={seller.closures} />
      <Account seller={seller} />
    </>
  );
}

function factsOf({ marketplace }: SellerCardQuery, seller: Seller, words: ReturnType<typeof useWords>['t']['seller'], format: ReturnType<typeof useWords>['format']) {
  const facts: [string, string][] = [[words.replyHours, words.hours(marketplace.sellerReplyHours)]];
  if (seller.email) facts.push([words.email, seller.email]);
  if (seller.locale) facts.push([words.language, new Intl.DisplayNames(format.locale, { type: 'language' }).of(seller.locale) ?? seller.locale]);
  for (const money of seller.balance) {
    facts.push([words.balance, `${money.amount.startsWith('-') ? `${words.owes} ` : ''}${format.money({ ...money, amount: money.amount.replace('-', '') })}`]);
  }
  return facts;
}

function Charter({ accepted, inForce }: { accepted: Seller['charterAcceptance'] | null; inForce: number | null }) {
  const { t, format } = useWords();
  const words = t.seller;
  const isOld = inForce !== null && (accepted?.version ?? 0) < inForce;
  return (
    <p class="note" data-tone={isOld ? 'warn' : undefined}>
      <Icon name={isOld ? 'alert' : 'check'} small />
      <span>
        <b>{words.charter}</b> {accepted ? words.charterOf(accepted.version, format.date(accepted.acceptedAt)) : words.charterNone}
        {isOld && ` · ${words.charterOld(inForce)}`}
      </span>
    </p>
  );
}

/** Absences that are not over. A day has no hours, so it is compared as it is written. */
function Absences({ closures }: { closures: Seller['closures'] }) {
  const { t, format } = useWords();
  const now = new Date(useNow(60_000));
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  const coming = closures.filter(({ last }) => last >= today);
  if (!coming.length) return null;
  const current = coming.find(({ first }) => first <= today);
  const day = (date: string) => format.date(`${date}T12:00:00`);
  return (
    <Card title={t.seller.away} aside={current && <Pill tone="warn">{t.seller.awayNow(day(current.last))}</Pill>}>
      <ul>
        {coming.map(({ first, last, label }) => (
          <li key={first}>
            {t.seller.awayFrom(day(first), day(last))} {label && <span class="muted">{label}</span>}
          </li>
        ))}
      </ul>
      <p class="muted small-text">{t.seller.awayText}</p>
    </Card>
  );
}

function Account({ seller: { statement } }: { seller: Seller }) {
  const { t, format } = useWords();
  const words = t.seller;
  if (!statement) return null;
  const sums = [
    [words.opening, statement.opening],
    [words.credits, statement.credits],
    [words.debits, statement.debits],
    [words.closing, statement.closing],
  ] as const;
  return (
    <Card title={words.month} aside={<Pill tone={statement.carry.state === 'PAYABLE' ? 'plain' : 'warn'}>{words.carries[statement.carry.state]}</Pill>}>
      <dl class="facts return-facts account">
        {sums.map(([name, money]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{format.money(money)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function OpenCases({ sellerId, caseId }: { sellerId: string; caseId: string }) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(SellerOpenCasesDocument, { sellerId, first: mostCases });
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={3} />;
  const { nodes, pageInfo } = data.cases;
  return (
    <Card title={t.seller.open}>
      {nodes.some(({ id }) => id !== caseId) ? (
        <ul class="open-cases">
          {nodes.map((one) => (
            <CaseRow key={one.id} one={one} isThis={one.id === caseId} />
          ))}
        </ul>
      ) : (
        <p class="muted">{t.seller.openNone}</p>
      )}
      {pageInfo.hasNextPage && <p class="muted small-text">{t.seller.more(nodes.length)}</p>}
    </Card>
  );
}

function CaseRow({ one, isThis }: { one: OpenCase; isThis: boolean }) {
  const { t, format } = useWords();
  const host = useHost();
  const now = useNow(60_000);
  const due = one.deadlines.flatMap(({ dueAt }) => (dueAt ? [dueAt] : [])).sort()[0];
  const left = due ? Date.parse(due) - now : null;
  const ticket = one.tickets[0]?.externalId;
  const name = `${one.reference} · ${one.subject}`;
  return (
    <li>
      <span class="grow">
        {ticket && !isThis && host.kind !== 'PAGE' ? (
          <button type="button" class="link-button" onClick={() => host.openTicket(ticket)}>
            {name}
          </button>
        ) : (
          <span class={isThis ? 'strong' : undefined}>{name}</span>
        )}
        <span class="muted small-text status">
          {[isThis && t.seller.thisCase, t.seller.statuses[one.status], t.seller.since(format.date(one.openedAt))].filter(Boolean).join(' · ')}
        </span>
      </span>
      {left !== null && <Pill tone={left < 0 ? 'bad' : left < 14_400_000 ? 'warn' : 'plain'}>{left < 0 ? format.ago(due ?? '', now) : format.span(left)}</Pill>}
    </li>
  );
}
