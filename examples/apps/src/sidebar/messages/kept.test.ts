import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keepDrafts, type Upload } from './drafts';
import { keptDrafts } from './kept';

const upload: Upload = { key: 'k', file: new File(['x'], 'x.png'), share: 1, id: 'att_1', fault: null };
/** The drafts as a page has them that is opened by somebody. */
const opened = (viewer = 'Ana') => keepDrafts(keptDrafts(viewer));

beforeEach(() => sessionStorage.clear());

describe('a draft', () => {
  it('is there again when the frame is, as the same message and for the same readers', () => {
    const before = opened();
    before.change('thr', () => ({ text: 'Between us', writtenFor: 'seller' }));
    const { idempotencyKey } = before.get('thr');
    expect(opened().get('thr')).toEqual({ text: 'Between us', writtenFor: 'seller', idempotencyKey, uploads: [] });
    expect(opened().get('other').text).toBe('');
  });

  it('is another message when its files are not there any more', () => {
    const before = opened();
    before.change('thr', () => ({ text: 'Look', writtenFor: 'buyer', uploads: [upload] }));
    const after = opened().get('thr');
    expect(after).toMatchObject({ text: 'Look', uploads: [] });
    expect(after.idempotencyKey).not.toBe(before.get('thr').idempotencyKey);
  });

  it.each<[string, (drafts: ReturnType<typeof keepDrafts>) => void]>([
    ['sent', (drafts) => drafts.clear('thr')],
    ['emptied', (drafts) => drafts.change('thr', () => ({ text: ' ' }))],
  ])('is gone when it was %s', (_, end) => {
    const drafts = opened();
    drafts.change('thr', () => ({ text: 'Hello' }));
    end(drafts);
    expect(sessionStorage.length).toBe(0);
  });

  it('is nobody else’s, and is not left behind for its author', () => {
    opened('Ana').change('thr', () => ({ text: 'Between us' }));
    expect(opened('Ben').get('thr').text).toBe('');
    expect(opened('Ana').get('thr').text).toBe('');
  });

  it('is one of twenty at most, the last ones', () => {
    vi.useFakeTimers();
    const drafts = opened();
    for (let number = 1; number <= 25; number++) {
      vi.advanceTimersByTime(1);
      drafts.change(`thr_${number}`, () => ({ text: `Draft ${number}` }));
    }
    vi.useRealTimers();
    expect(sessionStorage.length).toBe(20);
    expect([5, 6].map((number) => opened().get(`thr_${number}`).text)).toEqual(['', 'Draft 6']);
  });

  it.each([
    ['nonsense', '{'],
    ['a lane that there is not', JSON.stringify({ viewer: 'Ana', text: 'Hello', writtenFor: 'world' })],
  ])('is not taken from %s', (_, stored) => {
    sessionStorage.setItem('trilogue.draft.thr', stored);
    expect(opened().get('thr').text).toBe('');
  });

  it('is written all the same where the browser keeps nothing, or no more', () => {
    const none = keepDrafts(keptDrafts('Ana', null));
    none.change('thr', () => ({ text: 'Hello' }));
    expect(none.get('thr').text).toBe('Hello');
    const full = { length: 0, key: () => null, getItem: () => null, setItem: () => { throw new Error('full'); }, removeItem: () => undefined, clear: () => undefined };
    const drafts = keepDrafts(keptDrafts('Ana', full));
    drafts.change('thr', () => ({ text: 'Hello' }));
    expect(drafts.get('thr').text).toBe('Hello');
  });
});
