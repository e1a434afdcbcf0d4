/** Snowflake's logical types, as it names them in `rowtype` (driver protocol, section 6). */
export type ColumnType =
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

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly length?: number;
  readonly database?: string;
  readonly schema?: string;
  readonly table?: string;
}

/** A value as Snowflake's JSON results write it, in every encoding: Arrow is made of these texts. */
export type Cell = string | null;
export type Row = readonly Cell[];

/** An entry of `rowtype`, with all the keys that drivers look at. */
export function rowtypeOf(column: Column): Record<string, unknown> {
  const { name, type, nullable = true, database = '', schema = '', table = '' } = column;
  const { precision, scale, length } = shapeOf(column);
  return {
    name,
    database,
    schema,
    table,
    nullable,
    type,
    byteLength: length === null ? null : type === 'text' ? Math.min(length * 4, LONGEST_TEXT) : length,
    length,
    precision,
    scale,
    collation: null,
  };
}

/** What Snowflake says of a type that was declared without it. */
export function shapeOf({ type, precision, scale, length }: Column): {
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
} {
  if (type === 'fixed') return { precision: precision ?? 38, scale: scale ?? 0, length: null };
  if (type === 'text') return { precision: null, scale: null, length: length ?? LONGEST_TEXT };
  if (type === 'binary') return { precision: null, scale: null, length: length ?? LONGEST_BINARY };
  if (type === 'time' || type.startsWith('timestamp'))
    return { precision: 0, scale: scale ?? 9, length: null };
  if (type === 'decfloat') return { precision: precision ?? 38, scale: null, length: null };
  return { precision: null, scale: null, length: null };
}

const LONGEST_TEXT = 16_777_216;
const LONGEST_BINARY = 8_388_608;
