import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaseHeadFragment } from '../../gql/graphql';
import { Failure } from '../../lib/failure';
import { Around, fakeApi } from '../../testing';
import { Composer } from './Composer';
import { DraftsContext, keepDrafts, type Drafts } from './drafts';
import type { LaneKey } from './lanes';

const about = {
  id: 'cas_1',
  seller: { id: 'sel_1', name: 'Nordic Home' },
  buyer: { id: 'buy_1', displayName: 'Léa Martin' },
} as CaseHeadFragment;

let drafts: Drafts;
let posting: (variables: Record<string, unknown>) => unknown;
let server: ReturnType<typeof fakeApi>;
const posted = vi.fn();

beforeEach(() => {
  drafts = keepDrafts();
  posted.mockReset();
  posting = () => ({ messagePost: { message: { id: 'msg_1' }, userErrors: [] } });
  server = fakeApi({
    PostMessage: (variables) => posting(variables),
    SayTyping: () => ({ threadTyping: { userErrors: [] } }),
  });
});
afterEach(cleanup);

const composer = (lane: LaneKey, threadId: string) => (
  <Around api={server.api}>
    <DraftsContext.Provider value={drafts}>
      <Composer key={threadId} about={about} lane={lane} threadId={threadId} onPosted={posted} />
    </DraftsContext.Provider>
  </Around>
);
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox');
const write = (text: string) => fireEvent.input(field(), { target: { value: text } });
const inputs = () => server.calls('PostMessage').map(({ input }) => input as unknown as { threadId: string; text: string; idempotencyKey: string });

describe('a draft', () => {
  it('stays in its lane: another lane has another, also an empty one', () => {
    const { rerender } = render(composer('seller', 'thr_s'));
    write('Between us: is this parcel insured?');
    rerender(composer('buyer', 'thr_b'));
    expect(field().value).toBe('');
    expect(screen.getByText('Send to Léa Martin only')).toBeTruthy();
    write('Dear Léa');
    rerender(composer('seller', 'thr_s'));
    expect(field().value).toBe('Between us: is this parcel insured?');
    expect(inputs()).toEqual([]);
  });

  it('goes to its own thread, and is empty afterwards', async () => {
    render(composer('seller', 'thr_s'));
    write('Hello');
    fireEvent.keyDown(field(), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(field().value).toBe(''));
    expect(inputs()).toMatchObject([{ threadId: 'thr_s', text: 'Hello' }]);
    expect(posted).toHaveBeenCalledWith({ id: 'msg_1' });
  });

  it('is sent once, however often somebody presses', async () => {
    render(composer('seller', 'thr_s'));
    write('Hello');
    for (let times = 0; times < 3; times++) fireEvent.keyDown(field(), { key: 'Enter', metaKey: true });
    await waitFor(() => expect(posted).toHaveBeenCalled());
    expect(inputs()).toHaveLength(1);
  });

  it('stays after a failure, and the second try is the same message', async () => {
    posting = () => {
      throw new Failure('OFFLINE', 'away');
    };
    render(composer('everyone', 'thr_e'));
    write('Hello both');
    fireEvent.click(screen.getByText('Send to everyone'));
    await screen.findByText(/your text is still here/);
    expect(field().value).toBe('Hello both');
    posting = () => ({ messagePost: { message: { id: 'msg_2' }, userErrors: [] } });
    fireEvent.click(screen.getByText('Send to everyone'));
    await waitFor(() => expect(posted).toHaveBeenCalled());
    const [one, other] = inputs();
    expect(one?.idempotencyKey).toBe(other?.idempotencyKey);
  });

  it('that is changed after a failure is another message', async () => {
    posting = () => ({ messagePost: { message: null, userErrors: [{ code: 'LENGTH', message: 'Too long.', field: null }] } });
    render(composer('everyone', 'thr_e'));
    write('Hello');
    fireEvent.click(screen.getByText('Send to everyone'));
    await screen.findByText(/empty or too long/);
    write('Hello again');
    fireEvent.click(screen.getByText('Send to everyone'));
    await waitFor(() => expect(inputs()).toHaveLength(2));
    const [one, other] = inputs();
    expect(one?.idempotencyKey).not.toBe(other?.idempotencyKey);
  });

  it('is not sent to people who came in while it was written, unless the author says so', async () => {
    const { rerender } = render(composer('buyer', 'thr_b'));
    write('Only for you');
    rerender(composer('everyone', 'thr_b'));
    fireEvent.click(screen.getByText('Send to everyone'));
    await screen.findByText(/other people read this conversation/);
    expect(inputs()).toEqual([]);
    fireEvent.click(screen.getByText(/let me send/));
    fireEvent.click(screen.getByText('Send to everyone'));
    await waitFor(() => expect(inputs()).toHaveLength(1));
  });

  it('waits for its files', async () => {
    render(composer('everyone', 'thr_e'));
    write('With a picture');
    drafts.change('thr_e', () => ({ uploads: [{ key: 'k', file: new File(['x'], 'x.png'), share: 0.5, id: null, fault: null }] }));
    await waitFor(() => expect(screen.getByText<HTMLButtonElement>('Send to everyone').disabled).toBe(true));
    fireEvent.keyDown(field(), { key: 'Enter', ctrlKey: true });
    expect(inputs()).toEqual([]);
  });
});

describe('before it is sent', () => {
  it('doubts a greeting to somebody who never reads this lane', () => {
    const { rerender } = render(composer('seller', 'thr_s'));
    write('Bonjour Lea, voici l’étiquette');
    expect(screen.getByText(/You greet Léa Martin/)).toBeTruthy();
    rerender(composer('buyer', 'thr_b'));
    write('Bonjour Léa, voici l’étiquette');
    expect(screen.queryByText(/You greet/)).toBeNull();
  });
});
