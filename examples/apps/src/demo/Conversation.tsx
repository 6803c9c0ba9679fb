import { useEffect, useRef, useState } from 'preact/hooks';
import { formatFor } from '../lib/format';
import { Avatar } from '../lib/ui';
import type { Scene } from './start';
import { ticketAddress, type DemoComment, type DemoCommentInput, type DemoConversation, type DemoTicket } from './types';

const pause = 2_000;

interface ConversationProps {
  scene: Scene;
  ticket: DemoTicket;
  draft: string;
  onDraft(text: string): void;
}

/** The ticket as the helpdesk has it, asked again and again: helpdesks tell their own pages in their own ways. */
export function Conversation({ scene, ticket, draft, onDraft }: ConversationProps) {
  const { t, locale } = scene;
  const { known, away, ask } = useConversation(ticket);
  const end = useRef<HTMLLIElement>(null);
  const count = known?.comments.length ?? 0;
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [count]);
  return (
    <main class="ticket" aria-label={t.conversation}>
      <header>
        <h2 class="breaks">{known?.subject ?? ticket.subject}</h2>
        <p class="muted small-text">
          #{ticket.id}
          {known && ` · ${known.requester.name} · ${known.status}`}
        </p>
      </header>
      {away && (
        <p class="away" role="status">
          {t.away}
        </p>
      )}
      <ol class="comments" tabIndex={0} aria-label={t.conversation} aria-live="polite">
        {known?.comments.map((comment, index) => (
          <li key={comment.id} ref={index === count - 1 ? end : null}>
            <Comment comment={comment} scene={scene} when={formatFor(locale).moment(comment.at)} />
          </li>
        ))}
      </ol>
      <Reply scene={scene} ticket={ticket} draft={draft} onDraft={onDraft} onSent={ask} />
    </main>
  );
}

const faces = { BUYER: 'buyer', AGENT: 'operator', SELLER: 'seller' } as const;

function Comment({ comment: { author, text, ...comment }, scene: { t }, when }: { comment: DemoComment; scene: Scene; when: string }) {
  return (
    <article class="comment" data-public={comment.public}>
      <Avatar name={author.name} kind={faces[author.kind]} />
      <div class="grow">
        <p>
          <span class="strong">{author.name}</span>{' '}
          <span class="muted small-text">
            {t.kinds[author.kind]} · <time dateTime={comment.at}>{when}</time>
            {!comment.public && ` · ${t.note}`}
          </span>
        </p>
        <p class="comment-text breaks">{text}</p>
      </div>
    </article>
  );
}

interface ReplyProps extends Omit<ConversationProps, 'scene'> {
  scene: Scene;
  onSent(): void;
}

function Reply({ scene: { t }, ticket, draft, onDraft, onSent }: ReplyProps) {
  const [as, setAs] = useState<DemoCommentInput['as']>('BUYER');
  const [state, setState] = useState<'still' | 'busy' | 'failed'>('still');
  const send = async (event: Event) => {
    event.preventDefault();
    setState('busy');
    const body = JSON.stringify({ as, text: draft } satisfies DemoCommentInput);
    const sent = await fetch(ticketAddress(ticket), { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => null);
    setState(sent?.ok ? 'still' : 'failed');
    if (!sent?.ok) return;
    onDraft('');
    onSent();
  };
  return (
    <form class="ticket-reply" onSubmit={(event) => void send(event)}>
      <textarea rows={3} aria-label={t.reply} placeholder={t.reply} value={draft} onInput={(event) => onDraft(event.currentTarget.value)} />
      {state === 'failed' && <p role="alert">{t.notSent}</p>}
      <p class="row">
        <label class="row">
          {t.as}
          <select value={as} onChange={(event) => setAs(event.currentTarget.value as DemoCommentInput['as'])}>
            <option value="BUYER">{t.writers.BUYER}</option>
            <option value="AGENT">{t.writers.AGENT}</option>
          </select>
        </label>
        <span class="grow" />
        <button class="button" disabled={!draft.trim() || state === 'busy'}>
          {t.send}
        </button>
      </p>
    </form>
  );
}

function useConversation(ticket: DemoTicket) {
  const [known, setKnown] = useState<DemoConversation | null>(null);
  const [away, setAway] = useState(false);
  const again = useRef<() => void>(() => undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const ask = async () => {
      clearTimeout(timer);
      const answer = await fetch(ticketAddress(ticket)).catch(() => null);
      const told = answer?.ok ? ((await answer.json()) as DemoConversation) : null;
      if (over) return;
      setAway(!told);
      if (told) setKnown(told);
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), pause);
    };
    again.current = () => void ask();
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [ticket]);
  return { known, away, ask: () => again.current() };
}
