import type { DuckDBPreparedStatement } from '@duckdb/node-api';
import { SluiceError } from '../../errors.ts';
import { bindOf } from './render/names.ts';
import type { Bind, Binds } from '../warehouse.ts';

/** One value of a statement's binds: the type as drivers name it, and its text. */
interface BindValue {
  readonly type: string;
  readonly value: string | null;
}

/** The values of one run, by the binds' names. */
export type BindRow = Readonly<Record<string, BindValue>>;

/**
 * The sets of values to run a statement with: one, or one for each row of an array bind (driver protocol,
 * section 4.1). Errors: `request_malformed` when arrays differ in length.
 */
export function bindRows(binds: Binds): readonly BindRow[] {
  const arrays = Object.values(binds).flatMap(({ value }) => (Array.isArray(value) ? [value.length] : []));
  const [rows] = arrays;
  if (rows === undefined)
    return [mapValues(binds, ({ type, value }) => ({ type, value: value as string | null }))];
  if (arrays.some((length) => length !== rows)) throw malformed('array binds differ in length');
  return Array.from({ length: rows }, (_, row) =>
    mapValues(binds, ({ type, value }) => ({
      type,
      value: Array.isArray(value) ? ((value[row] ?? null) as string | null) : (value as string | null),
    })),
  );
}

/** Values are bound, never written into the text. */
export function bindTo(prepared: DuckDBPreparedStatement, row: BindRow): void {
  const given = Object.keys(row).length;
  if (given < prepared.parameterCount) {
    throw notSet(`the statement has ${prepared.parameterCount} binds, and ${given} values were given`);
  }
  for (let index = 1; index <= prepared.parameterCount; index += 1) {
    const bind = row[bindOf(prepared.parameterName(index))];
    if (bind === undefined) throw notSet(`no value was given for bind ${index}`);
    bindValue(prepared, index, bind);
  }
}

function bindValue(prepared: DuckDBPreparedStatement, index: number, { type, value }: BindValue): void {
  if (value === null) {
    prepared.bindNull(index);
    return;
  }
  switch (type) {
    case 'FIXED':
      if (!WHOLE.test(value)) prepared.bindVarchar(index, value);
      else prepared.bindHugeInt(index, BigInt(value));
      return;
    case 'REAL':
      prepared.bindDouble(index, numberOf(value));
      return;
    case 'BOOLEAN':
      prepared.bindBoolean(index, /^(true|1)$/i.test(value));
      return;
    case 'BINARY':
      prepared.bindBlob(index, Buffer.from(value, 'hex'));
      return;
    default:
      prepared.bindVarchar(index, textOf(type, value));
  }
}

/** Python writes `inf`. */
function numberOf(text: string): number {
  const [, minus] = /^([+-]?)inf(?:inity)?$/i.exec(text) ?? [];
  if (minus === undefined) return Number(text);
  return minus === '-' ? -Infinity : Infinity;
}

export const WHOLE = /^[+-]?\d+$/;

/** A value as DuckDB reads it from a text. */
export function textOf(type: string, value: string): string {
  switch (type) {
    case 'DATE':
      return isoTime(BigInt(value) * 1_000_000n).slice(0, 10);
    case 'TIME':
      return isoTime(BigInt(value)).slice(11);
    case 'TIMESTAMP_NTZ':
      return isoTime(BigInt(value));
    case 'TIMESTAMP_LTZ':
      return `${isoTime(BigInt(value))}+00`;
    case 'TIMESTAMP_TZ':
      return withOffset(value);
    default:
      return value;
  }
}

/** Nanoseconds since the epoch, and 1440 more than the offset in minutes. */
function withOffset(value: string): string {
  const [instant = '0', offset = '1440'] = value.split(' ');
  const minutes = Number(offset) - 1440;
  const local = isoTime(BigInt(instant) + BigInt(minutes) * 60_000_000_000n);
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${local}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` from nanoseconds since the epoch; DuckDB keeps microseconds. */
function isoTime(nanoseconds: bigint): string {
  const micros = nanoseconds / 1_000n;
  const millis = micros >= 0n ? micros / 1_000n : (micros - 999n) / 1_000n;
  const rest = (micros - millis * 1_000n).toString().padStart(3, '0');
  return `${new Date(Number(millis)).toISOString().slice(0, 23).replace('T', ' ')}${rest}`;
}

/** Snowflake: "Bind variable ? not set." */
function notSet(why: string): SluiceError {
  return new SluiceError('statement_failed', `SQL compilation error:\nBind variable not set: ${why}`, {
    advice: 'give one value for each bind of the statement',
    warehouse: { code: '002049', sqlState: '42601' },
  });
}

export function malformed(message: string): SluiceError {
  return new SluiceError('request_malformed', message, {
    advice: 'give one value for each bind of the statement',
  });
}

function mapValues<Out>(binds: Binds, map: (bind: Bind) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(binds).map(([name, bind]) => [name, map(bind)]));
}
