import type { Run } from './run.ts';

/** What was run in this window, newest first. Texts and outcomes, and no values; gone with the window. */
export interface History {
  add(entry: HistoryEntry): void;
  entries(): readonly HistoryEntry[];
  find(id: string): HistoryEntry | null;
  clear(): void;
  onChange(listener: () => void): () => void;
}

export interface HistoryEntry {
  readonly id: string;
  /** The account that it was run with. */
  readonly account: string;
  readonly run: Run;
}

const MOST_ENTRIES = 100;

export function createHistory(): History {
  let entries: readonly HistoryEntry[] = [];
  const listeners = new Set<() => void>();
  const become = (next: readonly HistoryEntry[]) => {
    const kept = new Set(next);
    for (const dropped of entries) if (!kept.has(dropped)) dropped.run.leave();
    entries = next;
    for (const listener of listeners) listener();
  };
  return {
    add(entry) {
      become([entry, ...entries].slice(0, MOST_ENTRIES));
      entry.run.onChange(() => {
        if (entry.run.endedAt() !== null) for (const listener of listeners) listener();
      });
    },
    entries: () => entries,
    find: (id) => entries.find((entry) => entry.id === id) ?? null,
    // What has not ended is not forgotten: it could no longer be cancelled.
    clear: () => become(entries.filter(({ run }) => run.endedAt() === null)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
