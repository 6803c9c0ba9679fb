import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Boot } from '../boot';
import { FreshdeskStandIn } from '../../../hosts/freshdesk';
import { freshdeskHost } from './freshdesk';
import { freshdeskAppHost, type FreshdeskApp } from './freshdeskApp';
import { zendeskHost } from './zendesk';

const boot: Boot = { host: 'FRESHDESK', server: null, connection: 'con_1', session: null, signIn: [], ticket: '7', caseId: null, locale: null };
const shell = 'https://acme.freshdesk.com';
const context = { ticket: '318', locale: 'fr', scheme: 'dark', agentEmail: 'nadia@example.org' };

/** A frame inside a shell, and how either is spoken to. */
function frameIn(search: string) {
  const parent = { postMessage: vi.fn() };
  const listeners = new Set<(event: MessageEvent) => void>();
  const frame = {
    location: { search },
    parent,
    addEventListener: (_: string, listener: (event: MessageEvent) => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: (event: MessageEvent) => void) => listeners.delete(listener),
  };
  const say = (data: unknown, origin = shell, source: unknown = parent) =>
    [...listeners].forEach((listener) => listener({ data, origin, source } as MessageEvent));
  return { frame: frame as unknown as Window, parent, say };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Freshdesk', () => {
  it('knocks until the shell tells where the page is, at the exact origin', async () => {
    const { frame, parent, say } = frameIn(`?shell=${encodeURIComponent(shell)}`);
    const ready = freshdeskHost(boot, frame);
    await vi.advanceTimersByTimeAsync(600);
    expect(parent.postMessage.mock.calls).toEqual(Array(3).fill([{ type: 'trilogue.ready' }, shell]));
    say({ type: 'trilogue.context', context });
    const host = await ready;
    expect(host).toMatchObject({ ticket: '318', locale: 'fr', scheme: 'dark', agentEmail: 'nadia@example.org' });
    host.resize(720);
    expect(parent.postMessage).toHaveBeenLastCalledWith({ type: 'trilogue.resize', height: 720 }, shell);
  });

  it.each([
    ['another origin', `${shell}.evil.example`, undefined],
    ['another window', shell, {}],
  ])('does not listen to %s', async (_, origin, source) => {
    const { frame, parent, say } = frameIn(`?shell=${encodeURIComponent(shell)}`);
    const ready = freshdeskHost(boot, frame);
    say({ type: 'trilogue.context', context }, origin, source ?? parent);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await ready).toMatchObject({ ticket: '7', locale: null });
  });

  it.each(['http://acme.freshdesk.com', 'javascript:alert(1)', 'nonsense', ''])('takes %s for no shell', async (said) => {
    const { frame, parent } = frameIn(`?shell=${encodeURIComponent(said)}`);
    expect(await freshdeskHost(boot, frame)).toMatchObject({ ticket: '7' });
    expect(parent.postMessage).not.toHaveBeenCalled();
  });
});

describe('Freshdesk, with the page in the app', () => {
  const data = { ticket: { id: 318 }, loggedInUser: { contact: { email: 'nadia@example.org', language: 'fr' } } };
  const standIn = (known: Record<string, unknown>) => new FreshdeskStandIn({ data: known, iparams: {} });

  it('asks its client for ticket and agent, and has it do what the page wants', async () => {
    const freshdesk = standIn(data);
    const host = await freshdeskAppHost(boot, freshdesk.app);
    expect(host).toMatchObject({ ticket: '318', locale: 'fr', agentEmail: 'nadia@example.org' });
    host.resize(720);
    host.notify('Sent');
    expect(host.insertReply('Hello')).toBe(true);
    expect(host.openTicket('319')).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(freshdesk.calls).toEqual([
      ['resize', { height: '720px' }],
      ['showNotify', { type: 'success', message: 'Sent' }],
      ['click', { id: 'reply' }],
      ['click', { id: 'ticket', value: 319 }],
      ['setValue', { id: 'editor', text: 'Hello', replace: false, position: 'end' }],
    ]);
  });

  it.each<[string, FreshdeskApp | undefined]>([
    ['is not there', undefined],
    ['knows nothing', standIn({}).app],
    ['never answers', { initialized: () => new Promise(() => undefined) }],
  ])('does without a client that %s', async (_, app) => {
    const host = freshdeskAppHost(boot, app);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await host).toMatchObject({ ticket: '7', locale: null, agentEmail: null });
    expect(() => void host.then(({ resize }) => resize(10))).not.toThrow();
  });
});

describe('Zendesk', () => {
  const client = (get: () => Promise<Record<string, unknown>>) => ({ get: vi.fn(get), invoke: vi.fn(async () => null), on: vi.fn(), off: vi.fn() });

  it('asks its SDK for the ticket and the language', async () => {
    const zaf = client(async () => ({ 'ticket.id': 5101, 'currentUser.locale': 'fr' }));
    const host = await zendeskHost({ ...boot, host: 'ZENDESK' }, { init: () => zaf });
    expect(host).toMatchObject({ ticket: '5101', locale: 'fr' });
    host.resize(720);
    expect(zaf.invoke).toHaveBeenCalledWith('resize', { width: '100%', height: '720px' });
  });

  it.each([
    ['is not there', undefined],
    ['finds no Zendesk around it', { init: () => false as const }],
    ['refuses', { init: () => client(() => Promise.reject(new Error('no'))) }],
    ['never answers', { init: () => client(() => new Promise(() => undefined)) }],
  ])('does without an SDK that %s', async (_, sdk) => {
    const host = zendeskHost({ ...boot, host: 'ZENDESK' }, sdk);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await host).toMatchObject({ ticket: '7', locale: null });
    expect(() => void host.then(({ resize }) => resize(10))).not.toThrow();
  });
});
