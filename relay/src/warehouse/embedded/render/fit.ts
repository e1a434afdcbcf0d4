import { isDeepStrictEqual } from 'node:util';
import { unsupported } from '../errors.ts';
import {
  familyOf,
  LONGEST_BINARY,
  LONGEST_TEXT,
  type SnowflakeType,
  type Structure,
  TEXT,
  typeOfName,
} from '../types/snowflake-type.ts';
import { spelled, withOffset } from './casts.ts';
import { atInstant, localOf, packed, writtenIn } from './offsets.ts';
import { once } from './once.ts';
import type { Rendering } from './rendering.ts';
import { asStructured } from './structured.ts';
import { timeAsText } from './time-text.ts';

/** What DuckDB is made to say of a text or bytes longer than their column; errors.ts knows it. */
const TOO_LONG = 'String too long for its column';

/** A value on its way into a column, as Snowflake converts it where DuckDB would do otherwise; too long a one fails. */
export function fitted(rendering: Rendering, given: string, type: SnowflakeType, columnType: string): string {
  const column = typeOfName(columnType);
  if ('structure' in column && column.structure !== undefined)
    return ofStructure(rendering, given, type, column, column.structure);
  if (isDocument(type) && !isDocument(column) && column.kind !== 'unknown')
    return fitted(rendering, scalarOf(rendering, given), TEXT, columnType);
  if (type.kind === 'timestamp_tz' && column.kind === 'timestamp_tz') return given;
  const value = type.kind === 'timestamp_tz' ? unpacked(rendering, given, column.kind) : given;
  switch (column.kind) {
    case 'text': {
      const text = isSpelled(type) ? spelled(rendering, value, type) : value;
      return noLonger(rendering, text, column.length < LONGEST_TEXT ? column.length : null, 'text');
    }
    case 'binary': {
      const bytes = type.kind === 'binary' || value === 'NULL' ? value : bytesOf(rendering, value, type);
      return noLonger(rendering, bytes, column.length < LONGEST_BINARY ? column.length : null, 'binary');
    }
    case 'timestamp_ltz':
      return type.kind === 'text' ? `CAST(${withOffset(value)} AS TIMESTAMPTZ)` : value;
    case 'timestamp_tz':
      return withItsOffset(rendering, value, type);
    case 'variant':
      return type.kind === 'text' ? `to_json(${value})` : value;
    default:
      return value;
  }
}

/** A document on its way into a column that says of which types its values are. */
function ofStructure(
  rendering: Rendering,
  given: string,
  type: SnowflakeType,
  column: SnowflakeType,
  structure: Structure,
): string {
  if (given === 'NULL' || type.kind === 'null' || isDeepStrictEqual(type, column)) return given;
  if (type.kind === 'unknown') return asStructured(rendering, `CAST(${given} AS JSON)`, structure);
  if (!isDocument(type)) throw unsupported('such a value in a column of a structured type');
  return asStructured(rendering, given, structure);
}

/** Of these DuckDB would make other texts. */
function isSpelled({ kind }: SnowflakeType): boolean {
  return ['real', 'binary', 'date', 'time', 'timestamp_ltz', 'timestamp_ntz'].includes(kind);
}

function isDocument({ kind }: SnowflakeType): boolean {
  return kind === 'variant' || kind === 'object' || kind === 'array';
}

/** What a document is as a text: the text of one that is a text, and no value where it is null. */
function scalarOf(rendering: Rendering, value: string): string {
  return once(
    rendering,
    [value],
    (x) =>
      `CASE json_type(${x}) WHEN 'VARCHAR' THEN json_extract_string(${x}, '$') WHEN 'NULL' THEN NULL ELSE CAST(${x} AS VARCHAR) END`,
  );
}

/** With the offset that it is written with, or that of the session's zone. What it is may be known only when it runs: of a bind. */
function withItsOffset(rendering: Rendering, value: string, type: SnowflakeType): string {
  if (value === 'NULL') return value;
  const family = familyOf(type);
  return once(rendering, [family === 'unknown' ? `CAST(${value} AS VARCHAR)` : value], (x) => {
    const isText = family === 'text' || family === 'unknown';
    const instant = isText ? `CAST(${withOffset(x)} AS TIMESTAMPTZ)` : `CAST(${x} AS TIMESTAMPTZ)`;
    const offset = isText ? writtenIn(rendering, x, instant) : atInstant(instant);
    return packed(rendering, instant, offset);
  });
}

/** A TIMESTAMP_TZ on its way into a column of another type. */
function unpacked(rendering: Rendering, value: string, kind: SnowflakeType['kind']): string {
  return once(rendering, [value], (x) => {
    const [t, z] = [`struct_extract(${x}, 't')`, `struct_extract(${x}, 'z')`];
    if (kind === 'text') return timeAsText(rendering.parameters, localOf(t, z), 'timestamp_tz', z);
    return ['timestamp_ntz', 'date', 'time'].includes(kind) ? localOf(t, z) : t;
  });
}

/** A text is read as hexadecimal digits. What it is may be known only when it runs: of a bind. */
function bytesOf(rendering: Rendering, value: string, type: SnowflakeType): string {
  if (type.kind === 'text') return `unhex(${value})`;
  return once(
    rendering,
    [value],
    (x) =>
      `unhex(CASE WHEN typeof(${x}) = 'BLOB' THEN hex(CAST(${x} AS BLOB)) ELSE CAST(${x} AS VARCHAR) END)`,
  );
}

function noLonger(rendering: Rendering, value: string, most: number | null, of: 'text' | 'binary'): string {
  if (most === null || value === 'NULL') return value;
  return once(rendering, [value], (x) => {
    const length = of === 'text' ? `length(CAST(${x} AS VARCHAR))` : `octet_length(CAST(${x} AS BLOB))`;
    return `CASE WHEN ${length} > ${most} THEN error('${TOO_LONG}') ELSE ${x} END`;
  });
}

/** Whether DuckDB itself does what Snowflake does with a value of this type. */
export function isTakenAsItIs(type: SnowflakeType, columnType: string): boolean {
  const column = typeOfName(columnType);
  if ('structure' in column && column.structure !== undefined) return isDeepStrictEqual(type, column);
  if (isDocument(type)) return isDocument(column) || column.kind === 'unknown';
  const isOf = [type.kind, column.kind].filter((kind) => kind === 'timestamp_tz').length;
  if (isOf > 0) return isOf === 2;
  if (column.kind === 'text') return column.length >= LONGEST_TEXT && !isSpelled(type);
  if (column.kind === 'binary') return false;
  const reads = ['variant', 'timestamp_ltz'].includes(column.kind);
  return !reads || type.kind !== 'text';
}
