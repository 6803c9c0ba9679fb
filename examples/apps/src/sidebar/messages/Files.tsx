import { useWords } from '../../i18n';
import { fileAtServer } from '../../lib/server';
import { Icon } from '../../lib/ui';
import type { Message } from './useThread';

type File = Message['attachments'][number];

const pictures: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
const isPicture = ({ contentType, state, url }: File) => state === 'READY' && url && pictures.includes(contentType);

export function Files({ files }: { files: readonly File[] }) {
  const shown = files.filter(isPicture);
  return (
    <>
      {shown.length > 0 && (
        <ul class="pictures">
          {shown.map((file) => (
            <li key={file.id}>
              <Picture file={file} />
            </li>
          ))}
        </ul>
      )}
      <ul class="files">
        {files
          .filter((file) => !isPicture(file))
          .map((file) => (
            <li key={file.id} class="small-text">
              <FileLine file={file} />
            </li>
          ))}
      </ul>
    </>
  );
}

function Picture({ file }: { file: File }) {
  const url = `${fileAtServer(file.url ?? '')}&disposition=inline`;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      <img src={url} alt={file.name} loading="lazy" width="84" height="64" />
    </a>
  );
}

function FileLine({ file: { name, size, state, url } }: { file: File }) {
  const { t, format } = useWords();
  if (state === 'READY' && url) {
    return (
      <a href={fileAtServer(url)} target="_blank" rel="noopener noreferrer" class="breaks">
        <Icon name="file" small /> {name} {size !== null && size !== undefined && <span class="muted">{format.bytes(size)}</span>}
      </a>
    );
  }
  const words = state === 'READY' ? t.messages.files.gone : t.messages.files[state];
  return (
    <span class="muted breaks">
      <Icon name={state === 'PENDING' ? 'clock' : 'file'} small /> {name} · {words}
    </span>
  );
}
