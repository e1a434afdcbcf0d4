import type { EarlierRows, ResultColumn, ResultEncoding } from '../warehouse/index.ts';

/** Bytes of one result, and of all of a session's, that RESULT_SCAN can read; and how many results. */
const LARGEST = 4 * 1024 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_RESULTS = 100;

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

export function createKeptResults(): KeptResults {
  const kept = new Map<string, EarlierRows & { readonly bytes: number }>();
  let all = 0;
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
          kept.set(queryId, { columns, encoding, rows, bytes });
          all += bytes;
          for (const [oldest, { bytes: freed }] of kept) {
            if (all <= MOST_BYTES && kept.size <= MOST_RESULTS) break;
            kept.delete(oldest);
            all -= freed;
          }
        },
      };
    },
    find: (queryId) => kept.get(queryId) ?? null,
    clear() {
      kept.clear();
      all = 0;
    },
  };
}
