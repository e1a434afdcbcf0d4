/** The offsets of a block's events that have a term: ascending, below `BLOCK`. */
export type Offsets = readonly number[];

/** Events in a block of the search index, at most. */
export const BLOCK = 8_192;

/** The smaller of two forms: the distances between offsets, in seven bits a byte; or a bit for each event of a block. */
export function packOffsets(offsets: Offsets): Uint8Array {
  const bytes = [DISTANCES];
  let last = -1;
  for (const offset of offsets) {
    let distance = offset - last - 1;
    for (; distance > 127; distance = Math.floor(distance / 128)) bytes.push((distance % 128) + 128);
    bytes.push(distance);
    last = offset;
    if (bytes.length > BITMAP) break;
  }
  if (bytes.length <= BITMAP) return Uint8Array.from(bytes);
  const packed = new Uint8Array(1 + BITMAP);
  packed[0] = BITS;
  for (const offset of offsets) packed[1 + (offset >> 3)]! |= 1 << (offset & 7);
  return packed;
}

/** A bit for each event of a block. */
export type Bits = Uint8Array;

export function noBits(): Bits {
  return new Uint8Array(BITMAP);
}

/** Sets the bits of packed offsets. */
export function addPacked(bits: Bits, packed: Uint8Array): void {
  if (packed[0] === BITS) {
    for (let index = 0; index < BITMAP; index += 1) bits[index]! |= packed[index + 1]!;
    return;
  }
  let offset = -1;
  let [distance, unit] = [0, 1];
  for (let index = 1; index < packed.length; index += 1) {
    const byte = packed[index]!;
    distance += (byte & 127) * unit;
    unit *= 128;
    if (byte > 127) continue;
    offset += distance + 1;
    bits[offset >> 3]! |= 1 << (offset & 7);
    [distance, unit] = [0, 1];
  }
}

/** Keeps what is set in both. */
export function keepCommon(bits: Bits, others: Bits): void {
  for (let index = 0; index < BITMAP; index += 1) bits[index]! &= others[index]!;
}

/** Ascending. */
export function offsetsOf(bits: Bits): number[] {
  const offsets: number[] = [];
  for (let index = 0; index < BITMAP; index += 1) {
    for (let byte = bits[index]!, bit = 0; byte !== 0; byte >>= 1, bit += 1) {
      if ((byte & 1) === 1) offsets.push(index * 8 + bit);
    }
  }
  return offsets;
}

const BITMAP = BLOCK / 8;
/** The first byte tells the form. */
const DISTANCES = 0;
const BITS = 1;
