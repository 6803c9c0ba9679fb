import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

export interface Tab<Key extends string> {
  key: Key;
  label: ComponentChildren;
  /** A number that wants to be looked at; 0 for none. */
  count?: number;
  countLabel?: string;
}

interface TabsProps<Key extends string> {
  label: string;
  tabs: readonly Tab<Key>[];
  chosen: Key;
  /** Panels are named `panel-KEY`. */
  onChoose(key: Key): void;
}

/** Tabs with arrow keys, Home and End; the panels are the caller's. */
export function Tabs<Key extends string>({ label, tabs, chosen, onChoose }: TabsProps<Key>) {
  const list = useRef<HTMLDivElement>(null);
  const go = (event: KeyboardEvent) => {
    const here = tabs.findIndex(({ key }) => key === chosen);
    const target = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = target === undefined ? undefined : tabs.at(target % tabs.length);
    if (!next) return;
    event.preventDefault();
    onChoose(next.key);
    list.current?.querySelector<HTMLElement>(`#tab-${next.key}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={go}>
      {tabs.map((tab) => (
        <button
          key={tab.key}
          type="button"
          role="tab"
          id={`tab-${tab.key}`}
          aria-selected={tab.key === chosen}
          aria-controls={tab.key === chosen ? `panel-${tab.key}` : undefined}
          tabIndex={tab.key === chosen ? 0 : -1}
          onClick={() => onChoose(tab.key)}
        >
          {tab.label}
          {!!tab.count && (
            <span class="count">
              {tab.count > 99 ? '99+' : tab.count}
              {tab.countLabel && <span class="unseen"> {tab.countLabel}</span>}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
