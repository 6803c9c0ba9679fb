import { useRef } from 'preact/hooks';
import { useWords } from '../../i18n';
import { toFailure } from '../../lib/failure';
import { useApi } from '../../lib/query';
import { Icon } from '../../lib/ui';
import type { ChangeDraft } from './Composer';
import type { Draft, Upload } from './drafts';

const most = 10;
const biggest = 20_000_000;

/** Files on their way: each is sent at once, tells how far it is, and can be taken back or tried again. */
export function useUploads(draft: Draft, change: ChangeDraft) {
  const api = useApi();
  const underWay = useRef(new Map<string, AbortController>());

  const update = (key: string, news: Partial<Upload>) =>
    change(({ uploads }) => ({ uploads: uploads.map((upload) => (upload.key === key ? { ...upload, ...news } : upload)) }));

  const start = ({ key, file }: Upload) => {
    const control = new AbortController();
    underWay.current.set(key, control);
    update(key, { fault: null, share: 0 });
    api
      .upload(file, (share) => update(key, { share }), control.signal)
      .then(({ id }) => update(key, { id, share: 1 }))
      .catch((thrown: unknown) => control.signal.aborted || update(key, { fault: toFailure(thrown).kind === 'OFFLINE' ? 'OFFLINE' : 'REFUSED' }))
      .finally(() => underWay.current.delete(key));
  };
  return {
    add(files: FileList | null | undefined) {
      const room = Math.max(0, most - draft.uploads.length);
      const added = [...(files ?? [])].slice(0, room).map(
        (file): Upload => ({ key: crypto.randomUUID(), file, share: 0, id: null, fault: file.size > biggest ? 'TOO_BIG' : null }),
      );
      if (!added.length) return;
      change(({ uploads }) => ({ uploads: [...uploads, ...added] }));
      added.filter(({ fault }) => !fault).forEach(start);
    },
    remove(key: string) {
      underWay.current.get(key)?.abort();
      change(({ uploads }) => ({ uploads: uploads.filter((upload) => upload.key !== key) }));
    },
    retry: start,
  };
}

interface UploadListProps {
  uploads: readonly Upload[];
  onRemove(key: string): void;
  onRetry(upload: Upload): void;
}

export function UploadList({ uploads, onRemove, onRetry }: UploadListProps) {
  const { t, format } = useWords();
  if (!uploads.length) return null;
  return (
    <ul class="uploads">
      {uploads.map((upload) => (
        <li key={upload.key} data-fault={upload.fault ?? undefined}>
          <Icon name="clip" small />
          <span class="grow breaks">
            {upload.file.name} <span class="muted small-text">{format.bytes(upload.file.size)}</span>
            {upload.fault && (
              <span role="alert" class="wrong small-text">
                {' '}
                {t.messages.uploadFaults[upload.fault]}
              </span>
            )}
            {!upload.id && !upload.fault && <progress max={1} value={upload.share} aria-label={t.messages.uploading(upload.file.name)} />}
          </span>
          {upload.fault && upload.fault !== 'TOO_BIG' && (
            <button type="button" class="icon-button" aria-label={`${t.common.retry}: ${upload.file.name}`} onClick={() => onRetry(upload)}>
              <Icon name="refresh" small />
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t.messages.removeFile(upload.file.name)} onClick={() => onRemove(upload.key)}>
            <Icon name="cross" small />
          </button>
        </li>
      ))}
    </ul>
  );
}
