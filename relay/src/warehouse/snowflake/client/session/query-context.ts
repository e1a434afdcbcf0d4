import { isRawJSON, rawJSON } from '../answers/raw-json.ts';

/**
 * What the account wants to be told back with the next statement: which versions of hybrid tables and the like the session
 * has seen (driver protocol, section 4). Kept as drivers keep it: an entry for each id, newest timestamp first served, as
 * many as the account says, by priority.
 */
export interface QueryContext {
  /** Takes what an answer says. None, or an unknown form, is nothing to remember. */
  take(queryContext: unknown): void;
  limitTo(entries: number): void;
  /** For the next request. */
  toSend(): { readonly entries: readonly object[] };
}

interface Entry {
  /** As written: longer than a JavaScript number, perhaps. */
  readonly id: string;
  readonly timestamp: bigint;
  readonly priority: bigint;
  readonly context: string | null;
}

const MOST_BYTES = 256 * 1024;

export function createQueryContext(): QueryContext {
  let most = 5;
  let entries: readonly Entry[] = [];
  const keep = (kept: readonly Entry[]) => {
    entries = kept.toSorted((a, b) => compare(a.priority, b.priority)).slice(0, most);
  };
  return {
    take(queryContext) {
      if (queryContext === undefined) return;
      const read = entriesIn(queryContext);
      if (read.length === 0) {
        entries = [];
        return;
      }
      let kept = entries;
      for (const entry of read) {
        const before = kept.find(({ id }) => id === entry.id);
        if (before !== undefined && before.timestamp > entry.timestamp) continue;
        // One place for each priority, too: the newer entry has it.
        kept = [...kept.filter(({ id, priority }) => id !== entry.id && priority !== entry.priority), entry];
      }
      keep(kept);
    },
    limitTo(size) {
      most = Math.max(0, Math.min(size, 100));
      keep(entries);
    },
    toSend: () => ({
      entries: entries.map(({ id, timestamp, priority, context }) => ({
        id: rawJSON(id),
        timestamp: rawJSON(String(timestamp)),
        priority: rawJSON(String(priority)),
        context: context === null ? {} : { base64Data: context },
      })),
    }),
  };
}

function entriesIn(queryContext: unknown): readonly Entry[] {
  const { entries } = (queryContext ?? {}) as { entries?: unknown };
  if (!Array.isArray(entries)) return [];
  return entries.slice(0, 100).flatMap((each: unknown) => entryIn(each) ?? []);
}

function entryIn(each: unknown): Entry | null {
  if (typeof each !== 'object' || each === null) return null;
  const { id, timestamp, priority, context } = each as Record<string, unknown>;
  const [idText, timestampText, priorityText] = [id, timestamp, priority].map(wholeNumber);
  if (idText == null || timestampText == null || priorityText == null) return null;
  // Answers have the text itself; some put it as requests do.
  const text =
    typeof context === 'object' && context !== null
      ? (context as { base64Data?: unknown }).base64Data
      : context;
  if (typeof text === 'string' && text.length > MOST_BYTES) return null;
  return {
    id: idText,
    timestamp: BigInt(timestampText),
    priority: BigInt(priorityText),
    context: typeof text === 'string' ? text : null,
  };
}

/** As written: `JSON.rawJSON` where it is longer than a JavaScript number. */
function wholeNumber(value: unknown): string | null {
  const text = isRawJSON(value) ? JSON.stringify(value) : String(value);
  return (typeof value === 'number' || isRawJSON(value)) && /^-?\d{1,40}$/.test(text) ? text : null;
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
