import type { ComponentChildren } from 'preact';
import { useWords } from '../../i18n';
import { readAmount, type Amount, type Reading } from '../decimal';
import { Field } from './index';

interface AmountFieldProps {
  label: ComponentChildren;
  /** As it was typed. */
  text: string;
  onText(text: string): void;
  currency: string;
  places: number;
  hint?: ComponentChildren;
  error?: ComponentChildren;
}

/** A sum of money as the reader's language writes it. What is typed stays as typed; `useAmount` says what it means. */
export function AmountField({ label, text, onText, currency, places, hint, error }: AmountFieldProps) {
  const { format } = useWords();
  const fault = useAmountFault(readAmount(text, format.locale, places), places);
  return (
    <Field label={label} hint={hint} error={error ?? fault}>
      <span class="amount-input">
        <input
          type="text"
          inputMode="decimal"
          autocomplete="off"
          value={text}
          aria-invalid={!!(error ?? fault)}
          onInput={(event) => onText(event.currentTarget.value)}
        />
        <span class="currency">{currency}</span>
      </span>
    </Field>
  );
}

/** What a typed amount means; null when it is none. */
export function useAmount(text: string, places: number): Amount | null {
  const { format } = useWords();
  const reading = readAmount(text, format.locale, places);
  return 'amount' in reading ? reading.amount : null;
}

/** What is wrong with it, in words; nothing while nothing was typed. */
export function useAmountFault(reading: Reading, places: number): string | undefined {
  const { t } = useWords();
  if (!('fault' in reading) || reading.fault === 'EMPTY') return undefined;
  return reading.fault === 'TOO_PRECISE' ? t.refunds.dialog.tooPrecise(places) : t.refunds.dialog.notAnAmount;
}
