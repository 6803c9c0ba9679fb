import { useState } from 'preact/hooks';
import type { CostBearer } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { Avatar, Field } from '../../lib/ui';
import { basisPointsOf, operatorShare, suggestedBearer, withCarrier, withSeller, type Split } from './plan';

interface CostSplitProps {
  split: Split;
  onSplit(split: Split): void;
  seller: string;
  /** The contact reason; null when there is none. */
  reason: { key: string; label: string; costBearer: CostBearer } | null;
}

/** Who bears the cost in the end, in basis points that sum to the whole. */
export function CostSplit({ split, onSplit, seller, reason }: CostSplitProps) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const [withCarriers, setWithCarriers] = useState(split.carrier > 0);
  const suggested = suggestedBearer(reason);
  const percent = (points: number) => format.percent(points / 10_000);
  return (
    <fieldset class="options split">
      <legend>
        {words.charged}
        {reason && suggested && <span class="muted small-text">{words.suggests(reason.label, t.returns.bearers[suggested])}</span>}
      </legend>
      <input
        type="range"
        min={0}
        max={10_000 - split.carrier}
        step={100}
        value={split.seller}
        aria-label={words.sellerShare}
        aria-valuetext={`${seller} ${percent(split.seller)}`}
        onInput={(event) => onSplit(withSeller(split, event.currentTarget.valueAsNumber))}
      />
      <div class="row bearers">
        <Avatar name={seller} kind="seller" small />
        <b>{percent(split.seller)}</b>
        <span class="grow" />
        <b>{percent(operatorShare(split))}</b>
        <Avatar name={t.returns.bearers.OPERATOR} kind="operator" small />
      </div>
      <div class="row shares">
        <Percent label={words.sellerPercent} points={split.seller} onPoints={(points) => onSplit(withSeller(split, points))} />
        {withCarriers ? (
          <Percent label={words.carrierPercent} points={split.carrier} onPoints={(points) => onSplit(withCarrier(split, points))} />
        ) : (
          <button type="button" class="link-button" onClick={() => setWithCarriers(true)}>
            {words.carrier}
          </button>
        )}
      </div>
    </fieldset>
  );
}

function Percent({ label, points, onPoints }: { label: string; points: number; onPoints(points: number): void }) {
  const { format } = useWords();
  const written = () => new Intl.NumberFormat(format.locale, { maximumFractionDigits: 2, useGrouping: false }).format(points / 100);
  // While it is typed it stays as typed; the slider and the other share write it anew.
  const [typed, setTyped] = useState({ text: written(), points });
  const text = typed.points === points ? typed.text : written();
  const type = (next: string) => {
    const read = basisPointsOf(next, format.locale);
    setTyped({ text: next, points: read ?? points });
    if (read !== null) onPoints(read);
  };
  return (
    <Field label={label}>
      <span class="amount-input">
        <input type="text" inputMode="decimal" value={text} aria-invalid={basisPointsOf(text, format.locale) === null} onInput={(event) => type(event.currentTarget.value)} />
        <span class="currency">%</span>
      </span>
    </Field>
  );
}
