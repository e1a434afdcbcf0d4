import type { Readable } from 'node:stream';
import type { OutcomeColumn, StatementOutcome } from '../gate.ts';
import type { ResultEncoding, RowCounts, SessionState } from '../warehouse/index.ts';

/** A result at rest: the first rows in memory, the rest in chunks, each ready to be sent, or to be fetched for it. */
export interface SpooledResult {
  readonly columns: readonly OutcomeColumn[];
  readonly computedOn?: NonNullable<StatementOutcome['computedOn']>;
  readonly statementTypeId: number;
  readonly changed?: RowCounts;
  /** The session's state after the statement. */
  readonly state: SessionState;
  readonly encoding: ResultEncoding;
  /** Rows of the whole result. */
  readonly rowCount: number;
  readonly first: EncodedRows;
  readonly chunks: readonly Chunk[];
  /** What it takes of the relay's memory and disk. Bytes. */
  readonly takes: { readonly memory: number; readonly disk: number };
}

/** Rows in the result's encoding (driver protocol, sections 7 and 8). */
export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

/** Such rows, in a file of the spool, or where their warehouse keeps them. */
export interface Chunk {
  readonly rowCount: number;
  /** Bytes; of what is not opened yet, rather more than it will have. */
  readonly uncompressedSize: number;
  /** Bytes, about: what is not opened yet may have another number. */
  readonly compressedSize: number;
  /**
   * May be called again, at any time and at the same time, and rejects with `result_unavailable` once the result is no
   * longer kept. What has to be fetched also rejects as the gate's kept chunks do. `signal`: nobody waits any more.
   */
  open(signal?: AbortSignal): Promise<OpenChunk>;
  /** Deletes what the relay has of it. */
  drop(): Promise<void>;
}

/** A chunk's rows, compressed with gzip. */
export interface OpenChunk {
  /** Bytes, exactly. */
  readonly size: number;
  /** To be read, or destroyed. */
  readonly stream: Readable;
}
