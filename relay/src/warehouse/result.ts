/**
 * A statement's result on its way to the client. Cells travel as the text that Snowflake's JSON result
 * format gives them (driver protocol, section 6), so that a column that is not masked passes untouched.
 */
export type Cell = string | null;

/** Snowflake's logical types as drivers name them, lower-case (driver protocol, section 6). */
export type LogicalType =
  | 'fixed'
  | 'real'
  | 'decfloat'
  | 'text'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp_ntz'
  | 'timestamp_ltz'
  | 'timestamp_tz'
  | 'binary'
  | 'variant'
  | 'object'
  | 'array';

export interface ResultColumn {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
  /** Decimal digits, for `fixed`. */
  readonly precision: number | null;
  /** Digits after the point for `fixed`; of fractional seconds for times and timestamps. */
  readonly scale: number | null;
  /** Characters, for `text`; bytes, for `binary`. */
  readonly length: number | null;
}

/** Some rows, row-major, each as long as the result's columns. */
export interface ResultBatch {
  readonly rows: readonly (readonly Cell[])[];
}

export interface StatementResult {
  readonly columns: readonly ResultColumn[];
  /** May be consumed once. Throws SluiceError `statement_failed` or `warehouse_unavailable` midway. */
  readonly batches: AsyncIterable<ResultBatch>;
  /** Frees the session of a result that nobody will read; absent where nothing waits for that. */
  readonly close?: () => void;
  /** Driver protocol, section 10.3. */
  readonly statementTypeId: number;
  /** Rows inserted, updated and deleted, when the statement changed any. */
  readonly changed?: RowCounts;
}

export interface RowCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}
