/** Writes bytes one after the other, into memory that grows as it is needed. */
export interface ByteWriter {
  /** The bytes of `from` from `start` to before `end`. */
  copy(from: Uint8Array, start: number, end: number): void;
  /** A text in UTF-8. */
  text(text: string): void;
  /** A text as JSON has it, with its quotes. */
  jsonText(text: string): void;
  /** What was written, in memory of its own. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** @param expected bytes, about; more may come. */
export function createByteWriter(expected: number): ByteWriter {
  let bytes = Buffer.allocUnsafeSlow(Math.max(expected, LEAST));
  let length = 0;

  function makeRoom(more: number): void {
    if (length + more <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(length + more, Math.ceil(bytes.length * 1.5)));
    bytes.copy(larger, 0, 0, length);
    bytes = larger;
  }

  function text(written: string): void {
    makeRoom(written.length);
    const end = asciiInto(bytes, length, written, false);
    if (end !== -1) {
      length = end;
      return;
    }
    makeRoom(MOST_OF_UNIT * written.length);
    length += bytes.write(written, length);
  }

  return {
    copy(from, start, end) {
      makeRoom(end - start);
      // Calling out to copy so few takes longer than copying them.
      if (end - start < SHORT) for (let at = start; at < end; at += 1) bytes[length++] = from[at]!;
      else {
        bytes.set(from.subarray(start, end), length);
        length += end - start;
      }
    },
    text,
    jsonText(written) {
      makeRoom(written.length + 2);
      bytes[length] = QUOTE;
      const end = asciiInto(bytes, length + 1, written, true);
      if (end === -1) return text(JSON.stringify(written));
      bytes[end] = QUOTE;
      length = end + 1;
    },
    // What is behind it is given back at once, and does not wait for somebody to look for garbage.
    finish: () => new Uint8Array(bytes.buffer.transfer(length)),
  };
}

/**
 * Writes a text that has one byte for each character, and with `plain` none that JSON escapes.
 * @returns where it ends; -1 when it is none, and something may have been written then.
 */
function asciiInto(bytes: Uint8Array, start: number, text: string, plain: boolean): number {
  const { length } = text;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 126 || (plain && (code < 32 || code === QUOTE || code === BACKSLASH))) return -1;
    bytes[start + index] = code;
  }
  return start + length;
}

const [QUOTE, BACKSLASH] = [34, 92] as const;
const LEAST = 64;
const SHORT = 48;
/** Bytes of a UTF-16 unit in UTF-8. */
const MOST_OF_UNIT = 3;
