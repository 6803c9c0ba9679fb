import type { ComponentChildren } from 'preact';
import { useWords } from '../../i18n';
import { typedAmount } from '../../lib/decimal';
import type { Refusal } from '../../lib/failure';
import { AmountField } from '../../lib/ui/AmountField';
import { Select } from '../../lib/ui/Choice';
import { Field } from '../../lib/ui';
import { refusalText } from '../../lib/ui/Refusals';
import type { Pick, Wish } from './plan';
import type { LineState } from './reckoning';

interface LinePickerProps {
  lines: readonly LineState[];
  places: number;
  currencyCode: string;
  /** What the server said of lines when the refund was to be made. */
  refused(lineId: string): readonly Refusal[];
  onPick(pick: Pick): void;
}

/** Lines with how many pieces or how much of each. A sum that is typed takes the place of the pieces. */
export function LinePicker({ lines, onPick, ...rest }: LinePickerProps) {
  return (
    <ul class="refund-lines">
      {lines.map((state) => (
        <LineRow key={state.line.externalId} state={state} onPick={onPick} {...rest} />
      ))}
    </ul>
  );
}

function LineRow({ state, places, currencyCode, refused, onPick }: Omit<LinePickerProps, 'lines'> & { state: LineState }) {
  const { t, format } = useWords();
  const words = t.refunds.dialog;
  const { line, pick, all } = state;
  const isExhausted = all?.quote === null && !all.failure;
  const left = all?.quote?.unitsLeft ?? 0;
  const quoted = state.answer?.quote?.amount.amount;
  return (
    <li data-chosen={pick.chosen}>
      <label class="row">
        <input
          type="checkbox"
          checked={pick.chosen && !isExhausted}
          disabled={isExhausted}
          onChange={(event) => onPick({ ...pick, chosen: event.currentTarget.checked })}
        />
        <span class="grow">
          <span class="strong">{line.title}</span>
          <span class="muted small-text left">{isExhausted ? words.nothingLeft : words.unitsLeft(left, line.quantity)}</span>
        </span>
      </label>
      {pick.chosen && !isExhausted && (
        <div class="line-amount">
          {left > 1 && (
            <label class="units">
              <span class="unseen">{words.quantityOf(line.title)}</span>
              <select
                class="input"
                value={pick.units ?? left}
                onChange={(event) => onPick({ ...pick, units: Number(event.currentTarget.value), typed: '' })}
              >
                {Array.from({ length: left }, (_, index) => (
                  <option key={index} value={index + 1}>
                    {t.returns.quantity(index + 1)}
                  </option>
                ))}
              </select>
            </label>
          )}
          <div class="grow">
            <AmountField
              label={<span class="unseen">{words.amountOf(line.title)}</span>}
              text={pick.typed || (quoted ? typedAmount(quoted, format.locale) : '')}
              onText={(typed) => onPick({ ...pick, typed })}
              currency={currencyCode}
              places={places}
              error={useWishError(state, refused(line.externalId), currencyCode)}
            />
          </div>
        </div>
      )}
    </li>
  );
}

interface AmountPickerProps extends Omit<LinePickerProps, 'onPick'> {
  lineId: string;
  typed: string;
  onLine(lineId: string): void;
  onTyped(typed: string): void;
}

/** One sum, of one line: the buyer keeps the goods. */
export function AmountPicker({ lines, lineId, typed, places, currencyCode, refused, onLine, onTyped }: AmountPickerProps) {
  const { t } = useWords();
  const words = t.refunds.dialog;
  const state = lines.find(({ line }) => line.externalId === lineId);
  return (
    <div class="stack">
      {lines.length > 1 && (
        <Field label={words.line}>
          <Select value={lineId} words={Object.fromEntries(lines.map(({ line }) => [line.externalId, line.title]))} onChoose={onLine} />
        </Field>
      )}
      <AmountField
        label={words.amount}
        hint={words.keepsGoods}
        text={typed}
        onText={onTyped}
        currency={currencyCode}
        places={places}
        error={useWishError(state, refused(lineId), currencyCode)}
      />
    </div>
  );
}

/** What is wrong with what is wanted of a line: by how much it is too much, else what the server says. */
function useWishError(state: LineState | undefined, refused: readonly Refusal[], currencyCode: string): ComponentChildren {
  const { t, format } = useWords();
  const wish: Wish | null = state?.wish ?? null;
  if (wish?.over) return t.refunds.dialog.over(format.money({ amount: wish.over, currencyCode }));
  return refusalText([...(state?.answer?.refusals ?? []), ...refused]);
}
