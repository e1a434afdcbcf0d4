import { toNull, type CellMask, type ColumnShape } from './cell.ts';
import { redact } from './simple-masks.ts';

/** Replaces a number with the largest multiple of `step` that does not exceed it, in the column's type. */
export function coarsenNumber(step: number, column: ColumnShape): CellMask {
  switch (column.type) {
    case 'fixed':
      return (cell) => floorTo(step, cell, column.scale ?? 0);
    case 'real':
    case 'decfloat':
      return (cell) => {
        const value = Math.floor(Number(cell) / step) * step;
        return cell.trim() !== '' && Number.isFinite(value) ? String(value) : null;
      };
    case 'text': {
      const redacted = redact(column);
      return (cell) => clipped(floorTo(step, cell, 0), column.length) ?? redacted(cell);
    }
    case 'variant': {
      const redacted = redact(column);
      return (cell) => (cell === 'null' ? cell : (floorTo(step, cell, 0) ?? redacted(cell)));
    }
    case 'date':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
    case 'boolean':
    case 'binary':
    case 'object':
    case 'array':
      return toNull;
    default:
      return column.type satisfies never;
  }
}

/** Exact for all 38 digits of a NUMBER. The fraction is dropped before the number is rounded down to the step. */
function floorTo(step: number, cell: string, scale: number): string | null {
  const match = /^(-?)(\d{1,38})(?:\.(\d+))?$/.exec(cell);
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match;
  const places = Math.max(scale, decimals(step));
  const unit = 10n ** BigInt(places);
  const value = BigInt(whole!) * unit + BigInt(fraction.slice(0, places).padEnd(places, '0'));
  const by = BigInt(Math.round(step * 10 ** places));
  if (by === 0n) return null;
  const below =
    sign === '-'
      ? -((value + by - 1n + (/[1-9]/.test(fraction.slice(places)) ? 1n : 0n)) / by) * by
      : (value / by) * by;
  const digits = (below < 0n ? -below : below).toString().padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  const cut = text.slice(0, text.length - places + scale).replace(/\.$/, '');
  return below < 0n ? `-${cut}` : cut;
}

function decimals(step: number): number {
  return String(step).split('.')[1]?.length ?? 0;
}

function clipped(text: string | null, length: number | null): string | null {
  return text !== null && (length === null || text.length <= length) ? text : null;
}
