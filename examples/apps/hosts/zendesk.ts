/**
 * A stand-in for Zendesk around an app: enough of its side of the conversation that Zendesk's own SDK, in the frame, is content.
 * The page that holds it must be on localhost, as the SDK takes no other foreign origin.
 */
export interface ZendeskStandInOptions {
  iframe: HTMLIFrameElement;
  appUrl: string;
  /** What `get` finds, by path: `{ 'ticket.id': 1, currentUser: { locale: 'fr' } }`. `set` writes here. */
  state: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  context?: Record<string, unknown>;
  colorScheme?: 'light' | 'dark';
  /** What `client.request` gets, by `GET https://…` without the query; `*` for all others. */
  requests?: Record<string, (options: RequestOptions) => StandInAnswer>;
  /** The JWT of a signed address. With it the frame is loaded by a form, as Zendesk does. */
  token?: string;
  /** Whether the app may change the size of its frame; it may unless this says otherwise. */
  canResize?: boolean;
  /** What the app asks to be done, such as `notify`. */
  onInvoke?: (name: string, args: unknown[]) => void;
}
export interface RequestOptions {
  url: string;
  type?: string;
  data?: unknown;
  headers?: Record<string, string>;
  httpCompleteResponse?: boolean;
}
export interface StandInAnswer {
  status: number;
  body: unknown;
}

type Values = Record<string, unknown>;
interface FromApp {
  appGuid?: string;
  id?: number;
  key?: string;
  request?: string;
  params?: unknown;
  message?: Values;
  error?: { msg: string };
}
interface PathError {
  name: string;
  path: string;
  message: string;
}

export class ZendeskStandIn {
  /** Everything that the app said. */
  readonly log: FromApp[] = [];
  readonly subscriptions = new Set<string>();
  private readonly replies = new Map<string, (error: string | null) => void>();
  private readonly guid = crypto.randomUUID();
  private readonly origin: string;
  private readonly listener = (event: MessageEvent) => {
    if (event.source === this.options.iframe.contentWindow && event.origin === this.origin) this.hear(parsed(event.data));
  };

  constructor(private readonly options: ZendeskStandInOptions) {
    this.origin = new URL(options.appUrl, location.href).origin;
    window.addEventListener('message', this.listener);
    this.load();
  }

  close() {
    window.removeEventListener('message', this.listener);
  }

  /** Tells those who listen, as Zendesk does when something changed. */
  event(name: string, message?: unknown, more: Values = {}) {
    this.post({ key: `zaf.${name}`, message, instanceGuid: this.guid, ...more });
  }

  /** Asks the app, as before a ticket is saved: null when it may go on, else what the app says against it. */
  hook(name: string): Promise<string | null> {
    return new Promise((resolve) => {
      this.replies.set(name, resolve);
      this.event(name, undefined, { needsReply: true });
    });
  }

  private load() {
    const { iframe, appUrl, colorScheme = 'light', token } = this.options;
    const url = new URL(appUrl, location.href);
    for (const [name, value] of Object.entries({ origin: location.origin, app_guid: this.guid, colorScheme })) url.searchParams.set(name, value);
    if (token === undefined) iframe.src = url.href;
    else postInto(iframe, url.href, { token });
  }

  private post(message: Values) {
    this.options.iframe.contentWindow?.postMessage(JSON.stringify(message), this.origin);
  }

  private hear(said: FromApp | null) {
    if (!said || said.appGuid !== this.guid) return;
    this.log.push(said);
    if (said.request) return this.post({ id: said.id, result: this.answer(said.request, said.params) });
    const [kind, name] = split(said.key ?? '');
    if (kind === 'iframe.handshake') this.event('app.registered', { metadata: this.options.metadata ?? {}, context: this.options.context ?? {} });
    if (kind === 'iframe.on') this.subscriptions.add(name);
    if (kind === 'iframe.off' && !said.message?.['subscriberCount']) this.subscriptions.delete(name);
    if (kind === 'iframe.reply') this.replies.get(name)?.(said.error?.msg ?? null);
    if (kind === 'request') this.request(said.key as string, said.message as unknown as RequestOptions);
  }

  private answer(kind: string, params: unknown): Values {
    const errors: Record<string, PathError> = {};
    const result: Values = { errors };
    if (kind === 'get') for (const path of params as string[]) this.read(path, result, errors);
    if (kind === 'set') for (const [path, value] of Object.entries(params as Values)) result[path] = this.options.state[path] = value;
    if (kind === 'invoke') {
      for (const [name, args] of Object.entries(params as Record<string, unknown[]>)) {
        if (name === 'resize' && this.options.canResize !== false) resize(this.options.iframe, args[0] as { width?: string; height?: string });
        this.options.onInvoke?.(name, args);
        result[name] = null;
      }
    }
    return result;
  }

  private read(path: string, result: Values, errors: Record<string, PathError>) {
    const value = lookUp(this.options.state, path);
    if (value === undefined) errors[path] = { name: 'APIUnavailable', path, message: `${path} is not available.` };
    else result[path] = value;
  }

  private request(key: string, asked: RequestOptions) {
    const { requests = {} } = this.options;
    const door = requests[`${asked.type ?? 'GET'} ${asked.url.split('?')[0]}`] ?? requests['*'];
    const { status, body } = door?.(asked) ?? { status: 404, body: {} };
    const ok = status >= 200 && status < 300;
    const xhr = { status, statusText: ok ? 'OK' : 'Error', responseText: JSON.stringify(body), responseJSON: body };
    const responseArgs = ok ? [asked.httpCompleteResponse ? xhr : body, 'success', xhr] : [xhr, 'error', xhr.statusText];
    this.event(`${key}.${ok ? 'done' : 'fail'}`, { responseArgs });
  }
}

function parsed(data: unknown): FromApp | null {
  try {
    return (typeof data === 'string' ? JSON.parse(data) : data) as FromApp | null;
  } catch {
    return null;
  }
}

/** `iframe.on:ticket.save` is a kind and a name. */
function split(key: string): [string, string] {
  const colon = key.indexOf(':');
  return colon < 0 ? [key, ''] : [key.slice(0, colon), key.slice(colon + 1)];
}

/** By the path as it stands, else by the longest part of it that is known. */
function lookUp(state: Values, path: string): unknown {
  if (path in state) return state[path];
  const known = Object.keys(state).filter((key) => path.startsWith(`${key}.`)).sort((a, b) => b.length - a.length)[0];
  if (known === undefined) return undefined;
  return path
    .slice(known.length + 1)
    .split('.')
    .reduce<unknown>((value, step) => (value as Values | undefined)?.[step], state[known]);
}

function resize(iframe: HTMLIFrameElement, size: { width?: string; height?: string } = {}) {
  if (size.width) iframe.style.width = String(size.width);
  if (size.height) iframe.style.height = String(size.height);
}

function postInto(iframe: HTMLIFrameElement, action: string, fields: Record<string, string>) {
  const target = `app-${crypto.randomUUID()}`;
  // The frame is there already: its window must be told its name, the attribute alone comes too late.
  if (iframe.contentWindow) iframe.contentWindow.name = target;
  const form = Object.assign(document.createElement('form'), { method: 'post', action, target, hidden: true });
  for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement('input'), { name, value }));
  document.body.append(form);
  form.submit();
  form.remove();
}
