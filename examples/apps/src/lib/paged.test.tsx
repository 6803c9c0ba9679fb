import { act, renderHook, waitFor } from '@testing-library/preact';
import { describe, expect, it, vi } from 'vitest';
import { merge, usePaged, type Cut, type Page } from './paged';

interface Item {
  id: string;
  words?: string;
}
const items = (from: number, to: number): Item[] => Array.from({ length: to - from + 1 }, (_, index) => ({ id: String(from + index) }));
const ids = (list: readonly Item[]) => list.map(({ id }) => Number(id));

/** A list of so many, cut as the server cuts. */
function server(size: number, most = 100) {
  const all = items(1, size);
  const load = vi.fn(async (cut: Cut): Promise<Page<Item>> => {
    if ('after' in cut) {
      const rest = all.slice(all.findIndex(({ id }) => id === cut.after) + 1);
      const nodes = rest.slice(0, Math.min(cut.first, most));
      return { nodes, pageInfo: { hasPreviousPage: true, hasNextPage: nodes.length < rest.length } };
    }
    const until = cut.before ? all.findIndex(({ id }) => id === cut.before) : all.length;
    const nodes = all.slice(Math.max(0, until - cut.last), until);
    return { nodes, pageInfo: { hasPreviousPage: until > cut.last, hasNextPage: false } };
  });
  return { all, load };
}

describe('a long list', () => {
  it('shows its end and grows backwards without a gap', async () => {
    const { load } = server(250);
    const { result } = renderHook(() => usePaged(load, 30));
    await waitFor(() => expect(ids(result.current.items)).toEqual(ids(items(221, 250))));
    while (result.current.hasEarlier) await act(() => result.current.earlier());
    expect(ids(result.current.items)).toEqual(ids(items(1, 250)));
  });

  it('gets earlier items also when it is asked while it gets newer ones, and once however often', async () => {
    const { load } = server(100);
    const { result } = renderHook(() => usePaged(load, 30));
    await waitFor(() => expect(result.current.items).toHaveLength(30));
    await act(async () => {
      const newer = result.current.newer();
      await Promise.all([newer, result.current.earlier(), result.current.earlier()]);
    });
    expect(ids(result.current.items)).toEqual(ids(items(41, 100)));
  });

  it('gets all that came while nobody listened, page by page', async () => {
    const { all, load } = server(40, 5);
    const { result } = renderHook(() => usePaged(load, 30));
    await waitFor(() => expect(result.current.items).toHaveLength(30));
    all.push(...items(41, 57));
    await act(() => result.current.newer());
    expect(ids(result.current.items)).toEqual(ids(items(11, 57)));
  });

  it('leaves no gap before an item that came alone, and puts what was missing in its place', async () => {
    const { all, load } = server(3);
    const { result } = renderHook(() => usePaged(load, 30));
    await waitFor(() => expect(result.current.items).toHaveLength(3));
    all.push(...items(4, 7));
    act(() => result.current.put({ id: '7' }));
    await act(() => result.current.newer());
    expect(ids(result.current.items)).toEqual(ids(items(1, 7)));
  });

  it('keeps an item once, in its latest version, in its old place', async () => {
    const { load } = server(3);
    const { result } = renderHook(() => usePaged(load, 30));
    await waitFor(() => expect(result.current.items).toHaveLength(3));
    act(() => {
      result.current.put({ id: '4' });
      result.current.put({ id: '4' });
      result.current.replace({ id: '2', words: 'redacted' });
      result.current.replace({ id: 'earlier than what is shown' });
    });
    expect(result.current.items).toEqual([{ id: '1' }, { id: '2', words: 'redacted' }, { id: '3' }, { id: '4' }]);
  });

  it('puts what comes before its first answer behind it', async () => {
    const { all, load } = server(3);
    const { result } = renderHook(() => usePaged(load, 30));
    act(() => result.current.put({ id: '4' }));
    await waitFor(() => expect(ids(result.current.items)).toEqual([1, 2, 3, 4]));
    expect(all).toHaveLength(3);
  });

  it('drops the answers about a list that is not shown any more', async () => {
    let answer: (page: Page<Item>) => void = () => undefined;
    const slow = (_: Cut) => new Promise<Page<Item>>((resolve) => (answer = resolve));
    const { load } = server(2);
    const { result, rerender } = renderHook(({ from }: { from: (cut: Cut) => Promise<Page<Item>> }) => usePaged(from, 30), { initialProps: { from: slow } });
    rerender({ from: load });
    await waitFor(() => expect(ids(result.current.items)).toEqual([1, 2]));
    await act(async () => answer({ nodes: [{ id: '99' }], pageInfo: { hasPreviousPage: false, hasNextPage: false } }));
    expect(ids(result.current.items)).toEqual([1, 2]);
  });
});

it('merges by id', () => {
  expect(merge([{ id: 'a' }, { id: 'b' }], [{ id: 'b' }, { id: 'c' }])).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
});
