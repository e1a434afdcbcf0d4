import { firstRows } from '../encoding/index.ts';
import type { IdentityId } from '../identity/index.ts';
import type { SealedPayload } from '../recording/index.ts';
import type { ResultEncoding } from '../warehouse/index.ts';
import type { GateParts } from './parts.ts';
import type { MaskedChunk } from './statement-request.ts';

type KeepingParts = Pick<GateParts, 'recorder' | 'recordingLimits' | 'limits'>;

/** What is kept of some rows. */
export interface KeptRows {
  /** Not kept yet: they wait for the event that they belong to, which they share a commit with. */
  readonly waiting: readonly SealedPayload[];
  /** The addresses of all, in order. */
  readonly payloads: string[];
  readonly recordedRows: number;
}

/** Keeps rows of one result, some and then some more. */
export interface RowKeeper {
  /** @throws `record_allowance_used`, `record_unavailable`. */
  add(chunk: MaskedChunk): Promise<void>;
  /** Whether it keeps nothing more. */
  isFull(): boolean;
  /** What came of `add` since the last time. */
  taken(): KeptRows;
}

/** Bytes of each result that are kept whatever is left of the allowance: what was changed is always said. */
const ALWAYS_KEPT = 64 * 1024;

/** Bytes of a payload that are enough, however few rows they are: hashing and sealing it takes time. */
const FULL = 1024 * 1024;

/** Bytes of sealed payloads that are kept in one transaction: others wait for it. */
const TOGETHER = 4 * 1024 * 1024;

/**
 * Keeps rows as the very bytes that are passed on, until the recording has had its fill; of Arrow, whole chunks. Throws
 * `record_allowance_used` when they would be more than its owner may still have recorded: what is not on the
 * record is not passed on.
 */
export function createRowKeeper(
  { recorder, recordingLimits: limits, limits: allowance }: KeepingParts,
  identity: IdentityId,
  encoding: ResultEncoding,
): RowKeeper {
  let bytesKept = 0;
  let rowsKept = 0;
  let taken: { payloads: string[]; rows: number } = { payloads: [], rows: 0 };
  /** They wait for their event, unless they are too much to keep in memory. */
  let waiting: SealedPayload[] = [];
  let waitingBytes = 0;
  const keep = async (bytes: Uint8Array) => {
    const payload = await recorder.seal(bytes);
    taken.payloads.push(payload.address);
    waiting.push(payload);
    waitingBytes += payload.sealed.byteLength;
    if (waitingBytes < TOGETHER) return;
    const full = waiting;
    waiting = [];
    waitingBytes = 0;
    await recorder.transaction(async (tx) => {
      for (const one of full) await tx.keep(one);
    });
  };
  return {
    async add(chunk) {
      for (let rest = chunk; rest.rowCount > 0 && rowsKept < limits.rowsKept;) {
        const rows = Math.min(limits.rowsPerPayload, limits.rowsKept - rowsKept);
        // What is kept whatever is left is a payload of its own: the next one is not begun when nothing is left.
        const most = bytesKept < ALWAYS_KEPT ? ALWAYS_KEPT : FULL;
        const kept = encoding === 'json' ? firstRows(rest.bytes, { rows, bytes: most }) : rest;
        const { byteLength } = kept.bytes;
        bytesKept += byteLength;
        if (bytesKept <= ALWAYS_KEPT) allowance.recordAnyway(identity, byteLength);
        else allowance.record(identity, byteLength);
        await keep(kept.bytes);
        rowsKept += kept.rowCount;
        taken.rows += kept.rowCount;
        // Behind the comma.
        rest = { rowCount: rest.rowCount - kept.rowCount, bytes: rest.bytes.subarray(byteLength + 1) };
      }
    },
    isFull: () => rowsKept >= limits.rowsKept,
    taken() {
      const kept = { waiting, payloads: taken.payloads, recordedRows: taken.rows };
      taken = { payloads: [], rows: 0 };
      waiting = [];
      waitingBytes = 0;
      return kept;
    },
  };
}
