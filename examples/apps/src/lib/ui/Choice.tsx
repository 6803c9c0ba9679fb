import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface Option<Key extends string> {
  key: Key;
  label: ComponentChildren;
  hint?: ComponentChildren;
  aside?: ComponentChildren;
  disabled?: boolean;
}

interface ChoiceProps<Key extends string> {
  legend: ComponentChildren;
  options: readonly Option<Key>[];
  chosen: Key | null;
  onChoose(key: Key): void;
  /** Beside each other, as one control; below each other as cards otherwise. */
  segments?: boolean;
  aside?: ComponentChildren;
}

/** One of several, as radio buttons: arrow keys and names come with them. */
export function Choice<Key extends string>({ legend, options, chosen, onChoose, segments = false, aside }: ChoiceProps<Key>) {
  const name = useId();
  return (
    <fieldset class="options" data-look={segments ? 'segments' : 'cards'}>
      <legend>
        {legend} {aside}
      </legend>
      {options.map(({ key, label, hint, aside, disabled }) => (
        <label key={key} data-disabled={disabled}>
          <input type="radio" name={name} checked={key === chosen} disabled={disabled} onChange={() => onChoose(key)} />
          <span class="grow">
            <span class="strong">{label}</span>
            {hint !== undefined && <span class="hint">{hint}</span>}
          </span>
          {aside !== undefined && <span class="aside">{aside}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** One of a list of values with their words, as a menu. */
export function Select<Key extends string>(props: {
  value: NoInfer<Key> | '';
  words: Record<Key, string>;
  keys?: readonly NoInfer<Key>[];
  /** What stands there while nothing is chosen. */
  nothing?: string;
  onChoose(key: NoInfer<Key>): void;
  invalid?: boolean;
}) {
  const keys = props.keys ?? (Object.keys(props.words) as Key[]);
  return (
    <select value={props.value} aria-invalid={props.invalid} onChange={(event) => props.onChoose(event.currentTarget.value as Key)}>
      {props.nothing !== undefined && <option value="">{props.nothing}</option>}
      {keys.map((key) => (
        <option key={key} value={key}>
          {props.words[key]}
        </option>
      ))}
    </select>
  );
}
