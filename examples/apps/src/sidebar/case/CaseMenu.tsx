import { useRef, useState } from 'preact/hooks';
import type { CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { Icon } from '../../lib/ui';
import { CaseDialog, dialogActions, type DialogAction } from './dialogs';

/** What the server lets this viewer do with the case, and nothing else. */
export function CaseMenu({ about }: { about: CaseHeadFragment }) {
  const { t } = useWords();
  const menu = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<DialogAction | null>(null);
  const offered = dialogActions.filter((action) => about.availableActions.includes(action));
  const choose = (action: DialogAction) => {
    menu.current?.hidePopover();
    setChosen(action);
  };
  return (
    <>
      <button type="button" class="icon-button" popovertarget="case-menu" aria-label={t.case.actions.menu} title={t.case.actions.menu}>
        <Icon name="dots" />
      </button>
      <div id="case-menu" ref={menu} popover="auto" class="menu">
        {offered.length === 0 && <p class="muted">{t.case.actions.none}</p>}
        {offered.map((action) => (
          <button key={action} type="button" onClick={() => choose(action)}>
            {t.case.actions[action]}
          </button>
        ))}
      </div>
      {chosen && <CaseDialog about={about} action={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}
