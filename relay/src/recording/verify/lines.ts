/**
 * Splits bytes into lines of text, without their line feeds. Yields `null` for a line that is not UTF-8, is longer than
 * 256 MiB, or is last and lacks a line feed: an export never contains such lines.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = () => {
    const bytes = Buffer.concat(parts);
    const tooLong = length > LONGEST_LINE;
    parts = [];
    length = 0;
    try {
      return tooLong ? null : decoder.decode(bytes);
    } catch {
      return null;
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      length += end - start;
      if (length <= LONGEST_LINE) parts.push(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    length += chunk.length - start;
    if (length <= LONGEST_LINE) parts.push(chunk.subarray(start));
  }
  if (length > 0) yield null;
}

/** Bytes. Payloads are far smaller. */
const LONGEST_LINE = 256 * 1024 * 1024;
