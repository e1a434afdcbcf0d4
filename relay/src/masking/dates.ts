import { toNull, type CellMask, type ColumnShape } from './cell.ts';
import { inJsonString, redact } from './simple-masks.ts';

type Step = 'month' | 'quarter' | 'year';

/** Replaces a date with the first day of its month, quarter or year. A time of day becomes null. */
export function coarsenDate(to: Step, column: ColumnShape): CellMask {
  switch (column.type) {
    case 'date':
      return (cell) => {
        const start = WHOLE.test(cell) ? startOf(to, Number(cell) * DAY) : null;
        return start === null ? null : String(start / DAY);
      };
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return (cell) => coarsenTimestamp(to, cell, column.scale);
    case 'timestamp_tz':
      // `<utc epoch seconds> <offset in minutes + 1440>`: coarsened in UTC, and the offset, also revealing, is reset.
      return (cell) => {
        const [seconds, offset] = cell.split(' ');
        const start = offset === undefined ? null : coarsenTimestamp(to, seconds!, column.scale);
        return start === null ? null : `${start} 1440`;
      };
    case 'text':
      return coarsenText(to, redact(column));
    case 'variant':
      return inJsonString(coarsenText(to, toNull), redact(column));
    case 'time':
    case 'fixed':
    case 'real':
    case 'decfloat':
    case 'boolean':
    case 'binary':
    case 'object':
    case 'array':
      return toNull;
    default:
      return column.type satisfies never;
  }
}

const DAY = 86_400_000;
const WHOLE = /^-?\d{1,9}$/;

function coarsenTimestamp(to: Step, cell: string, scale: number | null): string | null {
  const match = /^(-?\d{1,12})(?:\.\d{1,9})?$/.exec(cell);
  const start = match === null ? null : startOf(to, Number(match[1]) * 1000);
  if (start === null) return null;
  const digits = scale ?? 0;
  return `${start / 1000}${digits === 0 ? '' : `.${'0'.repeat(digits)}`}`;
}

/** Coarsens an ISO date, with or without a time after it, to a date. */
function coarsenText(to: Step, otherwise: CellMask): CellMask {
  return (cell) => {
    const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/s.exec(cell);
    const start =
      match === null ? null : startOf(to, Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
    return start === null ? otherwise(cell) : new Date(start).toISOString().slice(0, 10);
  };
}

/** Milliseconds since the epoch, or null outside the range of a `Date`. */
function startOf(to: Step, milliseconds: number): number | null {
  const date = new Date(milliseconds);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (Number.isNaN(year)) return null;
  const first = { month, quarter: month - (month % 3), year: 0 }[to];
  const start = new Date(0);
  start.setUTCFullYear(year, first, 1);
  return start.getTime();
}
