import { LRUCache } from 'lru-cache';
import type { EarlierRows, ResultColumn, ResultEncoding } from '../warehouse/index.ts';

/** Bytes of one result, and of all of a session's, that RESULT_SCAN can read; and how many results. */
const LARGEST = 4 * 1024 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_RESULTS = 100;
/** Bytes of all sessions' together: a program that opens many of them fills no relay. */
const MOST_OF_ALL = 256 * 1024 * 1024;

/** What a session's client has been given lately, as it was given: for RESULT_SCAN of it, in the same session alone. */
export interface KeptResults {
  /** Begins a result; what is added to it is kept when it is whole. */
  begin(queryId: string, columns: readonly ResultColumn[], encoding: ResultEncoding): KeptResult;
  find(this: void, queryId: string): EarlierRows | null;
  clear(): void;
}

export interface KeptResult {
  add(bytes: Uint8Array): void;
  /** The client has been given all of it. */
  complete(): void;
}

/** Makes what each session keeps; of all of them together, what was kept or read longest ago goes first. */
export function createKeptResults(mostOfAll = MOST_OF_ALL): () => KeptResults {
  const all = new LRUCache<Kept, () => void>({
    maxSize: mostOfAll,
    sizeCalculation: (_, kept) => sizeOf(kept),
    disposeAfter: (forget) => forget(),
  });
  return () => {
    const own = new LRUCache<string, Kept>({
      max: MOST_RESULTS,
      maxSize: MOST_BYTES,
      sizeCalculation: sizeOf,
      disposeAfter: (kept) => void all.delete(kept),
    });
    return {
      begin(queryId, columns, encoding) {
        let rows: Uint8Array[] = [];
        let bytes = 0;
        return {
          add(chunk) {
            bytes += chunk.byteLength;
            if (bytes <= LARGEST) rows.push(chunk);
            else rows = [];
          },
          complete() {
            if (bytes > LARGEST) return;
            const kept: Kept = { columns, encoding, rows, bytes };
            own.set(queryId, kept);
            all.set(kept, () => {
              if (own.peek(queryId) === kept) own.delete(queryId);
            });
          },
        };
      },
      find(queryId) {
        const kept = own.get(queryId);
        if (kept !== undefined) all.get(kept);
        return kept ?? null;
      },
      clear: () => own.clear(),
    };
  };
}

interface Kept extends EarlierRows {
  readonly bytes: number;
}

/** A result without rows takes a little, too. */
function sizeOf({ bytes }: Kept): number {
  return bytes + 1_024;
}
