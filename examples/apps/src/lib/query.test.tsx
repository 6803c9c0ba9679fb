import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TypedDocumentString } from '../gql/graphql';
import { Around, fakeApi } from '../testing';
import { Failure } from './failure';
import { FeedContext, useAction, useQuery } from './query';

const Words = new TypedDocumentString<{ words: string }, { id: string }>('query Words { words }', { hash: '' });
const Change = new TypedDocumentString<{ change: { userErrors: { code: string; message: string }[] } }, object>('mutation Change { change }', { hash: '' });

function feed() {
  const listeners = new Set<() => void>();
  return {
    onChange: (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener)),
    changed: vi.fn(() => listeners.forEach((listener) => listener())),
    listeners,
  };
}

function Shows({ id }: { id: string }) {
  const { data, failure, loading } = useQuery(Words, { id });
  return <p>{[data?.words ?? 'nothing', failure?.kind, loading && 'loading'].filter(Boolean).join(' ')}</p>;
}
function Changes() {
  const { act: change, failure } = useAction(Change);
  return <button onClick={() => void change({})}>{failure ? failure.kind : 'change'}</button>;
}

afterEach(cleanup);

describe('a query', () => {
  it('drops the answer about what is not asked any more', async () => {
    const answers: Record<string, (value: unknown) => void> = {};
    const { api } = fakeApi({ Words: ({ id }) => new Promise((resolve) => (answers[String(id)] = resolve)) });
    const { rerender } = render(<Around api={api}><Shows id="one" /></Around>);
    rerender(<Around api={api}><Shows id="two" /></Around>);
    await waitFor(() => expect(answers['two']).toBeTruthy());
    await act(async () => answers['two']?.({ words: 'second' }));
    await act(async () => answers['one']?.({ words: 'first' }));
    expect(screen.getByText('second')).toBeTruthy();
  });

  it('is not asked for what is known, until the case changes', async () => {
    const server = fakeApi({ Words: () => ({ words: 'newer' }) });
    const around = feed();
    const known = { words: 'known' };
    const ShowsKnown = () => <p>{useQuery(Words, { id: 'one' }, known).data?.words}</p>;
    render(<Around api={server.api}><FeedContext.Provider value={around}><ShowsKnown /></FeedContext.Provider></Around>);
    expect(screen.getByText('known')).toBeTruthy();
    expect(server.calls('Words')).toEqual([]);
    await act(async () => around.changed());
    expect(screen.getByText('newer')).toBeTruthy();
  });

  it('is asked again when the case changes, and keeps what it knows when that fails', async () => {
    let fails = false;
    const { api } = fakeApi({
      Words: () => {
        if (fails) throw new Failure('OFFLINE', 'away');
        return { words: 'known' };
      },
    });
    const changing = feed();
    render(<Around api={api}><FeedContext.Provider value={changing}><Shows id="one" /></FeedContext.Provider></Around>);
    await screen.findByText('known');
    fails = true;
    act(() => changing.changed());
    await screen.findByText('known OFFLINE');
    fails = false;
    act(() => changing.changed());
    await screen.findByText('known');
  });

  it('leaves the feed with its component', () => {
    const { api } = fakeApi({ Words: () => ({ words: 'known' }) });
    const changing = feed();
    const { unmount } = render(<Around api={api}><FeedContext.Provider value={changing}><Shows id="one" /></FeedContext.Provider></Around>);
    expect(changing.listeners.size).toBe(1);
    act(() => void unmount());
    expect(changing.listeners.size).toBe(0);
  });
});

describe('an action', () => {
  it('has the case asked again when it was done, and not when it was refused', async () => {
    let userErrors: { code: string; message: string }[] = [{ code: 'WRONG_REVISION', message: 'Changed.' }];
    const { api } = fakeApi({ Change: () => ({ change: { userErrors } }) });
    const changing = feed();
    render(<Around api={api}><FeedContext.Provider value={changing}><Changes /></FeedContext.Provider></Around>);
    fireEvent.click(screen.getByText('change'));
    fireEvent.click(await screen.findByText('REFUSED'));
    expect(changing.changed).not.toHaveBeenCalled();
    userErrors = [];
    fireEvent.click(screen.getByText(/./));
    await waitFor(() => expect(changing.changed).toHaveBeenCalledOnce());
  });
});
