import type { LogicalType, ResultColumn } from '../../relay/src/warehouse/result.ts';

type Column = Pick<ResultColumn, 'type' | 'scale'>;

/** Rows as Snowflake's own programs show them, in its default output formats. */
export function shown(columns: readonly Column[], rows: readonly (readonly (string | null)[])[]): string {
  return rows
    .map((row) => row.map((cell, index) => shownCell(columns[index]!, cell)).join(' | '))
    .join(' ; ');
}

function shownCell({ type }: Column, cell: string | null): string {
  if (cell === null) return 'NULL';
  const show = SHOWN[type];
  return show === undefined ? cell : show(cell);
}

/** Digits of a floating-point number that the documentation shows. */
const DIGITS = 13;

const SHOWN: Partial<Record<LogicalType, (cell: string) => string>> = {
  real: (cell) => String(Number(Number(cell).toPrecision(DIGITS))),
  boolean: (cell) => (cell === '1' ? 'TRUE' : 'FALSE'),
  date: (days) => isoOf(Number(days) * 86_400, '').slice(0, 10),
  time: (cell) => isoOf(...secondsOf(cell)).slice(11, 19),
  timestamp_ntz: (cell) => isoOf(...secondsOf(cell)),
  timestamp_ltz: (cell) => `${isoOf(...secondsOf(cell))} +0000`,
  timestamp_tz(cell) {
    const [instant = '', offset = '1440'] = cell.split(' ');
    const minutes = Number(offset) - 1440;
    const [seconds, fraction] = secondsOf(instant);
    const zone = `${minutes < 0 ? '-' : '+'}${String(Math.trunc(Math.abs(minutes) / 60)).padStart(2, '0')}${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
    return `${isoOf(seconds + minutes * 60, fraction)} ${zone}`;
  },
  variant: compact,
  object: compact,
  array: compact,
};

/** Whole seconds since the epoch, and the digits after the point. */
function secondsOf(cell: string): [seconds: number, fraction: string] {
  const [whole = '0', fraction = ''] = cell.split('.');
  // Before the epoch the digits count backwards.
  if (whole.startsWith('-') && /[1-9]/.test(fraction)) {
    const left = 1_000_000_000 - Number(fraction.padEnd(9, '0'));
    return [Number(whole) - 1, String(left).padStart(9, '0')];
  }
  return [Number(whole), fraction];
}

/** `YYYY-MM-DD HH24:MI:SS.FF3` */
function isoOf(seconds: number, fraction: string): string {
  const text = new Date(seconds * 1_000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}`;
}

function compact(text: string): string {
  if (text === 'undefined') return text;
  return JSON.stringify(JSON.parse(text));
}
