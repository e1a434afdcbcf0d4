import type { OutcomeColumn, StatementOutcome } from '../gate.ts';
import type { ResultEncoding, RowCounts, SessionState } from '../warehouse/index.ts';

/** A result at rest: the first rows in memory, the rest in files, each ready to be sent as it is. */
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
}

/** Rows in the result's encoding (driver protocol, sections 7 and 8). */
export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

/** A gzip file of such rows. */
export interface Chunk {
  readonly path: string;
  readonly rowCount: number;
  /** Bytes. */
  readonly uncompressedSize: number;
  readonly compressedSize: number;
}
