import {
  type DuckDBType,
  type DuckDBDateValue,
  type DuckDBDecimalValue,
  type DuckDBBlobValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBStructValue,
  type DuckDBTimeValue,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { ColumnStructure, LogicalType, ResultColumn } from '../result.ts';
import type { SessionParameters } from '../session-state.ts';
import { parameterOf } from './parameters/parameters.ts';
import { prettyJson } from './pretty-json.ts';
import { structuredWriter } from './structured-text.ts';
import { LONGEST_BINARY, LONGEST_TEXT, type SnowflakeType, type Structure } from './types/snowflake-type.ts';

/** How a DuckDB type looks to a driver, and how its values are written (driver protocol, section 6). */
export interface CellType {
  readonly column: Omit<ResultColumn, 'name' | 'nullable'>;
  readonly encode: (value: DuckDBValue) => string;
  /** Whether its texts are digits and the like, of which JSON needs to escape nothing. */
  readonly isPlain: boolean;
  /** Of a document that Arrow has as a struct, a list or a map: the types of its values. */
  readonly structure?: Structure;
}

/** How a session's results are written, beside their encoding. */
export interface Answering {
  readonly parameters: SessionParameters;
  /** Whether its client is told of which types the values in a document are. */
  readonly tellsStructures: boolean;
  /** Whether Arrow has such a document as what it is. */
  readonly isNative: boolean;
}

/** As the session's parameters ask for; Snowflake's own are not documented, and named by its drivers' tests. */
export function answeringOf(parameters: SessionParameters): Answering {
  const tellsStructures = parameterOf(parameters, 'ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE');
  const isNative =
    parameterOf(parameters, 'ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT') ||
    parameterOf(parameters, 'FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT');
  return { parameters, tellsStructures, isNative: tellsStructures && isNative };
}

/** An offset of none, in minutes, as results have it: 1440 more. */
const NO_OFFSET = 1440;

const NANOSECONDS = 9;
const MICROSECONDS = 6;

export function cellType(type: DuckDBType, snowflake: SnowflakeType, answering: Answering): CellType {
  const cell = ofDuckDb(type);
  const isDocument = snowflake.kind === 'object' || snowflake.kind === 'array';
  if (isDocument && snowflake.structure !== undefined && cell.column.type === 'variant')
    return structuredCell(cell.column, snowflake.kind, snowflake.structure, answering);
  const column = { ...cell.column, ...knownOf(snowflake, cell.column) };
  return { ...cell, column, encode: ofScale(cell.encode, column) };
}

/** A document whose values have types: its times are written in the session's formats. */
function structuredCell(
  column: CellType['column'],
  type: 'object' | 'array',
  structure: Structure,
  { parameters, tellsStructures, isNative }: Answering,
): CellType {
  const write = structuredWriter(structure, parameters);
  return {
    column: { ...column, type, ...(tellsStructures ? { structure: shapeOfStructure(structure) } : {}) },
    encode: (value) => prettyJson(write(String(value))),
    isPlain: false,
    ...(isNative ? { structure } : {}),
  };
}

function shapeOfStructure({ of, fields }: Structure): ColumnStructure {
  return {
    of,
    fields: fields.map(({ name, type, nullable }) => ({ name, nullable, ...shapeOfType(type) })),
  };
}

/** A value in a document, as a column of its type would be told. */
export function shapeOfType(type: SnowflakeType): CellType['column'] {
  switch (type.kind) {
    case 'fixed':
      return shape('fixed', { precision: type.precision, scale: type.scale });
    case 'text':
    case 'binary':
      return shape(type.kind, { length: type.length });
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return shape(type.kind, { scale: type.scale });
    case 'object':
    case 'array':
      return type.structure === undefined
        ? shape(type.kind)
        : { ...shape(type.kind), structure: shapeOfStructure(type.structure) };
    case 'real':
    case 'boolean':
    case 'date':
    case 'variant':
      return shape(type.kind);
    default:
      return shape('text', { length: LONGEST_TEXT });
  }
}

/** What Snowflake's type says beyond DuckDB's, where it is the same. */
function knownOf(snowflake: SnowflakeType, column: CellType['column']): Partial<CellType['column']> {
  switch (snowflake.kind) {
    case 'null':
      return shape('text', { length: LONGEST_TEXT });
    case 'fixed': {
      const isSame = column.type === 'fixed' && column.scale === snowflake.scale;
      return isSame ? { precision: snowflake.precision } : {};
    }
    case 'text':
      return column.type === 'text' ? { length: snowflake.length } : {};
    case 'binary':
      return column.type === 'binary' ? { length: snowflake.length } : {};
    case 'object':
    case 'array':
      return column.type === 'variant' ? { type: snowflake.kind } : {};
    case 'timestamp_tz':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return column.type === snowflake.kind ? { scale: snowflake.scale } : {};
    default:
      return {};
  }
}

/** With as many digits of fractional seconds as the column has. */
function ofScale(encode: CellType['encode'], { type, scale }: CellType['column']): CellType['encode'] {
  if (type === 'timestamp_tz') {
    const instant = ofScale(encode, { type: 'timestamp_ltz', scale, precision: null, length: null });
    return (value) => {
      const { t, z } = (value as DuckDBStructValue).entries;
      return `${instant(t!)} ${Number(z) + NO_OFFSET}`;
    };
  }
  const isTime = type === 'time' || type.startsWith('timestamp');
  if (!isTime || scale === null || scale === NANOSECONDS) return encode;
  const cut = NANOSECONDS - scale + (scale === 0 ? 1 : 0);
  return (value) => encode(value).slice(0, -cut);
}

function ofDuckDb(type: DuckDBType): CellType {
  switch (type.typeId) {
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.UHUGEINT:
      return plain(shape('fixed', { precision: 38, scale: 0 }), String);
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type as unknown as { width: number; scale: number };
      return plain(shape('fixed', { precision: width, scale }), encodeDecimal);
    }
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return plain(shape('real'), encodeReal);
    case DuckDBTypeId.BOOLEAN:
      return plain(shape('boolean'), (value) => (value === true ? '1' : '0'));
    case DuckDBTypeId.DATE:
      return plain(shape('date'), (value) => String((value as DuckDBDateValue).days));
    case DuckDBTypeId.TIME:
      return plain(shape('time', { scale: NANOSECONDS }), (value) =>
        microseconds((value as DuckDBTimeValue).micros),
      );
    case DuckDBTypeId.TIMESTAMP:
      return plain(shape('timestamp_ntz', { scale: NANOSECONDS }), (value) =>
        microseconds((value as DuckDBTimestampValue).micros),
      );
    case DuckDBTypeId.TIMESTAMP_NS:
      return plain(shape('timestamp_ntz', { scale: NANOSECONDS }), (value) =>
        seconds((value as DuckDBTimestampNanosecondsValue).nanos),
      );
    case DuckDBTypeId.TIMESTAMP_TZ:
      return plain(shape('timestamp_ltz', { scale: NANOSECONDS }), (value) =>
        microseconds((value as DuckDBTimestampTZValue).micros),
      );
    // A TIMESTAMP_TZ: its instant, and its offset in minutes (render/offsets.ts). Nothing else is a STRUCT in a result.
    case DuckDBTypeId.STRUCT:
      return plain(shape('timestamp_tz', { scale: NANOSECONDS }), (value) =>
        microseconds((value as DuckDBTimestampTZValue).micros),
      );
    case DuckDBTypeId.BLOB:
      return plain(shape('binary', { length: LONGEST_BINARY }), (value) =>
        Buffer.from((value as DuckDBBlobValue).bytes)
          .toString('hex')
          .toUpperCase(),
      );
    default: {
      const logical: LogicalType = type.alias === 'JSON' ? 'variant' : 'text';
      const column = shape(logical, logical === 'text' ? { length: LONGEST_TEXT } : {});
      return {
        column,
        encode: logical === 'variant' ? (value) => prettyJson(String(value)) : String,
        isPlain: false,
      };
    }
  }
}

function plain(column: CellType['column'], encode: CellType['encode']): CellType {
  return { column, encode, isPlain: true };
}

function shape(
  type: LogicalType,
  details: Partial<Pick<ResultColumn, 'precision' | 'scale' | 'length'>> = {},
): CellType['column'] {
  return { type, precision: null, scale: null, length: null, ...details };
}

/** Plain decimal, exactly `scale` digits behind the point. */
function encodeDecimal(value: DuckDBValue): string {
  const { value: unscaled, scale } = value as DuckDBDecimalValue;
  return withPoint(unscaled, scale);
}

function encodeReal(value: DuckDBValue): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'inf';
  return value === -Infinity ? '-inf' : String(value);
}

/** Seconds with nine digits behind the point: `-1.500000000` is a second and a half before 1970. */
function seconds(nanoseconds: bigint): string {
  return withPoint(nanoseconds, NANOSECONDS);
}

function microseconds(value: bigint): string {
  return `${withPoint(value, MICROSECONDS)}000`;
}

function withPoint(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
