import {
  type DuckDBType,
  type DuckDBDateValue,
  type DuckDBDecimalValue,
  type DuckDBBlobValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBTimeValue,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Cell, LogicalType, ResultColumn } from '../result.ts';

/** How a DuckDB type looks to a driver, and how its values are written (driver protocol, section 6). */
export interface CellType {
  readonly column: Omit<ResultColumn, 'name' | 'nullable'>;
  readonly encode: (value: DuckDBValue) => Cell;
}

/** Snowflake's longest text. */
const LONGEST_TEXT = 16_777_216;
const NANOSECONDS = 9;

export function cellType(type: DuckDBType): CellType {
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
      return { column: shape('fixed', { precision: 38, scale: 0 }), encode: String };
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type as unknown as { width: number; scale: number };
      return { column: shape('fixed', { precision: width, scale }), encode: encodeDecimal };
    }
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return { column: shape('real'), encode: encodeReal };
    case DuckDBTypeId.BOOLEAN:
      return { column: shape('boolean'), encode: (value) => (value === true ? '1' : '0') };
    case DuckDBTypeId.DATE:
      return { column: shape('date'), encode: (value) => String((value as DuckDBDateValue).days) };
    case DuckDBTypeId.TIME:
      return {
        column: shape('time', { scale: NANOSECONDS }),
        encode: (value) => seconds((value as DuckDBTimeValue).micros * 1_000n),
      };
    case DuckDBTypeId.TIMESTAMP:
      return {
        column: shape('timestamp_ntz', { scale: NANOSECONDS }),
        encode: (value) => seconds((value as DuckDBTimestampValue).micros * 1_000n),
      };
    case DuckDBTypeId.TIMESTAMP_NS:
      return {
        column: shape('timestamp_ntz', { scale: NANOSECONDS }),
        encode: (value) => seconds((value as DuckDBTimestampNanosecondsValue).nanos),
      };
    case DuckDBTypeId.TIMESTAMP_TZ:
      return {
        column: shape('timestamp_ltz', { scale: NANOSECONDS }),
        encode: (value) => seconds((value as DuckDBTimestampTZValue).micros * 1_000n),
      };
    case DuckDBTypeId.BLOB:
      return {
        column: shape('binary', { length: 8_388_608 }),
        encode: (value) =>
          Buffer.from((value as DuckDBBlobValue).bytes)
            .toString('hex')
            .toUpperCase(),
      };
    default: {
      const logical: LogicalType = type.alias === 'JSON' ? 'variant' : 'text';
      return { column: shape(logical, logical === 'text' ? { length: LONGEST_TEXT } : {}), encode: String };
    }
  }
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

function withPoint(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
