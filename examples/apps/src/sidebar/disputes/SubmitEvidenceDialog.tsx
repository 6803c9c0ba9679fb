import { useEffect, useRef, useState } from 'preact/hooks';
import { DisputeSubmitEvidenceDocument, type Party } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { refusalsAt, useDecision } from '../../lib/decision';
import { toFailure, type Failure as Fault } from '../../lib/failure';
import { useApi } from '../../lib/query';
import { Failure, Field } from '../../lib/ui';
import { DecisionDialog } from '../../lib/ui/DecisionDialog';
import { refusalText } from '../../lib/ui/Refusals';
import type { DisputeDialogProps } from './DisputeDialog';

interface Upload {
  file: File;
  /** The server's id of it; null until it is there. */
  id: string | null;
  share: number;
}

/** Sends a file when it is chosen, once, whatever becomes of the evidence. */
function useUpload() {
  const api = useApi();
  const [upload, setUpload] = useState<Upload | null>(null);
  const [failure, setFailure] = useState<Fault | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const choose = (file: File | null) => {
    running.current?.abort();
    setFailure(null);
    setUpload(file && { file, id: null, share: 0 });
    if (!file) return;
    const control = new AbortController();
    running.current = control;
    api.upload(file, (share) => !control.signal.aborted && setUpload({ file, id: null, share }), control.signal).then(
      ({ id }) => !control.signal.aborted && setUpload({ file, id, share: 1 }),
      (thrown: unknown) => !control.signal.aborted && setFailure(toFailure(thrown)),
    );
  };
  return { upload, failure, choose };
}

export function SubmitEvidenceDialog({ dispute, offered, refetch, onClose }: DisputeDialogProps) {
  const { t, format } = useWords();
  const { forms } = t.disputes;
  const { act, busy, failure } = useDecision(DisputeSubmitEvidenceDocument, refetch);
  const { upload, failure: unsent, choose } = useUpload();
  const [text, setText] = useState('');
  const [eyes, setEyes] = useState<Record<'BUYER' | 'SELLER', boolean>>({ BUYER: true, SELLER: true });
  const submit = async () => {
    const audience: Party[] = [...(['BUYER', 'SELLER'] as const).filter((party) => eyes[party]), 'OPERATOR'];
    const input = { disputeId: dispute.id, revision: dispute.revision, text, attachmentId: upload?.id ?? null, audience };
    if (await act({ input })) onClose();
  };
  return (
    <DecisionDialog
      title={forms.submitTitle}
      submit={forms.submit}
      ready={!!text.trim() && (!upload || !!upload.id)}
      fields={['text', 'attachmentId', 'audience']}
      onSubmit={() => void submit()}
      {...{ onClose, busy, failure, offered }}
    >
      <Field label={forms.submitText} error={refusalText(refusalsAt(failure, 'text'))}>
        <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </Field>
      <Field
        label={`${forms.file} (${t.common.optional})`}
        hint={upload && !upload.id && !unsent && forms.uploading(format.percent(upload.share))}
        error={refusalText(refusalsAt(failure, 'attachmentId'))}
      >
        <input type="file" onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)} />
      </Field>
      {unsent && upload && <Failure failure={unsent} retry={() => choose(upload.file)} />}
      <fieldset class="options">
        <legend>{forms.audience}</legend>
        {(['BUYER', 'SELLER'] as const).map((party) => (
          <label key={party}>
            <input type="checkbox" checked={eyes[party]} onChange={(event) => setEyes({ ...eyes, [party]: event.currentTarget.checked })} />
            <span class="grow">{t.common.parties[party]}</span>
          </label>
        ))}
        <span class="hint">{forms.audienceHint}</span>
      </fieldset>
      {refusalText(refusalsAt(failure, 'audience'))}
    </DecisionDialog>
  );
}
