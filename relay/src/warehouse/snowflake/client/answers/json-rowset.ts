/** Rows as they stand in an answer or in a part of a result. */
export interface ScannedRows {
  /** As the relay passes rows on: joined by commas, nothing between them, without outer brackets. */
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  /** The offset after the last byte of them, and of the bracket that closes them where there is one. */
  readonly end: number;
}

/**
 * Finds the rows that begin at `start`: each an array of `width` strings and nulls (driver protocol, sections 6 and 7). The
 * cells are not decoded; what stands between them is left out. Takes time linear in their bytes.
 *
 * @param closes whether a bracket closes the rows, as in an answer; else they go on to the last byte, as in a chunk.
 * @returns null when it is not that.
 */
export function scanRows(
  bytes: Uint8Array,
  start: number,
  width: number,
  closes: boolean,
): ScannedRows | null {
  return scanCompact(bytes, start, width, closes) ?? scanSpaced(bytes, start, width, closes);
}

/**
 * The same where there is no whitespace between cells, as Snowflake writes it; null for anything else. Apart, since this
 * walks every byte of every result: with nothing in it but local variables it is ten times as fast.
 */
function scanCompact(bytes: Uint8Array, start: number, width: number, closes: boolean): ScannedRows | null {
  const { length } = bytes;
  let at = start;
  for (let rowCount = 1; at < length; rowCount += 1) {
    if (bytes[at] !== OPENING) return null;
    at += 1;
    for (let cell = 1; cell <= width; cell += 1) {
      if (bytes[at] === QUOTE) {
        at += 1;
        for (;;) {
          if (at >= length) return null;
          const byte = bytes[at]!;
          at += 1;
          if (byte === QUOTE) break;
          if (byte === BACKSLASH) {
            at = endOfEscape(bytes, at);
            if (at === -1) return null;
          } else if (byte < 0x20) return null;
        }
      } else if (at + 4 < length && isNull(bytes, at)) {
        at += 4;
      } else return null;
      if (at >= length || bytes[at] !== (cell === width ? CLOSING : COMMA)) return null;
      at += 1;
    }
    if (width === 0) return null;
    if (at === length) return closes ? null : { bytes: bytes.subarray(start, at), rowCount, end: at };
    if (closes && bytes[at] === CLOSING) {
      return { bytes: bytes.subarray(start, at), rowCount, end: at + 1 };
    }
    if (bytes[at] !== COMMA) return null;
    at += 1;
  }
  return null;
}

function scanSpaced(bytes: Uint8Array, start: number, width: number, closes: boolean): ScannedRows | null {
  const { length } = bytes;
  let at = start;
  let rowCount = 0;
  /** Where whitespace was seen: ends of what is kept, and where it goes on. */
  const gaps: number[] = [];
  const skipSpace = () => {
    const from = at;
    while (isSpace(bytes[at])) at += 1;
    if (at > from) gaps.push(from, at);
  };
  const finish = (last: number, end: number): ScannedRows => ({
    bytes: withoutGaps(bytes, start, last, gaps),
    rowCount,
    end,
  });

  if (isSpace(bytes[at])) skipSpace();
  if (at === length) return closes ? null : finish(at, at);
  if (closes && bytes[at] === CLOSING) return finish(at, at + 1);
  for (;;) {
    if (bytes[at] !== OPENING) return null;
    at += 1;
    if (isSpace(bytes[at])) skipSpace();
    for (let cell = 1; ; cell += 1) {
      const first = bytes[at];
      if (first === QUOTE) {
        at = endOfString(bytes, at);
        if (at === -1) return null;
      } else if (isNull(bytes, at)) {
        at += 4;
      } else if (first !== CLOSING || width !== 0 || cell !== 1) {
        return null;
      } else {
        break;
      }
      if (isSpace(bytes[at])) skipSpace();
      if (cell === width) break;
      if (bytes[at] !== COMMA) return null;
      at += 1;
      if (isSpace(bytes[at])) skipSpace();
    }
    if (bytes[at] !== CLOSING) return null;
    at += 1;
    rowCount += 1;
    const last = at;
    if (isSpace(bytes[at])) skipSpace();
    if (at === length) return closes ? null : finish(last, at);
    if (closes && bytes[at] === CLOSING) return finish(last, at + 1);
    if (bytes[at] !== COMMA) return null;
    at += 1;
    if (isSpace(bytes[at])) skipSpace();
  }
}

/** The offset after the quote that closes the string that begins at `at`; -1 when there is none. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (let index = at + 1; index < bytes.length;) {
    const byte = bytes[index]!;
    index += 1;
    if (byte === QUOTE) return index;
    // Control characters are escaped in JSON.
    if (byte < 0x20) return -1;
    if (byte !== BACKSLASH) continue;
    index = endOfEscape(bytes, index);
    if (index === -1) return -1;
  }
  return -1;
}

/** The offset after the escape whose backslash is before `at`; -1 when it is none. */
function endOfEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte !== UNICODE) return IS_SHORT[byte] === 1 ? at + 1 : -1;
  for (let index = at + 1; index <= at + 4; index += 1) {
    if (!isHexDigit(bytes[index] ?? 0)) return -1;
  }
  return at + 5;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

const UNICODE = 0x75;
/** By byte, whether a backslash may stand before it. */
const IS_SHORT = Uint8Array.from({ length: 256 }, (_, byte) =>
  Buffer.from('"\\/bfnrt').includes(byte) ? 1 : 0,
);

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c;
}

const [OPENING, CLOSING, COMMA, QUOTE, BACKSLASH] = [0x5b, 0x5d, 0x2c, 0x22, 0x5c] as const;

function withoutGaps(bytes: Uint8Array, start: number, end: number, gaps: readonly number[]): Uint8Array {
  if (gaps.length === 0) return bytes.subarray(start, end);
  const written = Buffer.allocUnsafe(end - start);
  let length = 0;
  let from = start;
  for (let index = 0; index <= gaps.length; index += 2) {
    const to = Math.min(gaps[index] ?? end, end);
    if (to > from) {
      written.set(bytes.subarray(from, to), length);
      length += to - from;
    }
    from = gaps[index + 1] ?? end;
  }
  return written.subarray(0, length);
}
