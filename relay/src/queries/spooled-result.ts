import type { OutcomeColumn, StatementOutcome } from '../gate.ts';
import type { RowCounts, SessionState } from '../warehouse/index.ts';

/** A result at rest: the first rows in memory, the rest in files, each ready to be sent as it is. */
export interface SpooledResult {
  readonly columns: readonly OutcomeColumn[];
  readonly computedOn?: NonNullable<StatementOutcome['computedOn']>;
  readonly statementTypeId: number;
  readonly changed?: RowCounts;
  /** The session's state after the statement. */
  readonly state: SessionState;
  /** Rows of the whole result. */
  readonly rowCount: number;
  readonly first: RowsText;
  readonly chunks: readonly Chunk[];
}

/** Rows as JSON arrays joined by commas, without outer brackets (driver protocol, section 7). */
export interface RowsText {
  readonly text: string;
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
