import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeProof, signInByPopup, startPairing } from './signIn';

const session = { token: 'tok', expiresAt: '2026-11-23T10:15:00Z' };
const proof = { verifier: 'v', challenge: 'c' };
let popup: { closed: boolean };

beforeEach(() => {
  vi.useFakeTimers();
  popup = { closed: false };
  vi.stubGlobal('open', vi.fn(() => popup));
  vi.stubGlobal('fetch', vi.fn(async () => Response.json(session)));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const say = (origin: string, source: unknown, data: unknown = { type: 'trilogue.signedIn', code: 'abc' }) =>
  dispatchEvent(new MessageEvent('message', { origin, source: source as Window, data }));

describe('the popup', () => {
  it('gives its code for a session', async () => {
    const signedIn = signInByPopup('con_1', proof);
    say(location.origin, popup);
    expect(await signedIn).toEqual(session);
    expect(fetch).toHaveBeenCalledWith('/auth/session', expect.objectContaining({ body: JSON.stringify({ code: 'abc', verifier: 'v' }) }));
  });

  it('is heard at this origin and from that window only', async () => {
    const signedIn = signInByPopup('con_1', proof).catch((thrown: unknown) => thrown);
    say('https://evil.example', popup);
    say(location.origin, {});
    say(location.origin, popup, { type: 'something else', code: 'abc' });
    popup.closed = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await signedIn).toMatchObject({ fault: 'CANCELLED' });
    expect(fetch).not.toHaveBeenCalled();
  });

  it('that is blocked is said', async () => {
    vi.stubGlobal('open', () => null);
    await expect(signInByPopup('con_1', proof)).rejects.toMatchObject({ fault: 'POPUP_BLOCKED' });
  });
});

describe('the doors', () => {
  it.each([
    [401, { error: { code: 'WRONG_CODE' } }, 'WRONG_CODE'],
    [401, { error: { code: 'EXPIRED' } }, 'EXPIRED'],
    [429, {}, 'TOO_MANY'],
    [500, 'oops', 'BROKEN'],
  ])('%s %j is %s', async (status, body, fault) => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status, headers: { 'retry-after': '60' } }));
    await expect(startPairing('con_1', 'a@example.org', proof)).rejects.toMatchObject({ fault, retryAfter: 60 });
  });

  it('see a challenge that is the hash of the verifier', async () => {
    const { verifier, challenge } = await makeProof();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
    expect(Buffer.from(digest).toString('base64url')).toBe(challenge);
  });
});
