import type { Draft } from './drafts';
import { laneKeys } from './lanes';

/** What outlives the page of a draft: helpdesks take frames away and bring them back. Files do not, they are chosen again. */
type Kept = Pick<Draft, 'text' | 'writtenFor'> & Partial<Pick<Draft, 'idempotencyKey'>>;

export interface KeptDrafts {
  read(threadId: string): Kept | null;
  write(threadId: string, draft: Draft): void;
}

interface Entry extends Kept {
  viewer: string;
  savedAt: number;
}

const prefix = 'trilogue.draft.';
const most = 20;

/**
 * Drafts of one person in the browser's tab, for as long as that tab is open; of anybody else's, nothing is left. Each has an entry
 * of its own, as a helpdesk shows several tickets at once. Where the browser keeps nothing, nothing is kept.
 */
export function keptDrafts(viewer: string, storage: Storage | null = storageOfTab()): KeptDrafts {
  if (storage) for (const { key, entry } of entriesIn(storage)) if (entry?.viewer !== viewer) storage.removeItem(key);
  return {
    read(threadId) {
      const entry = parsed(storage?.getItem(prefix + threadId) ?? null);
      if (!entry || entry.viewer !== viewer) return null;
      const { text, writtenFor, idempotencyKey } = entry;
      return { text, writtenFor, ...(idempotencyKey ? { idempotencyKey } : {}) };
    },
    write(threadId, { text, writtenFor, uploads, idempotencyKey }) {
      if (!storage) return;
      if (!text.trim()) return storage.removeItem(prefix + threadId);
      // Without its files it would be another message under the same key.
      const key = uploads.length ? {} : { idempotencyKey };
      const entry: Entry = { viewer, savedAt: Date.now(), text, writtenFor, ...key };
      try {
        storage.setItem(prefix + threadId, JSON.stringify(entry));
      } catch {
        // It is full: the draft stays where it is written.
      }
      forgetOldest(storage);
    },
  };
}

function forgetOldest(storage: Storage) {
  const entries = entriesIn(storage).sort((one, other) => (one.entry?.savedAt ?? 0) - (other.entry?.savedAt ?? 0));
  for (const { key } of entries.slice(0, Math.max(0, entries.length - most))) storage.removeItem(key);
}

function entriesIn(storage: Storage) {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) => key.startsWith(prefix));
  return keys.map((key) => ({ key, entry: parsed(storage.getItem(key)) }));
}

function parsed(text: string | null): Entry | null {
  try {
    const said = JSON.parse(text ?? 'null') as Partial<Entry> | null;
    const lane = said?.writtenFor ?? null;
    const fits = typeof said?.viewer === 'string' && typeof said.text === 'string' && (lane === null || laneKeys.includes(lane));
    return fits ? (said as Entry) : null;
  } catch {
    return null;
  }
}

/** Browsers may refuse it to a frame inside another site's page. */
function storageOfTab(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
