import { useWords } from '../../i18n';
import { isMore, isZero, minus, permille, plus, type Amount } from '../../lib/decimal';

interface MeterProps {
  /** What can be refunded now. */
  refundable: Amount;
  before: Amount | null;
  /** What would be refunded by this; may be more than what can be. */
  now: Amount;
  over: Amount | null;
  currencyCode: string;
}

/** How much was refunded before, would be by this, and is left. */
export function Meter({ refundable, before, now, over, currencyCode }: MeterProps) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const money = (amount: Amount) => format.money({ amount, currencyCode });
  const whole = plus(refundable, before ?? '0');
  const isOver = over !== null || isMore(now, refundable);
  const left = isOver ? '0' : minus(refundable, now);
  const past = permille(before ?? '0', whole);
  const wide = isOver ? 1000 - past : permille(now, whole);
  return (
    <div class="meter" data-over={isOver}>
      <p class="row">
        <span class="grow muted">{words.refundable}</span>
        <b class="sum">{money(refundable)}</b>
      </p>
      <svg viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label={words.meter(money(before ?? '0'), money(now), money(left))}>
        <rect class="ground" width="1000" height="8" />
        <rect class="before" width={past} height="8" />
        <rect class="now" x={past} width={wide} height="8" />
      </svg>
      <p class="row small-text">
        <span class="grow muted">{before !== null && !isZero(before) && words.before(money(before))}</span>
        {isOver ? <b class="over">{words.over(money(over ?? minus(now, refundable)))}</b> : <span class="muted">{words.left(money(left))}</span>}
      </p>
    </div>
  );
}
