import { useState } from 'preact/hooks';
import {
  AskClarificationDocument,
  AttachOrderDocument,
  CaseReasonsDocument,
  CloseCaseDocument,
  EscalateCaseDocument,
  NameReasonDocument,
  PrioritizeCaseDocument,
  ReopenCaseDocument,
  ResolveCaseDocument,
  SetCaseLanguageDocument,
  WaiveReplyDocument,
  type CaseHeadFragment,
  type EscalationReason,
  type Priority,
  type ResolutionKind,
} from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useAction, useQuery, type Action } from '../../lib/query';
import { Dialog, Field, useFailureText } from '../../lib/ui';
import type { DialogAction } from './dialogs';

export interface FormProps {
  about: CaseHeadFragment;
  onClose(): void;
}

export function CaseDialog({ action, ...props }: FormProps & { action: DialogAction }) {
  const Form = forms[action];
  return <Form {...props} />;
}

interface FrameProps {
  title: string;
  submit: string;
  /** The button says what it does; what cannot be undone looks like it. */
  grave?: boolean;
  action: Pick<Action<object, never>, 'busy' | 'failure'>;
  onSubmit(): Promise<unknown>;
  onClose(): void;
  children?: preact.ComponentChildren;
}

/** The frame of these dialogs: fields, what went wrong, and the two buttons. Closes itself when it is done. */
function FormDialog({ title, submit, grave = false, action, onSubmit, onClose, children }: FrameProps) {
  const { t } = useWords();
  const says = useFailureText(action.failure);
  const send = async (event: Event) => {
    event.preventDefault();
    if (await onSubmit()) onClose();
  };
  const actions = (
    <>
      <button type="button" class="button" onClick={onClose}>
        {t.common.cancel}
      </button>
      <button form="case-form" class="button" data-tone={grave ? 'bad' : 'primary'} disabled={action.busy}>
        {submit}
      </button>
    </>
  );
  return (
    <Dialog title={title.replace(/…$/, '')} onClose={onClose} actions={actions}>
      <form id="case-form" class="stack" onSubmit={send}>
        {children}
        {says && (
          <p class="note" data-tone="bad" role="alert">
            {says}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Choice<Key extends string>({ label, value, choices, onChange }: { label: string; value: Key; choices: readonly (readonly [Key, string])[]; onChange(key: NoInfer<Key>): void }) {
  return (
    <Field label={label}>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as Key)}>
        {choices.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface TextProps {
  label: string;
  hint?: string;
  value: string;
  required?: boolean;
  maxLength?: number;
  onInput(text: string): void;
}

function TextArea({ label, hint, value, required = false, maxLength = 2000, onInput }: TextProps) {
  const { t } = useWords();
  return (
    <Field label={required ? label : `${label} (${t.common.optional})`} hint={hint}>
      <textarea rows={4} required={required} maxLength={maxLength} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    </Field>
  );
}

const entries = <Key extends string>(keys: readonly NoInfer<Key>[], words: Record<Key, string>) => keys.map((key) => [key, words[key]] as const);

function Resolve({ about, onClose }: FormProps) {
  const { t } = useWords();
  const { data } = useQuery(CaseReasonsDocument, { by: { id: about.id } });
  const action = useAction(ResolveCaseDocument);
  const [outcome, setOutcome] = useState<keyof typeof t.case.outcomeChoices>('SOLVED');
  const [resolution, setResolution] = useState<ResolutionKind | ''>('');
  const [text, setText] = useState('');
  const allowed = data?.case?.reason?.allowedResolutions ?? [];
  const kinds = allowed.length ? allowed : (Object.keys(t.case.resolutions) as ResolutionKind[]);
  const needsWords = outcome === 'OPERATOR_CANNOT_INTERVENE';
  const submit = () => action.act({ input: { caseId: about.id, outcome, resolution: resolution || null, text: text.trim() || null } });
  return (
    <FormDialog title={t.case.actions.RESOLVE} submit={t.case.forms.resolve} action={action} onSubmit={submit} onClose={onClose}>
      <Choice
        label={t.case.forms.outcome}
        value={outcome}
        choices={entries(['SOLVED', 'NO_REQUEST', 'OPERATOR_CANNOT_INTERVENE'], t.case.outcomeChoices)}
        onChange={setOutcome}
      />
      {outcome === 'SOLVED' && (
        <Choice
          label={t.case.forms.resolution}
          value={resolution}
          choices={[['', t.case.forms.nobodySays] as const, ...entries(kinds, t.case.resolutions)]}
          onChange={setResolution}
        />
      )}
      <TextArea
        label={t.case.forms.lastWords}
        {...(needsWords ? { hint: t.case.forms.lastWordsRequired } : {})}
        required={needsWords}
        maxLength={10_000}
        value={text}
        onInput={setText}
      />
    </FormDialog>
  );
}

function Reopen({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(ReopenCaseDocument);
  const submit = () => action.act({ input: { caseId: about.id } });
  return (
    <FormDialog title={t.case.actions.REOPEN} submit={t.case.forms.reopen} action={action} onSubmit={submit} onClose={onClose}>
      <p>{t.case.forms.reopenWhy}</p>
    </FormDialog>
  );
}

function Close({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(CloseCaseDocument);
  const submit = () => action.act({ input: { caseId: about.id } });
  return (
    <FormDialog title={t.case.actions.CLOSE} submit={t.case.forms.close} grave action={action} onSubmit={submit} onClose={onClose}>
      <p>{t.case.forms.closeWhy}</p>
    </FormDialog>
  );
}

/** Reasons that people give; the others Trilogue gives by itself. */
const givenByPeople: readonly EscalationReason[] = ['DISAGREEMENT', 'SELLER_ASKS_HELP', 'ABUSE', 'FRAUD', 'COUNTERFEIT', 'SAFETY', 'OTHER'];

function Escalate({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(EscalateCaseDocument);
  const [reason, setReason] = useState<EscalationReason>('DISAGREEMENT');
  const [note, setNote] = useState('');
  const submit = () => action.act({ input: { caseId: about.id, reason, note: note.trim() || null } });
  return (
    <FormDialog title={t.case.actions.ESCALATE} submit={t.case.forms.escalate} action={action} onSubmit={submit} onClose={onClose}>
      <Choice label={t.case.forms.reason} value={reason} choices={entries(givenByPeople, t.case.escalations)} onChange={setReason} />
      <TextArea label={t.case.forms.note} hint={t.case.forms.noteWhy} required={reason === 'OTHER'} value={note} onInput={setNote} />
    </FormDialog>
  );
}

function Prioritize({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(PrioritizeCaseDocument);
  const [priority, setPriority] = useState<Priority>(about.priority);
  const submit = () => action.act({ input: { caseId: about.id, priority } });
  return (
    <FormDialog title={t.case.actions.PRIORITIZE} submit={t.case.forms.save} action={action} onSubmit={submit} onClose={onClose}>
      <Choice label={t.case.forms.priority} value={priority} choices={entries(['URGENT', 'HIGH', 'NORMAL', 'LOW'], t.case.priorities)} onChange={setPriority} />
    </FormDialog>
  );
}

function AskClarification({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(AskClarificationDocument);
  const [text, setText] = useState('');
  const submit = () => action.act({ input: { caseId: about.id, text } });
  return (
    <FormDialog title={t.case.actions.ASK_CLARIFICATION} submit={t.case.forms.ask} action={action} onSubmit={submit} onClose={onClose}>
      <TextArea label={t.case.forms.question} hint={t.case.forms.questionWhy} required maxLength={10_000} value={text} onInput={setText} />
    </FormDialog>
  );
}

function Waive({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(WaiveReplyDocument);
  const [reason, setReason] = useState('');
  const submit = () => action.act({ input: { caseId: about.id, reason } });
  return (
    <FormDialog title={t.case.actions.MARK_NO_REPLY_NEEDED} submit={t.case.forms.waive} action={action} onSubmit={submit} onClose={onClose}>
      <TextArea label={t.case.forms.reason} hint={t.case.forms.waiverWhy} required value={reason} onInput={setReason} />
    </FormDialog>
  );
}

function AttachOrder({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(AttachOrderDocument);
  const [orderReference, setReference] = useState('');
  const submit = () => action.act({ input: { caseId: about.id, orderReference: orderReference.trim() } });
  return (
    <FormDialog title={t.case.actions.ATTACH_ORDER} submit={t.case.forms.link} action={action} onSubmit={submit} onClose={onClose}>
      <Field label={t.case.forms.orderReference}>
        <input required value={orderReference} onInput={(event) => setReference(event.currentTarget.value)} />
      </Field>
    </FormDialog>
  );
}

function NameReason({ about, onClose }: FormProps) {
  const { t, format } = useWords();
  const { data } = useQuery(CaseReasonsDocument, { by: { id: about.id }, locale: format.locale });
  const action = useAction(NameReasonDocument);
  const [chosen, setChosen] = useState<string | null>(null);
  const reasons = data?.marketplace.charter?.reasons ?? [];
  const reason = chosen ?? about.reason?.key ?? reasons[0]?.key ?? '';
  const submit = () => action.act({ input: { caseId: about.id, reason } });
  return (
    <FormDialog title={t.case.actions.NAME_REASON} submit={t.case.forms.save} action={action} onSubmit={submit} onClose={onClose}>
      <Choice label={t.case.forms.contactReason} value={reason} choices={reasons.map(({ key, label }) => [key, label] as const)} onChange={setChosen} />
    </FormDialog>
  );
}

function SetLanguage({ about, onClose }: FormProps) {
  const { t } = useWords();
  const action = useAction(SetCaseLanguageDocument);
  const [language, setLanguage] = useState(about.language ?? '');
  const submit = () => action.act({ input: { caseId: about.id, language: language.trim() } });
  return (
    <FormDialog title={t.case.actions.SET_LANGUAGE} submit={t.case.forms.save} action={action} onSubmit={submit} onClose={onClose}>
      <Field label={t.case.forms.language} hint={t.case.forms.languageHint}>
        <input required maxLength={35} value={language} onInput={(event) => setLanguage(event.currentTarget.value)} />
      </Field>
    </FormDialog>
  );
}

const forms: Record<DialogAction, (props: FormProps) => preact.JSX.Element> = {
  RESOLVE: Resolve,
  REOPEN: Reopen,
  CLOSE: Close,
  ESCALATE: Escalate,
  PRIORITIZE: Prioritize,
  ASK_CLARIFICATION: AskClarification,
  MARK_NO_REPLY_NEEDED: Waive,
  ATTACH_ORDER: AttachOrder,
  NAME_REASON: NameReason,
  SET_LANGUAGE: SetLanguage,
};
