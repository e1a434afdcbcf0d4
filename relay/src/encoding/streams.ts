/** Arrow's IPC streams as they lie in bytes, without reading what they hold. */

/** What a message begins with, and what a stream ends with (Apache Arrow's columnar format: IPC streaming format). */
const CONTINUES = 0xffff_ffff;
const END_BYTES = 8;

/**
 * Joins streams of the same columns into one, with the batches of all: drivers read a chunk for each request. Null when
 * their schemas differ, or one of them does not end as streams do.
 */
export function joinStreams(streams: readonly Uint8Array[]): Uint8Array | null {
  const [first, ...more] = streams;
  if (first === undefined || more.length === 0) return first ?? null;
  const head = schemaOf(first);
  if (head === null) return null;
  const bodies: Uint8Array[] = [first.subarray(0, first.byteLength - END_BYTES)];
  for (const stream of more) {
    const other = schemaOf(stream);
    if (other === null || Buffer.compare(head, other) !== 0) return null;
    bodies.push(stream.subarray(other.byteLength, stream.byteLength - END_BYTES));
  }
  return Buffer.concat([...bodies, first.subarray(first.byteLength - END_BYTES)]);
}

/** Whether `joinStreams` joins them. */
export function areJoinable(one: Uint8Array, other: Uint8Array): boolean {
  const [head, another] = [schemaOf(one), schemaOf(other)];
  return head !== null && another !== null && Buffer.compare(head, another) === 0;
}

/** The message that a stream begins with, which has no body. */
function schemaOf(stream: Uint8Array): Uint8Array | null {
  if (stream.byteLength < 2 * END_BYTES) return null;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const length = END_BYTES + view.getUint32(4, true);
  const end = stream.byteLength - END_BYTES;
  const isWhole = view.getUint32(0, true) === CONTINUES && length <= end;
  const isEnded = view.getUint32(end, true) === CONTINUES && view.getUint32(end + 4, true) === 0;
  return isWhole && isEnded ? stream.subarray(0, length) : null;
}
