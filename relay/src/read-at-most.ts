/** All of a body, or null when it has more than so many bytes: then no more of it is read. */
export async function readAtMost(
  body: AsyncIterable<Uint8Array> | null,
  most: number,
): Promise<Buffer<ArrayBuffer> | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.byteLength;
    // Leaving the loop ends it.
    if (length > most) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
