import { toNull, type CellMask, type ColumnShape } from './cell.ts';

/** The same for every value, so that its length and form say nothing either. Types that have no such value: null. */
export function redact(column: ColumnShape): CellMask {
  return constant('***', column);
}

export function constant(value: string, column: ColumnShape): CellMask {
  const fixed = typed(value, column);
  return () => fixed;
}

/**
 * Keeps the first and last letters and digits, and what separates them; the rest become stars. A value of
 * which more than half would show is redacted.
 */
export function partial(keepFirst: number, keepLast: number, column: ColumnShape): CellMask {
  const whole = redact(column);
  if (column.type === 'variant')
    return inJsonString(partial(keepFirst, keepLast, { ...column, type: 'text' }), whole);
  if (column.type !== 'text') return toNull;
  return (cell) => {
    const telling = cell.match(TELLING)?.length ?? 0;
    if (telling < 2 * (keepFirst + keepLast)) return whole(cell);
    let seen = 0;
    return cell.replace(CHARACTER, (character) => {
      if (character.search(TELLING) === -1) return SEPARATOR.test(character) ? character : '*';
      seen++;
      return seen <= keepFirst || seen > telling - keepLast ? character : '*';
    });
  };
}

const CHARACTER = /./gsu;
const TELLING = /[\p{L}\p{N}]/gu;
const SEPARATOR = /[ \-./()+@_:]/;

/** Applies a mask of texts to a VARIANT that holds one string; anything else in it is masked by `otherwise`. */
export function inJsonString(mask: CellMask, otherwise: CellMask): CellMask {
  return (cell) => {
    let value: unknown;
    try {
      value = JSON.parse(cell);
    } catch {
      return otherwise(cell);
    }
    if (value === null) return cell;
    if (typeof value !== 'string') return otherwise(cell);
    const masked = mask(value);
    return masked === null ? otherwise(cell) : JSON.stringify(masked);
  };
}

/** A text as a value of the column's type, or null where it is none. */
function typed(value: string, column: ColumnShape): string | null {
  switch (column.type) {
    case 'text':
      return column.length === null ? value : value.slice(0, column.length);
    case 'variant':
      return JSON.stringify(value);
    case 'fixed':
      return fitsFixed(value, column) ? value : null;
    case 'real':
    case 'decfloat':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? value : null;
    case 'boolean':
      return value === '0' || value === '1' ? value : null;
    case 'date':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
    case 'binary':
    case 'object':
    case 'array':
      return null;
    default:
      return column.type satisfies never;
  }
}

function fitsFixed(value: string, { precision, scale }: ColumnShape): boolean {
  const match = /^-?(\d+)(?:\.(\d+))?$/.exec(value);
  const digits = (precision ?? 38) - (scale ?? 0);
  return match !== null && match[1]!.length <= digits && (match[2]?.length ?? 0) === (scale ?? 0);
}
