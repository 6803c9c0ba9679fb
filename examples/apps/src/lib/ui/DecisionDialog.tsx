import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useWords } from '../../i18n';
import { refusalsBeside, useReveal } from '../decision';
import type { Failure as Fault } from '../failure';
import { Dialog } from './Dialog';
import { Failure, Icon } from './index';
import { Refusals } from './Refusals';

interface DecisionDialogProps {
  title: string;
  onClose(): void;
  /** The words of the button that does it. */
  submit: string;
  tone?: 'primary' | 'bad';
  /** What the other button says; to cancel when nothing is said. */
  back?: string;
  busy: boolean;
  failure: Fault | null;
  /** Whether all that is needed is there. */
  ready?: boolean;
  /** Whether the server still offers it; it may have been taken away while the dialog was open. */
  offered?: boolean;
  /** The input fields that show by themselves what the server says of them. */
  fields?: readonly string[];
  onSubmit(): void;
  children?: ComponentChildren;
}

/** One decision with its input, in a dialog. What was typed stays when the server refuses it. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { title, onClose, submit, tone = 'primary', back, busy, failure, ready = true, offered = true, fields = [], onSubmit } = props;
  const { t } = useWords();
  const form = useId();
  const revealing = useReveal<HTMLFormElement>(failure);
  const beside = refusalsBeside(failure, fields);
  const send = (event: Event) => {
    event.preventDefault();
    if (ready && offered && !busy) onSubmit();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <button type="button" class="button" onClick={onClose}>
            {back ?? t.common.cancel}
          </button>
          <button type="submit" form={form} class="button" data-tone={tone} disabled={!ready || !offered || busy}>
            {submit}
          </button>
        </>
      }
    >
      <form ref={revealing} id={form} class="stack decision" onSubmit={send} noValidate>
        {props.children}
        {!offered && (
          <p class="note" data-tone="warn" role="alert">
            <Icon name="alert" small />
            {t.returns.gone}
          </p>
        )}
        {failure && failure.kind !== 'REFUSED' && <Failure failure={failure} />}
        {beside.length > 0 && (
          <p class="note" data-tone="bad" role="alert">
            <Icon name="alert" small />
            <Refusals refusals={beside} />
          </p>
        )}
      </form>
    </Dialog>
  );
}
