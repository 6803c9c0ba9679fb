import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { KeptDrafts } from './kept';
import type { LaneKey } from './lanes';

/** A file that somebody wants to send: on its way to the server, there, or stuck. */
export interface Upload {
  key: string;
  file: File;
  share: number;
  id: string | null;
  fault: 'OFFLINE' | 'REFUSED' | 'TOO_BIG' | null;
}

/** What somebody is writing, in one thread and for nobody else. */
export interface Draft {
  text: string;
  uploads: readonly Upload[];
  /** Names this very message: sent twice by mistake it is there once. Another text gets another key. */
  idempotencyKey: string;
  /** Who read the thread when the writing began. When that changes, the author is asked before anything is sent. */
  writtenFor: LaneKey | null;
}

export interface Drafts {
  get(threadId: string): Draft;
  change(threadId: string, change: (draft: Draft) => Partial<Draft>): void;
  /** Adds a paragraph at the end, for those who read that lane. */
  append(threadId: string, lane: LaneKey, text: string): void;
  clear(threadId: string): void;
  subscribe(threadId: string, listener: () => void): () => void;
}

const blank = (): Draft => ({ text: '', uploads: [], idempotencyKey: crypto.randomUUID(), writtenFor: null });

/** Drafts by thread. There is no "current" draft that could follow somebody into another lane. What `kept` has is taken up again. */
export function keepDrafts(kept?: KeptDrafts): Drafts {
  const drafts = new Map<string, Draft>();
  const listeners = new Map<string, Set<() => void>>();
  const get = (threadId: string): Draft => {
    const known = drafts.get(threadId) ?? { ...blank(), ...kept?.read(threadId) };
    drafts.set(threadId, known);
    return known;
  };
  const set = (threadId: string, draft: Draft) => {
    drafts.set(threadId, draft);
    kept?.write(threadId, draft);
    listeners.get(threadId)?.forEach((listener) => listener());
  };
  const change: Drafts['change'] = (threadId, how) => {
    const before = get(threadId);
    const after = { ...before, ...how(before) };
    const sameMessage = after.text === before.text && filesOf(after) === filesOf(before);
    set(threadId, sameMessage ? after : { ...after, idempotencyKey: crypto.randomUUID() });
  };
  return {
    get,
    change,
    append: (threadId, lane, text) =>
      change(threadId, ({ text: before, writtenFor }) => ({
        text: before.trim() ? `${before.trimEnd()}\n\n${text}` : text,
        writtenFor: writtenFor ?? lane,
      })),
    clear: (threadId) => set(threadId, blank()),
    subscribe(threadId, listener) {
      const own = listeners.get(threadId) ?? new Set();
      listeners.set(threadId, own.add(listener));
      return () => void own.delete(listener);
    },
  };
}

const filesOf = ({ uploads }: Draft) => uploads.map(({ id, key }) => id ?? key).join();

export const DraftsContext = createContext<Drafts>(keepDrafts());

export function useDraft(threadId: string): [Draft, (change: (draft: Draft) => Partial<Draft>) => void, () => void] {
  const drafts = useContext(DraftsContext);
  const [, render] = useState({});
  useEffect(() => drafts.subscribe(threadId, () => render({})), [drafts, threadId]);
  return [drafts.get(threadId), (change) => drafts.change(threadId, change), () => drafts.clear(threadId)];
}
