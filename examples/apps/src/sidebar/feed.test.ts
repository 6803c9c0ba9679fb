import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../lib/failure';
import { fakeApi } from '../testing';
import { followCase } from './feed';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function following() {
  const server = fakeApi();
  const feed = followCase(server.api, 'cas_1');
  const items = vi.fn();
  const changes = vi.fn();
  feed.onItem(items);
  feed.onChange(changes);
  const send = (id: string) => server.listeners.at(-1)?.listener.next({ caseTimelineItemAdded: { __typename: 'CaseOpenedEvent', id } } as never);
  return { server, feed, items, changes, send };
}

describe('the feed of a case', () => {
  it('goes on after the last item that it had, whenever it connects', () => {
    const { server, send } = following();
    expect(server.listeners[0]?.variables()).toEqual({ caseId: 'cas_1', since: null });
    send('evt_1');
    send('evt_2');
    expect(server.listeners[0]?.variables()).toEqual({ caseId: 'cas_1', since: 'evt_2' });
  });

  it('tells an item that comes twice once', () => {
    const { items, send } = following();
    ['evt_1', 'evt_2', 'evt_1', 'evt_2', 'evt_3'].forEach(send);
    expect(items.mock.calls.map(([{ id }]) => id)).toEqual(['evt_1', 'evt_2', 'evt_3']);
  });

  it('says once that much changed at once', () => {
    const { changes, send } = following();
    for (let index = 0; index < 20; index++) send(`evt_${index}`);
    vi.advanceTimersByTime(1_000);
    expect(changes).toHaveBeenCalledOnce();
  });

  it('has everything asked again when the socket comes back, and shows whether it is there', () => {
    const { server, feed, changes } = following();
    expect(feed.state()).toBe('CONNECTING');
    server.socket(true);
    vi.advanceTimersByTime(1_000);
    server.socket(false);
    expect(feed.state()).toBe('DOWN');
    server.socket(true);
    vi.advanceTimersByTime(1_000);
    expect(feed.state()).toBe('LIVE');
    expect(changes).toHaveBeenCalledTimes(2);
  });

  it('begins anew when the server does not know where it was', () => {
    const { server, changes, send } = following();
    send('evt_gone');
    server.listeners[0]?.listener.fail(new Failure('BROKEN', 'no such cursor'));
    vi.advanceTimersByTime(6_000);
    expect(server.listeners.at(-1)?.variables()).toEqual({ caseId: 'cas_1', since: null });
    vi.advanceTimersByTime(1_000);
    expect(changes).toHaveBeenCalled();
  });

  it('is silent once it is stopped', () => {
    const { server, feed, changes, send } = following();
    send('evt_1');
    feed.stop();
    vi.advanceTimersByTime(10_000);
    expect(changes).not.toHaveBeenCalled();
    expect(server.listeners).toHaveLength(0);
  });
});
