import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepSession } from './session';

const minute = 60_000;
const start = Date.parse('2026-11-23T10:00:00Z');
const session = (token: string, minutes: number) => ({ token, expiresAt: new Date(Date.now() + minutes * minute).toISOString() });

function answering(...answers: (() => Response)[]) {
  const door = vi.fn(async () => {
    const answer = answers.shift();
    if (!answer) throw new TypeError('no network');
    return answer();
  });
  vi.stubGlobal('fetch', door);
  return door;
}

beforeEach(() => {
  vi.useFakeTimers({ now: start });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a session', () => {
  it('is renewed at two thirds of its life, not before', async () => {
    const door = answering(() => Response.json(session('two', 15)));
    const keeper = keepSession(session('one', 15));
    await vi.advanceTimersByTimeAsync(9.9 * minute);
    expect(door).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0.2 * minute);
    expect(door).toHaveBeenCalledOnce();
    expect(door.mock.calls[0]).toMatchObject(['/auth/renew', { headers: { authorization: 'Bearer one' } }]);
    expect(await keeper.token()).toBe('two');
  });

  it('is over when the server says so, and everybody is told', async () => {
    answering(() => new Response('', { status: 401 }));
    const keeper = keepSession(session('one', 15));
    const told = vi.fn();
    keeper.subscribe(told);
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(told).toHaveBeenLastCalledWith(null);
    await expect(keeper.token()).rejects.toMatchObject({ kind: 'SIGNED_OUT' });
  });

  it('outlives a server that is out of reach, as long as the token is good', async () => {
    const door = answering(
      () => new Response('', { status: 503 }),
      () => Response.json(session('two', 15)),
    );
    const keeper = keepSession(session('one', 15));
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(await keeper.token()).toBe('one');
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(door).toHaveBeenCalledTimes(2);
    expect(await keeper.token()).toBe('two');
  });

  it('is renewed first in a tab that slept past its end', async () => {
    answering(() => Response.json({ token: 'two', expiresAt: new Date(start + 60 * minute).toISOString() }));
    const keeper = keepSession(session('one', 15));
    vi.setSystemTime(start + 20 * minute);
    expect(await keeper.token()).toBe('two');
  });

  it('is not renewed again and again where the computer is hours ahead', async () => {
    const server = () => Date.now() - 120 * minute;
    const anew = (token: string) => ({ token, expiresAt: new Date(server() + 15 * minute).toISOString() });
    const door = vi.fn(async () => Response.json(anew('two'), { headers: { date: new Date(server()).toUTCString() } }));
    vi.stubGlobal('fetch', door);
    keepSession(anew('one'));
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(door).toHaveBeenCalledOnce();
  });

  it('is renewed once for all who ask at the same time', async () => {
    const door = answering(() => Response.json({ token: 'two', expiresAt: new Date(start + 60 * minute).toISOString() }));
    const keeper = keepSession(session('one', 15));
    vi.setSystemTime(start + 16 * minute);
    expect(await Promise.all([keeper.token(), keeper.token(), keeper.token()])).toEqual(['two', 'two', 'two']);
    expect(door).toHaveBeenCalledOnce();
  });
});
