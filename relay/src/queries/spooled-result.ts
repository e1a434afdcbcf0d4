import type { Readable } from 'node:stream';
import type { OutcomeColumn, StatementOutcome } from '../gate.ts';
import type { ResultEncoding, RowCounts, SessionParameters, SessionState } from '../warehouse/index.ts';

/** A complete result: the first rows in memory, the rest in chunks that are ready to send or are fetched on request. */
export interface SpooledResult {
  readonly columns: readonly OutcomeColumn[];
  readonly computedOn?: NonNullable<StatementOutcome['computedOn']>;
  readonly statementTypeId: number;
  readonly changed?: RowCounts;
  readonly transfer?: NonNullable<StatementOutcome['transfer']>;
  /** The session's state after the statement, and its parameters that are set. */
  readonly state: SessionState;
  readonly parameters: SessionParameters;
  readonly encoding: ResultEncoding;
  /** Number of rows in the whole result. */
  readonly rowCount: number;
  readonly first: EncodedRows;
  readonly chunks: readonly Chunk[];
  /** The relay's memory and disk that the result uses. Bytes. */
  readonly takes: { readonly memory: number; readonly disk: number };
}

/** Rows in the result's encoding (driver protocol, sections 7 and 8). */
export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

/** Encoded rows in a file of the spool, or in the warehouse that keeps them. */
export interface Chunk {
  readonly rowCount: number;
  /** Bytes. An upper estimate for a chunk that the warehouse keeps. */
  readonly uncompressedSize: number;
  /** Bytes. Approximate for a chunk that the warehouse keeps. */
  readonly compressedSize: number;
  /**
   * May be called repeatedly and concurrently. Rejects with `result_unavailable` once the result is no longer kept. A
   * chunk that must be fetched also rejects as the gate's kept chunks do.
   *
   * @param signal aborts when the caller no longer waits.
   */
  open(signal?: AbortSignal): Promise<OpenChunk>;
  /** Deletes the relay's copy, if any. */
  drop(): Promise<void>;
}

/** A chunk's rows, compressed with gzip. */
export interface OpenChunk {
  /** Exact size in bytes. */
  readonly size: number;
  /** The caller must read it to the end or destroy it. */
  readonly stream: Readable;
}
