import type { RefundMeans } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { isZero, minus, plus, type Amount } from '../../lib/decimal';
import type { GrantPreview } from './grantQuote';

interface SummaryProps {
  /** What the server says of the grant; null while it has not. */
  preview: GrantPreview | null;
  total: Amount;
  currencyCode: string;
  means: RefundMeans;
  buyer: string;
  seller: string;
}

/** What the buyer gets and what the others pay, to the cent as the server splits it. */
export function Summary({ preview, total, currencyCode, means, buyer, seller }: SummaryProps) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const money = (amount: Amount) => format.money({ amount, currencyCode });
  const back = preview ? plus(preview.commissionBack.fee.amount, preview.commissionBack.vat.amount) : '0';
  const bearers: [string, Amount, Amount][] = preview
    ? [
        [seller, preview.borneBy.seller.amount, back],
        [t.returns.bearers.OPERATOR, preview.borneBy.operator.amount, '0'],
        [t.returns.bearers.CARRIER, preview.borneBy.carrier.amount, '0'],
      ]
    : [];
  const paying = bearers.filter(([, amount]) => !isZero(amount));
  return (
    <>
      <dl class="refund-summary">
        <div>
          <dt>
            {words.gets(buyer)} <span class="muted">{t.refunds.means[means]}</span>
          </dt>
          <dd class="strong">{money(total)}</dd>
        </div>
        {paying.map(([name, amount, returned]) => (
          <div key={name}>
            <dt>
              {words.pays(name)} {!isZero(returned) && <span class="muted">{words.afterCommission(money(returned))}</span>}
            </dt>
            <dd class="strong">{money(minus(amount, returned))}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
