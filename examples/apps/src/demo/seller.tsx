import { useEffect, useMemo, useState } from 'preact/hooks';
import { SellerAnswerDocument, SellerCaseDocument, SellerCasesDocument, SellerNewsDocument, type SellerCaseQuery } from '../gql/graphql';
import { WordsContext } from '../i18n';
import { serverClock } from '../lib/clock';
import { formatFor } from '../lib/format';
import { connect, type Api } from '../lib/graphql';
import { ApiContext, FeedContext, useAction, useQuery, type Feed } from '../lib/query';
import { keepSession } from '../lib/session';
import { Failure, Skeleton } from '../lib/ui';
import { start, type Scene } from './start';

/** The seller's side, as plain as can be: cases, their threads, an answer. Marketplaces have pages of their own for this. */
function SellerPage({ scene }: { scene: Scene }) {
  const { demo, t, words } = scene;
  const [name, setName] = useState(demo.sellers[0]?.name ?? '');
  const seller = demo.sellers.find((each) => each.name === name);
  const way = useMemo(() => {
    const api = connect(keepSession(seller?.session ?? null), serverClock());
    return { api, feed: followAll(api) };
  }, [seller]);
  useEffect(
    () => () => {
      way.feed.stop();
      way.api.close();
    },
    [way],
  );
  return (
    <WordsContext.Provider value={words}>
      <ApiContext.Provider value={way.api}>
        <FeedContext.Provider value={way.feed}>
          <main class="seller">
            <div class="row">
              <h1 class="unseen">{t.seller}</h1>
              <label class="row">
                <span class="muted">{t.sellers}</span>
                <select value={name} onChange={(event) => setName(event.currentTarget.value)}>
                  {demo.sellers.map((each) => (
                    <option key={each.name}>{each.name}</option>
                  ))}
                </select>
              </label>
            </div>
            <Cases key={name} scene={scene} />
          </main>
        </FeedContext.Provider>
      </ApiContext.Provider>
    </WordsContext.Provider>
  );
}

function Cases({ scene }: { scene: Scene }) {
  const { t } = scene;
  const { data, failure, refetch } = useQuery(SellerCasesDocument, {});
  const [wished, setWished] = useState<string | null>(null);
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton />;
  const cases = data.cases.nodes;
  const chosen = cases.find(({ id }) => id === wished) ?? cases[0];
  if (!chosen) return <p class="away">{t.noCases}</p>;
  return (
    <>
      <label class="field">
        <span class="label">{t.cases}</span>
        <select value={chosen.id} onChange={(event) => setWished(event.currentTarget.value)}>
          {cases.map(({ id, reference, subject, buyer }) => (
            <option key={id} value={id}>
              {[reference, subject, buyer?.displayName].filter(Boolean).join(' · ')}
            </option>
          ))}
        </select>
      </label>
      <Threads key={chosen.id} scene={scene} caseId={chosen.id} />
    </>
  );
}

type Thread = NonNullable<SellerCaseQuery['case']>['threads'][number];

function Threads({ scene, caseId }: { scene: Scene; caseId: string }) {
  const { data, failure, refetch } = useQuery(SellerCaseDocument, { caseId });
  if (failure && !data) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton />;
  return (
    <>
      {data.case?.threads.map((thread) => (
        <ThreadCard key={thread.id} scene={scene} thread={thread} />
      ))}
    </>
  );
}

const laneOf = { SELLER_BUYER: 'everyone', TRIPARTITE: 'everyone', OPERATOR_SELLER: 'seller', OPERATOR_BUYER: 'buyer' } as const;

function ThreadCard({ scene: { t, locale }, thread }: { scene: Scene; thread: Thread }) {
  const format = formatFor(locale);
  const kinds = { BUYER: t.kinds.BUYER, OPERATOR: t.kinds.AGENT, SELLER: t.you };
  return (
    <section class="seller-thread" data-lane={laneOf[thread.kind]}>
      <h2>{t.threads[thread.kind]}</h2>
      <ol>
        {thread.messages.nodes.map(({ id, author, authorName, sentAt, text }) => (
          <li key={id} data-own={author === 'SELLER'}>
            <p class="small-text muted">
              {author === 'SELLER' ? t.you : [authorName, kinds[author]].filter(Boolean).join(' · ')} · <time dateTime={sentAt}>{format.moment(sentAt)}</time>
            </p>
            <p class="breaks comment-text">{text}</p>
          </li>
        ))}
      </ol>
      {thread.viewerCanPost ? <Answer t={t} threadId={thread.id} label={t.answers[thread.kind]} /> : <p class="muted small-text">{t.readOnly}</p>}
    </section>
  );
}

function Answer({ t, threadId, label }: { t: Scene['t']; threadId: string; label: string }) {
  const [text, setText] = useState('');
  const [key, setKey] = useState(() => crypto.randomUUID());
  const { act, busy, failure } = useAction(SellerAnswerDocument);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!(await act({ input: { threadId, text, idempotencyKey: key } }))) return;
    setText('');
    setKey(crypto.randomUUID());
  };
  return (
    <form class="stack" onSubmit={(event) => void send(event)}>
      <textarea class="input" rows={2} aria-label={label} placeholder={label} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      {failure && <Failure failure={failure} />}
      <button class="button" disabled={!text.trim() || busy}>
        {t.send}
      </button>
    </form>
  );
}

const breath = 250;

/** Tells when anything happened that the seller may know, and whenever the socket comes up. */
function followAll(api: Api): Feed & { stop(): void } {
  const listeners = new Set<() => void>();
  let pending: ReturnType<typeof setTimeout> | undefined;
  const changed = () => {
    pending ??= setTimeout(() => {
      pending = undefined;
      listeners.forEach((listener) => listener());
    }, breath);
  };
  const stops = [
    api.live(SellerNewsDocument, () => ({}), { next: changed, fail: () => undefined }),
    api.watchSocket((up) => up && changed()),
    () => clearTimeout(pending),
  ];
  return {
    changed,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

void start((scene) => <SellerPage scene={scene} />);
