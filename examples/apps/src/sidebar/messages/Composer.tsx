import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { PostMessageDocument, SayTypingDocument, type CaseHeadFragment } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useAction, useApi } from '../../lib/query';
import { Icon, useFailureText } from '../../lib/ui';
import { useDraft, type Draft } from './drafts';
import { Misaddressed } from './Misaddressed';
import type { LaneKey } from './lanes';
import { laneIcons } from './MessagesTab';
import { lazy } from '../lazy';
import { UploadList, useUploads } from './Uploads';
import type { Message } from './useThread';

interface ComposerProps {
  about: CaseHeadFragment;
  lane: LaneKey;
  threadId: string;
  onPosted(message: Message): void;
}

const longest = 10_000;
const TemplatePicker = lazy(() => import('./TemplatePicker').then((part) => part.TemplatePicker), () => null);

/**
 * Where a message is written. That it goes to the right people is said five times over: by colour, stripe, words above the
 * field, words in the field and words on the button; and the draft belongs to the thread.
 */
export function Composer({ about, lane, threadId, onPosted }: ComposerProps) {
  const { t } = useWords();
  const words = t.messages.lanes[lane];
  const seller = about.seller?.name ?? t.common.parties.SELLER;
  const buyer = about.buyer?.displayName ?? t.common.parties.BUYER;
  const [draft, change] = useDraft(threadId);
  const field = useRef<HTMLTextAreaElement>(null);
  const [picking, setPicking] = useState(false);
  const { add, remove, retry } = useUploads(draft, change);
  const { send, busy, failure, movedLane, confirmLane } = useSend({ threadId, lane, onPosted });
  const sayTyping = useTyping(threadId);
  const to = useId();
  const says = useFailureText(failure);

  const write = (text: string) => {
    change(({ writtenFor }) => ({ text, writtenFor: text ? (writtenFor ?? lane) : null }));
    if (text) sayTyping();
  };
  const insert = (text: string) => {
    const at = field.current;
    const [start, end] = at ? [at.selectionStart, at.selectionEnd] : [draft.text.length, draft.text.length];
    write(draft.text.slice(0, start) + text + draft.text.slice(end));
    setPicking(false);
    at?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void send();
  };
  const stuck = draft.uploads.some(({ fault }) => fault);
  const ready = (draft.text.trim() || false) && !busy && !stuck && draft.uploads.every(({ id }) => id);
  return (
    <form class={lane === 'everyone' ? 'composer' : 'composer private'} onSubmit={submit} aria-label={words.to}>
      <p class="to" id={to}>
        <Icon name={lane === 'everyone' ? laneIcons.everyone : 'lock'} small />
        <span>{words.to}</span>
        {lane !== 'everyone' && (
          <span class="not-to">
            <Icon name="hidden" small /> {words.hidden}
          </span>
        )}
      </p>
      {picking && <TemplatePicker about={about} lane={lane} threadId={threadId} onText={insert} onClose={() => (setPicking(false), field.current?.focus())} />}
      <div class="box">
        <textarea
          ref={field}
          rows={3}
          aria-label={words.placeholder(seller, buyer)}
          aria-describedby={to}
          placeholder={words.placeholder(seller, buyer)}
          maxLength={longest}
          value={draft.text}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={keys}
          onPaste={(event) => add(event.clipboardData?.files)}
          onDrop={(event) => event.dataTransfer?.files.length && (event.preventDefault(), add(event.dataTransfer.files))}
        />
        <UploadList uploads={draft.uploads} onRemove={remove} onRetry={retry} />
        <div class="tools">
          <button type="button" class="icon-button" aria-expanded={picking} aria-label={t.messages.templates.open} title={t.messages.templates.open} onClick={() => setPicking(!picking)}>
            <Icon name="template" />
          </button>
          <label class="icon-button" title={t.messages.attach}>
            <Icon name="clip" />
            <input
              type="file"
              multiple
              class="unseen"
              aria-label={t.messages.attach}
              onChange={(event) => {
                add(event.currentTarget.files);
                event.currentTarget.value = '';
              }}
            />
          </label>
          {draft.text.length > longest - 500 && <span class="muted small-text">{longest - draft.text.length}</span>}
        </div>
      </div>
      <Misaddressed text={draft.text} lane={lane} seller={seller} buyer={buyer} />
      {says && (
        <p class="note" data-tone="bad" role="alert">
          <Icon name="alert" small /> {t.messages.notSent} {says}
        </p>
      )}
      {movedLane && (
        <div class="note" data-tone="bad" role="alert">
          <Icon name="alert" small />
          <p>
            {t.messages.laneMoved}{' '}
            <button type="button" class="link-button" onClick={confirmLane}>
              {t.messages.laneMovedConfirm}
            </button>
          </p>
        </div>
      )}
      <button class="send" disabled={!ready} title={t.messages.sendKeys}>
        <Icon name={lane === 'everyone' ? 'people' : 'lock'} small />
        {busy ? t.messages.sending : words.send(seller, buyer)}
      </button>
    </form>
  );
}

/** Sends the draft of a thread. A failure leaves it as it is, and a second try with the same words is the same message. */
function useSend({ threadId, lane, onPosted }: Pick<ComposerProps, 'threadId' | 'lane' | 'onPosted'>) {
  const [draft, change, clear] = useDraft(threadId);
  const { act, busy, failure } = useAction(PostMessageDocument);
  const [movedLane, setMovedLane] = useState(false);
  const latest = useRef(draft);
  latest.current = draft;
  const inFlight = useRef(false);

  const send = async () => {
    const { text, uploads, idempotencyKey, writtenFor } = latest.current;
    if (inFlight.current || !text.trim() || uploads.some(({ id }) => !id)) return;
    if (writtenFor && writtenFor !== lane) return setMovedLane(true);
    inFlight.current = true;
    const attachmentIds = uploads.flatMap(({ id }) => id ?? []);
    const done = await act({ input: { threadId, text, idempotencyKey, attachmentIds: attachmentIds.length ? attachmentIds : null } });
    inFlight.current = false;
    if (!done?.messagePost?.message) return;
    onPosted(done.messagePost.message);
    // What was typed while it was on its way stays.
    if (latest.current.idempotencyKey === idempotencyKey) clear();
  };
  const confirmLane = () => {
    change(() => ({ writtenFor: lane }));
    setMovedLane(false);
  };
  return { send, busy, failure, movedLane, confirmLane };
}

/** Others see for ten seconds that somebody types; it is said again before that. */
const typingEvery = 4_000;

function useTyping(threadId: string): () => void {
  const api = useApi();
  const saidAt = useRef(0);
  const say = (state: 'STARTED' | 'STOPPED') => void api.run(SayTypingDocument, { input: { threadId, state } }).catch(() => undefined);
  useEffect(
    () => () => {
      if (saidAt.current) say('STOPPED');
    },
    [threadId],
  );
  return () => {
    if (Date.now() - saidAt.current < typingEvery) return;
    saidAt.current = Date.now();
    say('STARTED');
  };
}

export type ChangeDraft = (change: (draft: Draft) => Partial<Draft>) => void;
