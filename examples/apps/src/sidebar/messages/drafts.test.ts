import { describe, expect, it } from 'vitest';
import { keepDrafts, type Upload } from './drafts';

const upload = (share: number, id: string | null): Upload => ({ key: 'k', file: new File(['x'], 'x.png'), share, id, fault: null });

describe('a draft', () => {
  it('is the same message as long as its words and files are', () => {
    const drafts = keepDrafts();
    drafts.change('thr', () => ({ text: 'Hello', uploads: [upload(0, null)] }));
    const { idempotencyKey } = drafts.get('thr');
    drafts.change('thr', () => ({ uploads: [upload(0.5, null)], writtenFor: 'buyer' }));
    expect(drafts.get('thr').idempotencyKey).toBe(idempotencyKey);
    drafts.change('thr', () => ({ uploads: [upload(1, 'att_1')] }));
    expect(drafts.get('thr').idempotencyKey).not.toBe(idempotencyKey);
  });

  it('is another one after it was sent, with the same words too', () => {
    const drafts = keepDrafts();
    drafts.change('thr', () => ({ text: 'Thanks' }));
    const { idempotencyKey } = drafts.get('thr');
    drafts.clear('thr');
    drafts.change('thr', () => ({ text: 'Thanks' }));
    expect(drafts.get('thr').idempotencyKey).not.toBe(idempotencyKey);
  });

  it('takes a paragraph more without losing what is there', () => {
    const drafts = keepDrafts();
    drafts.append('thr', 'buyer', 'One');
    drafts.append('thr', 'everyone', 'Two');
    expect(drafts.get('thr')).toMatchObject({ text: 'One\n\nTwo', writtenFor: 'buyer' });
    expect(drafts.get('other').text).toBe('');
  });
});
