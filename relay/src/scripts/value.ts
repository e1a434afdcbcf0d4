import type { Cell, ColumnShape } from '../encoding/index.ts';
import type { Bind } from '../warehouse/index.ts';

/** A value of a script: what a statement is given for it, and as what it stands in the statement's text. */
export interface Value {
  readonly bind: Bind & { readonly value: string | null };
  /** How the text says its type, which the bind alone does not; null where it does. */
  readonly typed: ((bind: string) => string) | null;
}

export const NULL: Value = text(null);

export function text(value: string | null): Value {
  return { bind: { type: 'TEXT', value }, typed: null };
}

export function whole(value: number | bigint): Value {
  return { bind: { type: 'FIXED', value: String(value) }, typed: null };
}

export function truth(value: boolean): Value {
  return { bind: { type: 'BOOLEAN', value: String(value) }, typed: null };
}

export function isTrue({ bind: { type, value } }: Value): boolean {
  return type === 'BOOLEAN' && (value === 'true' || value === '1');
}

/** A value of a result as its client has it, masked or not, as drivers would send it back (driver protocol, sections 4.1 and 6). */
export function valueOf({ type, scale }: ColumnShape, cell: Cell): Value {
  const as = (suffix: string) => (bind: string) => `(${bind}::${suffix})`;
  switch (type) {
    case 'fixed':
      return {
        bind: { type: 'FIXED', value: cell },
        typed: (scale ?? 0) > 0 ? as(`NUMBER(38,${scale})`) : null,
      };
    case 'real':
      return { bind: { type: 'REAL', value: cell }, typed: null };
    case 'boolean':
      return { bind: { type: 'BOOLEAN', value: cell }, typed: null };
    case 'binary':
      return { bind: { type: 'BINARY', value: cell }, typed: null };
    case 'date':
      return { bind: { type: 'DATE', value: cell && String(BigInt(cell) * 86_400_000n) }, typed: as('DATE') };
    case 'time':
      return { bind: { type: 'TIME', value: cell && String(nanoseconds(cell)) }, typed: as('TIME') };
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz': {
      const name = type.toUpperCase();
      return { bind: { type: name, value: cell && instant(cell) }, typed: as(name) };
    }
    case 'variant':
    case 'object':
    case 'array':
      return {
        bind: { type: 'TEXT', value: cell },
        typed: (bind) => `(PARSE_JSON(${bind})::${type.toUpperCase()})`,
      };
    case 'decfloat':
    case 'text':
      return text(cell);
    default:
      return type satisfies never;
  }
}

/** Of seconds with a fraction, and of a time zone's offset behind them. */
function instant(cell: string): string {
  const [seconds = '0', ...offset] = cell.split(' ');
  return [nanoseconds(seconds), ...offset].join(' ');
}

function nanoseconds(seconds: string): bigint {
  const [, minus, whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(seconds) ?? [];
  const all = BigInt(whole) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return minus === '-' ? -all : all;
}
