import type { ComponentChildren } from 'preact';
import { useWords } from '../../i18n';
import type { Failure as Fault } from '../failure';
import { Icon, type IconName } from './Icon';

export { Icon, type IconName } from './Icon';
export { Dialog } from './Dialog';
export { Tabs, type Tab } from './Tabs';

export type Tone = 'plain' | 'primary' | 'good' | 'warn' | 'bad';

interface CardProps {
  title?: ComponentChildren;
  icon?: IconName;
  aside?: ComponentChildren;
  tone?: Tone;
  children: ComponentChildren;
}

export function Card({ title, icon, aside, tone = 'plain', children }: CardProps) {
  return (
    <section class="card" data-tone={tone}>
      {title !== undefined && (
        <header>
          {icon && <Icon name={icon} />}
          <h2>{title}</h2>
          {aside !== undefined && <div class="aside">{aside}</div>}
        </header>
      )}
      <div class="body">{children}</div>
    </section>
  );
}

/** A card that folds. */
interface FoldProps extends CardProps {
  count?: number;
  open?: boolean;
  onToggle?: (open: boolean) => void;
}

export function Fold({ title, icon, count, open = false, onToggle, children }: FoldProps) {
  return (
    <details class="card fold" open={open} onToggle={(event) => onToggle?.(event.currentTarget.open)}>
      <summary>
        {icon && <Icon name={icon} />}
        <h2>{title}</h2>
        {count !== undefined && <span class="muted">{count}</span>}
        <Icon name="right" small />
      </summary>
      <div class="body">{children}</div>
    </details>
  );
}

export function Pill({ tone = 'plain', children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <span class="pill" data-tone={tone}>
      {children}
    </span>
  );
}

export type AvatarKind = 'buyer' | 'seller' | 'operator';

export function Avatar({ name, kind, small = false }: { name: string; kind: AvatarKind; small?: boolean }) {
  return (
    <span class={small ? 'avatar small' : 'avatar'} data-kind={kind} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

export function initialsOf(name: string): string {
  const words = name.split(/[\s.\-']+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0] : ''));
  return letters.join('').toUpperCase() || '?';
}

interface FieldProps {
  label: ComponentChildren;
  hint?: ComponentChildren;
  error?: ComponentChildren;
  children: ComponentChildren;
}

/** A control with its label: the control is the child, so that a click on the words reaches it. */
export function Field({ label, hint, error, children }: FieldProps) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      {children}
      {hint && <span class="hint">{hint}</span>}
      {error && (
        <span class="error" role="alert">
          {error}
        </span>
      )}
    </label>
  );
}

export function Empty({ icon = 'info', title, children }: { icon?: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="strong">{title}</p>
      {children}
    </div>
  );
}

/** What went wrong, in the reader's language, and a way on where there is one. */
export function Failure({ failure, retry }: { failure: Fault; retry?: () => void }) {
  const { t } = useWords();
  const says = useFailureText(failure);
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <p>{says}</p>
      {retry && failure.kind !== 'NOT_ALLOWED' && (
        <button type="button" class="button" onClick={retry}>
          {t.common.retry}
        </button>
      )}
    </div>
  );
}

export function useFailureText(failure: Fault | null): string {
  const { t } = useWords();
  if (!failure) return '';
  const refusals = failure.refusals.map(({ code }) => (t.common.refusals as Record<string, string>)[code] ?? t.common.failures.REFUSED);
  return refusals.length ? [...new Set(refusals)].join(' ') : t.common.failures[failure.kind];
}

export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useWords();
  return (
    <div class="card skeleton" role="status">
      <span class="unseen">{t.common.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="bone" />
      ))}
    </div>
  );
}

/** For the `ref` of the field that people came for; `autofocus` is for what is there when the page is loaded. */
export const focusOnce = (field: HTMLInputElement | null) => field?.focus();
