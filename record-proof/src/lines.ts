/**
 * The lines of a file, without their line feeds; null for one that is not UTF-8, too long, or ends the file without a
 * line feed.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let length = 0;
  const whole = (): string | null => {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    [parts, length] = [[], 0];
    if (bytes.length > LONGEST) return null;
    try {
      const text = decoder.decode(bytes);
      return text.startsWith('\uFEFF') ? null : text;
    } catch {
      return null;
    }
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      parts.push(chunk.subarray(from, end));
      length += end - from;
      from = end + 1;
      yield whole();
    }
    if (from < chunk.length) {
      parts.push(chunk.slice(from));
      length += chunk.length - from;
    }
  }
  if (length > 0) yield null;
}

const LF = 0x0a;
const LONGEST = 256 * 1024 * 1024;
