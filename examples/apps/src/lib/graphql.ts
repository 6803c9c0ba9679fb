import { createClient, type Client } from 'graphql-ws';
import type { TypedDocumentString } from '../gql/graphql';
import { Failure, failureOf, toFailure, type WireError } from './failure';
import type { ServerClock } from './clock';
import { atServer } from './server';
import type { SessionKeeper } from './session';

/** A document with the types of what goes in and what comes out. */
export type Doc<Result, Variables> = TypedDocumentString<Result, Variables>;

export interface Listener<Result> {
  next(data: Result): void;
  /** The subscription is over and does not come back by itself. */
  fail(failure: Failure): void;
}

/** The way to the server. */
export interface Api {
  run<Result, Variables>(document: Doc<Result, Variables>, variables: Variables): Promise<Result>;
  /** Variables are asked for anew at each connection, so that a subscription goes on where it stopped. */
  live<Result, Variables>(document: Doc<Result, Variables>, variables: () => Variables, listener: Listener<Result>): () => void;
  /** Tells when the socket comes up and goes down. Gives back how to stop. */
  watchSocket(listener: (up: boolean) => void): () => void;
  /** Sends a file and tells how far it is, from 0 to 1. */
  upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<{ id: string }>;
  close(): void;
}

/** The server closes sockets with it when their token is not good any more: the next one brings a new token. */
const tokenRanOut = 4403;
const noAnswer = 4408;
const answerTime = 5_000;

interface Wire {
  query: string;
  operationName: string;
  extensions?: Record<string, unknown>;
}

/** A document as it is sent: by its hash, as the server has its text; by its text where the build says so. */
export function onTheWire<Result, Variables>(document: Doc<Result, Variables>): Wire {
  const text = document.toString();
  const { hash, operationName } = document.__meta__ ?? {};
  if (text) return { query: text, operationName: /(?:query|mutation|subscription)\s+(\w+)/.exec(text)?.[1] ?? '' };
  return { query: '', operationName: String(operationName), extensions: { persistedQuery: { version: 1, sha256Hash: hash } } };
}

export function connect(session: SessionKeeper, clock: ServerClock, endpoint = atServer('/graphql')): Api {
  const socketWatchers = new Set<(up: boolean) => void>();
  const tellSocket = (up: boolean) => socketWatchers.forEach((watcher) => watcher(up));
  const socket = openSocket(session, endpoint, tellSocket);

  async function run<Result, Variables>(document: Doc<Result, Variables>, variables: Variables): Promise<Result> {
    const { query, ...wire } = onTheWire(document);
    const body = JSON.stringify({ ...wire, ...(query ? { query } : {}), variables });
    const token = await session.token();
    const askedAt = Date.now();
    const response = await post(endpoint, token, body);
    clock.learn(response.headers.get('date'), askedAt);
    if (response.status === 401) {
      session.end();
      throw new Failure('SIGNED_OUT', 'The session is over.');
    }
    const answer = await readAnswer<Result>(response);
    if (answer.errors?.length) throw failureOf(answer.errors);
    if (!answer.data) throw new Failure('BROKEN', 'The answer is empty.');
    return answer.data;
  }
  return {
    run,
    live(document, variables, listener) {
      const { query, operationName, extensions } = onTheWire(document);
      const request = {
        query,
        operationName,
        ...(extensions ? { extensions } : {}),
        get variables() {
          return variables() as Record<string, unknown>;
        },
      };
      return socket.subscribe<never>(request, {
        next: ({ data, errors }) => (errors?.length ? listener.fail(failureOf(errors as WireError[])) : data && listener.next(data)),
        error: (thrown) => listener.fail(Array.isArray(thrown) ? failureOf(thrown as WireError[]) : toFailure(thrown)),
        complete: () => undefined,
      });
    },
    watchSocket(listener) {
      socketWatchers.add(listener);
      return () => void socketWatchers.delete(listener);
    },
    upload: async (file, progress, signal) => uploadFile(await session.token(), file, progress, signal),
    close: () => void socket.dispose(),
  };
}

function openSocket(session: SessionKeeper, endpoint: string, tell: (up: boolean) => void): Client {
  const url = new URL(endpoint, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  let current: WebSocket | undefined;
  let unanswered: ReturnType<typeof setTimeout> | undefined;
  return createClient({
    url: url.href,
    lazy: true,
    keepAlive: 20_000,
    retryAttempts: Infinity,
    retryWait: waitToRetry,
    shouldRetry: () => session.current() !== null,
    connectionParams: async () => ({ authorization: `Bearer ${await session.token()}` }),
    on: {
      opened: (opened) => (current = opened as WebSocket),
      connected: () => tell(true),
      // A laptop that wakes up has a socket that looks open and is not: without an answer it is given up.
      ping: (received) => {
        if (!received) unanswered = setTimeout(() => current?.close(noAnswer, 'No answer'), answerTime);
      },
      pong: (received) => received && clearTimeout(unanswered),
      closed: (event) => {
        clearTimeout(unanswered);
        tell(false);
        if ((event as CloseEvent).code === tokenRanOut) void session.renew();
      },
    },
  });
}

/** Longer each time, up to a quarter of a minute; at once when the browser says that it is online again. */
function waitToRetry(retries: number): Promise<void> {
  const wait = Math.min(15_000, 500 * 2 ** retries) * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, wait);
    addEventListener('online', go);
  });
}

async function post(endpoint: string, token: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  try {
    return await fetch(endpoint, { method: 'POST', headers, body });
  } catch {
    throw new Failure('OFFLINE', 'The server cannot be reached.');
  }
}

interface Answer<Result> {
  data?: Result | null;
  errors?: WireError[];
}

async function readAnswer<Result>(response: Response): Promise<Answer<Result>> {
  const busy = response.status === 429 || response.status >= 502;
  try {
    const answer = (await response.json()) as Answer<Result>;
    if (answer.data || answer.errors) return answer;
  } catch {
    // Not JSON: a proxy's page. The status says enough.
  }
  throw new Failure(busy ? 'BUSY' : 'BROKEN', `The server answered ${response.status}.`, [], Number(response.headers.get('retry-after')) || null);
}

/** By XMLHttpRequest, as fetch does not tell how much was sent. */
function uploadFile(token: string, file: File, progress: (share: number) => void, signal: AbortSignal): Promise<{ id: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', atServer(`/attachments?filename=${encodeURIComponent(file.name)}`));
    request.setRequestHeader('authorization', `Bearer ${token}`);
    if (file.type) request.setRequestHeader('content-type', file.type);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => {
      const answer = request.response as { id?: string; error?: { message?: string } } | null;
      if (request.status === 201 && answer?.id) return resolve({ id: answer.id });
      reject(new Failure(request.status === 429 ? 'BUSY' : 'REFUSED', answer?.error?.message ?? String(request.status)));
    };
    request.onerror = () => reject(new Failure('OFFLINE', 'The server cannot be reached.'));
    request.onabort = () => reject(new Failure('BROKEN', 'Cancelled.'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
