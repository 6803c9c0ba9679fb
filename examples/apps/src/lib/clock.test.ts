import { describe, expect, it } from 'vitest';
import { serverClock } from './clock';

describe('the time by the server', () => {
  it('corrects a computer that is hours wrong', () => {
    const clock = serverClock(() => Date.parse('2026-11-23T12:00:00Z'));
    clock.learn('Mon, 23 Nov 2026 10:00:00 GMT', Date.parse('2026-11-23T12:00:00Z'));
    expect(Math.abs(clock.now() - Date.parse('2026-11-23T10:00:00Z'))).toBeLessThan(1_000);
  });

  it('does not jump about for what whole seconds and slow answers explain', () => {
    let now = Date.parse('2026-11-23T10:00:08Z');
    const clock = serverClock(() => now);
    clock.learn('Mon, 23 Nov 2026 10:00:01 GMT', Date.parse('2026-11-23T10:00:00Z'));
    expect(clock.now()).toBe(now);
    now += 60_000;
    expect(clock.now()).toBe(now);
  });

  it('ignores answers without a date', () => {
    const clock = serverClock(() => 1_000);
    clock.learn(null, 0);
    clock.learn('soon', 0);
    expect(clock.now()).toBe(1_000);
  });
});
