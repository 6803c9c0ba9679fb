import type { RefundMeans } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { isZero, minus, type Amount } from '../../lib/decimal';
import { commissionBackOf, operatorShare, type Split } from './plan';
import type { Quote } from './quotes';

interface SummaryProps {
  quotes: readonly Quote[];
  total: Amount;
  currencyCode: string;
  means: RefundMeans;
  split: Split;
  buyer: string;
  seller: string;
}

/**
 * What the buyer gets and what the others pay. To the cent where one bears it all, as the server says what goes back of the
 * commission then; as shares otherwise, for how those are rounded is the server's to say.
 */
export function Summary({ quotes, total, currencyCode, means, split, buyer, seller }: SummaryProps) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const money = (amount: Amount) => format.money({ amount, currencyCode });
  const bearers: [string, number][] = [
    [seller, split.seller],
    [t.returns.bearers.OPERATOR, operatorShare(split)],
    [t.returns.bearers.CARRIER, split.carrier],
  ];
  const paying = bearers.filter(([, share]) => share > 0);
  const [one] = paying;
  const back = commissionBackOf(quotes);
  const isSellers = split.seller === 10_000;
  return (
    <>
      <dl class="refund-summary">
        <div>
          <dt>
            {words.gets(buyer)} <span class="muted">{t.refunds.means[means]}</span>
          </dt>
          <dd class="strong">{money(total)}</dd>
        </div>
        {paying.length === 1 && one ? (
          <div>
            <dt>
              {words.pays(one[0])} {isSellers && !isZero(back) && <span class="muted">{words.afterCommission(money(back))}</span>}
            </dt>
            <dd class="strong">{money(isSellers ? minus(total, back) : total)}</dd>
          </div>
        ) : (
          paying.map(([name, share]) => (
            <div key={name}>
              <dt>{words.bears(name)}</dt>
              <dd class="strong">{format.percent(share / 10_000)}</dd>
            </div>
          ))
        )}
      </dl>
      {paying.length > 1 && <p class="muted small-text">{words.exactLater}</p>}
    </>
  );
}
