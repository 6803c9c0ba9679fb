import { act, cleanup, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverClock } from '../../lib/clock';
import { Around } from '../../testing';
import { clockOf, shareLeft, stageOf, urgencyOf } from './progress';
import { countdown, SlaPill } from './SlaPill';

const start = Date.parse('2026-11-23T10:00:00Z');
const at = (hours: number) => new Date(start + hours * 3_600_000).toISOString();
const deadline = (hours: number, state: 'RUNNING' | 'MISSED' | 'PAUSED' = 'RUNNING', promise: 'NEXT_REPLY' | 'RESOLUTION' = 'NEXT_REPLY') =>
  ({ promise, party: 'SELLER', state, startedAt: at(0), dueAt: state === 'PAUSED' ? null : at(hours) }) as const;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('the countdown', () => {
  it('counts by the second in the last hour', () => {
    render(<Around><SlaPill deadlines={[deadline(0.5)]} /></Around>);
    expect(screen.getByText(/30:00/)).toBeTruthy();
    act(() => void vi.advanceTimersByTime(65_000));
    expect(screen.getByText(/28:55/)).toBeTruthy();
  });

  it('is right at once in a tab that slept, and says when it is late', () => {
    render(<Around><SlaPill deadlines={[deadline(4)]} /></Around>);
    expect(screen.getByText(/4h/)).toBeTruthy();
    vi.setSystemTime(start + 3 * 3_600_000 + 30 * 60_000);
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(screen.getByText(/30:00/)).toBeTruthy();
    vi.setSystemTime(start + 6 * 3_600_000);
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(screen.getByText(/2h late/)).toBeTruthy();
  });

  it('goes by the server’s clock', () => {
    const clock = serverClock();
    clock.learn(new Date(start + 2 * 3_600_000).toUTCString(), start);
    render(<Around clock={clock}><SlaPill deadlines={[deadline(5)]} /></Around>);
    expect(screen.getByText(/2h 59m/)).toBeTruthy();
  });

  it('stands still while somebody else is waited for', () => {
    render(<Around locale="fr"><SlaPill deadlines={[deadline(5, 'PAUSED')]} /></Around>);
    expect(screen.getByText('Délai suspendu')).toBeTruthy();
  });
});

describe('what counts', () => {
  it('is a missed answer, then a running one, then the resolution', () => {
    const [missed, running, resolution, paused] = [deadline(1, 'MISSED'), deadline(2), deadline(9, 'RUNNING', 'RESOLUTION'), deadline(3, 'PAUSED')];
    expect(clockOf([resolution, running, missed])).toEqual(missed);
    expect(clockOf([resolution, running])).toEqual(running);
    expect(clockOf([paused, resolution])).toEqual(resolution);
    expect(clockOf([])).toBeNull();
  });
  it('empties from one to nothing', () => {
    expect([0, 2, 4, 9].map((hours) => shareLeft(at(0), at(4), Date.parse(at(hours))))).toEqual([1, 0.5, 0, 0]);
    expect([urgencyOf(0.9, false), urgencyOf(0.2, false), urgencyOf(0, true)]).toEqual(['calm', 'soon', 'late']);
    expect([countdown(61_000), countdown(500), countdown(-5)]).toEqual(['1:01', '0:01', '0:00']);
  });
});

describe('the stage', () => {
  const fresh = { status: 'WAITING_SELLER', owner: 'SELLER', deadlines: [{ ...deadline(1), promise: 'FIRST_REPLY' }], returns: [], refunds: [], disputes: [] } as const;
  it.each([
    [{}, 'RECEIVED'],
    [{ deadlines: [] }, 'ANSWERED'],
    [{ owner: 'OPERATOR' }, 'BEING_SETTLED'],
    [{ refunds: [{ id: 'r', status: 'REQUESTED' }] }, 'BEING_SETTLED'],
    [{ status: 'RESOLVED', owner: 'OPERATOR' }, 'RESOLVED'],
    [{ status: 'CLOSED' }, 'CLOSED'],
  ])('%j is %s', (change, stage) => {
    expect(stageOf({ ...fresh, ...change } as never)).toBe(stage);
  });
});
