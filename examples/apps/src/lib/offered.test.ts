import { expect, it } from 'vitest';
import { offeredLater, offeredNow } from './offered';

const now = Date.parse('2026-11-20T12:00:00Z');
const offered = [
  { action: 'B' },
  { action: 'A', until: '2026-11-21T00:00:00Z' },
  { action: 'LATER', from: '2026-11-22T00:00:00Z' },
  { action: 'OVER', until: '2026-11-20T11:59:59Z' },
  { action: 'NEW_ON_THE_SERVER' },
];

it('offers what the list has and the page knows, and nothing else', () => {
  expect(offeredNow(offered, ['A', 'B', 'LATER', 'OVER', 'NOT_OFFERED'], now)).toEqual(['A', 'B']);
  expect(offeredNow([], ['A'], now)).toEqual([]);
});
it('tells what opens later', () => {
  expect(offeredLater(offered, now)).toEqual([{ action: 'LATER', from: '2026-11-22T00:00:00Z' }]);
});
