import { useState } from 'preact/hooks';
import { CaseOrderDocument, type CaseOrderQuery } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useNow } from '../../lib/clock';
import { minus, sumOf } from '../../lib/decimal';
import { useQuery } from '../../lib/query';
import { Avatar, Card, Empty, Failure, Icon, Pill, Skeleton } from '../../lib/ui';
import type { CaseTabProps } from './CaseTab';
import { CaseDialog } from './dialogs';

type Order = NonNullable<NonNullable<CaseOrderQuery['case']>['order']>;
type Line = Order['lines'][number];

export function OrderCard({ about, onTab }: CaseTabProps) {
  const { t } = useWords();
  const { data, failure, refetch } = useQuery(CaseOrderDocument, { by: { id: about.id } });
  const [linking, setLinking] = useState(false);
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={5} />;
  const order = data.case?.order;
  if (order) return <KnownOrder order={order} lineInQuestion={data.case?.orderLineId ?? null} onSeller={() => onTab('seller')} />;
  return (
    <Card title={t.case.order.title} icon="box">
      <Empty icon="box" title={t.case.order.none}>
        <p>{t.case.order.noneWhy}</p>
        {about.availableActions.includes('ATTACH_ORDER') && (
          <button type="button" class="button" onClick={() => setLinking(true)}>
            <Icon name="link" /> {t.case.order.attach}
          </button>
        )}
      </Empty>
      {linking && <CaseDialog about={about} action="ATTACH_ORDER" onClose={() => setLinking(false)} />}
    </Card>
  );
}

function KnownOrder({ order, lineInQuestion, onSeller }: { order: Order; lineInQuestion: string | null; onSeller(): void }) {
  const { t, format } = useWords();
  const { refunded, refundable } = balanceOf(order);
  const money = (amount: string) => format.money({ amount, currencyCode: order.total.currencyCode });
  return (
    <Card
      title={
        <>
          {t.case.order.title} <Copy text={order.reference} />
        </>
      }
      aside={<DeliveryPill order={order} />}
    >
      {order.seller && (
        <div class="row">
          <Avatar name={order.seller.name} kind="seller" />
          <div class="grow">
            <button type="button" class="link-button breaks" onClick={onSeller}>
              {order.seller.name}
            </button>
            <p class="muted small-text">{t.case.order.placed(format.date(order.placedAt))}</p>
          </div>
        </div>
      )}
      <ul class="lines">
        {order.lines.map((line) => (
          <OrderLine key={line.externalId} line={line} inQuestion={line.externalId === lineInQuestion} />
        ))}
      </ul>
      {order.shipments.map((parcel) => (
        <Parcel key={parcel.externalId} parcel={parcel} />
      ))}
      <dl class="facts">
        <dt>{t.case.order.total}</dt>
        <dd>{money(order.total.amount)}</dd>
        {Number(refunded) > 0 && (
          <>
            <dt>{t.case.order.refunded}</dt>
            <dd>−{money(refunded)}</dd>
          </>
        )}
        <dt class="strong">{t.case.order.refundable}</dt>
        <dd class="strong">{money(refundable)}</dd>
      </dl>
    </Card>
  );
}

/** Refunds that are granted and were not taken back count, as the server counts them; it has the last word. */
const counted: readonly string[] = ['GRANTED', 'SUBMITTED', 'PENDING', 'SUCCEEDED', 'FAILED'];

export function balanceOf({ lines, refunds, total }: Pick<Order, 'total' | 'refunds' | 'lines'>): { refunded: string; refundable: string } {
  const granted = refunds.filter(({ status }) => counted.includes(status)).flatMap(({ grant }) => grant?.amount?.amount ?? []);
  const refunded = sumOf(granted);
  const paid = lines.every(({ sale }) => sale) ? sumOf(lines.map(({ sale }) => sale?.paid.total.amount ?? '0')) : total.amount;
  const left = minus(paid, refunded);
  return { refunded, refundable: left.startsWith('-') ? '0' : left };
}

function OrderLine({ line, inQuestion }: { line: Line; inQuestion: boolean }) {
  const { t, format } = useWords();
  const paid = line.sale?.paid.total;
  return (
    <li class={inQuestion ? 'line in-question' : 'line'}>
      <div class="grow">
        <p class="breaks">{line.title || t.case.order.unnamedLine(line.externalId)}</p>
        <p class="muted small-text">
          {t.case.order.times(format.number(line.quantity), format.money(line.unitPrice))}
          {inQuestion && <span class="flag"> · {t.case.order.about}</span>}
        </p>
      </div>
      {paid && <span class="strong">{format.money(paid)}</span>}
    </li>
  );
}

function DeliveryPill({ order }: { order: Order }) {
  const { t, format } = useWords();
  const now = useNow(60_000);
  const parcel = order.shipments.at(-1);
  if (!parcel) return null;
  if (order.shipments.every(({ deliveredAt }) => deliveredAt) && parcel.deliveredAt) {
    return <Pill tone="good">{t.case.order.delivered(format.date(parcel.deliveredAt))}</Pill>;
  }
  const waited = order.shipments.find(({ deliveredAt }) => !deliveredAt) ?? parcel;
  if (waited.promisedAt && Date.parse(waited.promisedAt) < now) return <Pill tone="bad">{t.case.order.late(format.date(waited.promisedAt))}</Pill>;
  if (waited.shippedAt) return <Pill tone="primary">{t.case.order.shipped(format.date(waited.shippedAt))}</Pill>;
  return <Pill>{t.case.order.notShipped}</Pill>;
}

function Parcel({ parcel }: { parcel: Order['shipments'][number] }) {
  const { t } = useWords();
  if (!parcel.carrier && !parcel.trackingNumber) return null;
  const number = parcel.trackingNumber;
  return (
    <p class="row small-text muted">
      <Icon name="truck" small />
      <span class="breaks">
        {parcel.carrier ?? t.case.order.parcel}{' '}
        {number && (parcel.trackingUrl ? <a href={parcel.trackingUrl} target="_blank" rel="noopener noreferrer">{number}</a> : <Copy text={number} />)}
      </span>
    </p>
  );
}

export function Copy({ text }: { text: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    }, () => undefined);
  return (
    <button type="button" class="copy" onClick={copy} aria-label={t.case.order.copy(text)}>
      {text}
      <span role="status">{copied && ` ${t.case.order.copied}`}</span>
    </button>
  );
}
