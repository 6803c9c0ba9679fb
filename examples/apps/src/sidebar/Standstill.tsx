import type { ComponentChildren } from 'preact';
import { useWords } from '../i18n';

/** The page where there is no case to show: what is there instead. */
export function Standstill({ children }: { children: ComponentChildren }) {
  const { t } = useWords();
  return (
    <main class="start">
      <h1 class="unseen">{t.common.app}</h1>
      {children}
    </main>
  );
}
