import { toNull, type CellMask, type ColumnShape } from './cell.ts';

/** Replaces every value with `***`, which also hides its length and form, or null where the type cannot hold it. */
export function redact(column: ColumnShape): CellMask {
  return constant('***', column);
}

export function constant(value: string, column: ColumnShape): CellMask {
  const fixed = typed(value, column);
  return () => fixed;
}

/**
 * Keeps the first and last letters and digits and all separators; the other letters and digits become stars. A value of
 * which more than half would show is redacted.
 */
export function partial(keepFirst: number, keepLast: number, column: ColumnShape): CellMask {
  const whole = redact(column);
  if (column.type === 'variant')
    return inJsonString(partial(keepFirst, keepLast, { ...column, type: 'text' }), whole);
  if (column.type !== 'text') return toNull;
  return (cell) => {
    let telling = countTelling(cell);
    if (telling !== -1) {
      if (telling < 2 * (keepFirst + keepLast)) return whole(cell);
      return starred(cell, keepFirst, telling - keepLast);
    }
    telling = 0;
    for (const character of cell) if (isTelling(character)) telling++;
    if (telling < 2 * (keepFirst + keepLast)) return whole(cell);
    let seen = 0;
    let masked = '';
    for (const character of cell) {
      const kept = isTelling(character)
        ? ++seen <= keepFirst || seen > telling - keepLast
        : SEPARATORS.has(character);
      masked += kept ? character : '*';
    }
    return masked;
  };
}

const SEPARATORS: ReadonlySet<string> = new Set(' -./()+@_:');
const [TELLING, SEPARATOR, STAR] = [1, 2, 42] as const;
/** By character of ASCII: a letter or digit, a separator, or anything else. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return isTelling(character) ? TELLING : SEPARATORS.has(character) ? SEPARATOR : 0;
});

/** Letters and digits of a short text in ASCII; -1 for any other. */
function countTelling(text: string): number {
  if (text.length > SCRATCH.length) return -1;
  let telling = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) return -1;
    if (KINDS[code] === TELLING) telling += 1;
  }
  return telling;
}

/** The same text with stars for its letters and digits behind the first `before` of them and up to `after`. */
function starred(text: string, before: number, after: number): string {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const kind = KINDS[code];
    if (kind === TELLING) seen += 1;
    const isKept = kind === TELLING ? seen <= before || seen > after : kind === SEPARATOR;
    SCRATCH[index] = isKept ? code : STAR;
  }
  return SCRATCH.toString('latin1', 0, text.length);
}

/** Written anew for each text: a text made of its characters one by one is as many pieces of memory. */
const SCRATCH = Buffer.alloc(256);

/** Whether it is a letter or digit of any script. */
function isTelling(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** Applies a text mask to a VARIANT that holds one string. Any other value is masked by `otherwise`. */
export function inJsonString(mask: CellMask, otherwise: CellMask): CellMask {
  return (cell) => {
    const value = textIn(cell);
    if (value === null) return isNullIn(cell) ? cell : otherwise(cell);
    const masked = mask(value);
    return masked === null ? otherwise(cell) : JSON.stringify(masked);
  };
}

/** Whether a JSON text is null, which hides nothing. */
export function isNullIn(json: string): boolean {
  return /^[ \t\n\r]*null[ \t\n\r]*$/.test(json);
}

/** The text that a JSON text is; null for anything else, whether it is JSON or not. */
export function textIn(json: string): string | null {
  if (/^"[ !#-[\]-~]*"$/.test(json)) return json.slice(1, -1);
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** The text as a value of the column's type, or null when it is not one. */
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
