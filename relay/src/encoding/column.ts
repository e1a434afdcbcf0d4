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

/** A column as its warehouse describes it, which is all that its encoding is chosen by where it is masked. */
export interface ColumnShape {
  readonly name: string;
  readonly type: LogicalType;
  /** Decimal digits, for `fixed`. */
  readonly precision: number | null;
  /** Digits after the point for `fixed`; of fractional seconds for times and timestamps. */
  readonly scale: number | null;
  /** Characters, for `text`; bytes, for `binary`. */
  readonly length: number | null;
  /** Of which types the values in a document are, where its warehouse says so to clients that know such types. */
  readonly structure?: ColumnStructure;
}

/** Of an object its fields, of an array its elements, of a map its keys and its values; only fields have names. */
export interface ColumnStructure {
  readonly of: 'object' | 'array' | 'map';
  readonly fields: readonly StructureField[];
}

export interface StructureField extends ColumnShape {
  readonly nullable: boolean;
}
