import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useWords } from '../../i18n';
import { Icon } from './Icon';

interface DialogProps {
  title: string;
  /** Called when it is closed by its cross or by Escape: stop rendering it then. */
  onClose(): void;
  children: ComponentChildren;
  actions?: ComponentChildren;
}

/** A modal dialog that is open as long as it is rendered. The browser keeps the focus inside; it goes back to where it was. */
export function Dialog({ title, onClose, children, actions }: DialogProps) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const opened = dialog.current;
    const opener = document.activeElement;
    opened?.showModal();
    return () => {
      opened?.close();
      // The browser gives the focus back only while the dialog is still in the page.
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={heading} onCancel={(event) => (event.preventDefault(), onClose())}>
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="icon-button" aria-label={t.common.close} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </div>
      <div class="body">{children}</div>
      {actions !== undefined && <div class="dialog-actions">{actions}</div>}
    </dialog>
  );
}
