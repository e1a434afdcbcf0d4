import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';

/** Bytes of a whole number, or of a decimal's digits, as DuckDB stores them with a sign; null of another type. */
export function widthOfIntegers(type: DuckDBType): number | null {
  switch (type.typeId) {
    case DuckDBTypeId.TINYINT:
      return 1;
    case DuckDBTypeId.SMALLINT:
      return 2;
    case DuckDBTypeId.INTEGER:
      return 4;
    case DuckDBTypeId.BIGINT:
      return 8;
    case DuckDBTypeId.HUGEINT:
      return 16;
    case DuckDBTypeId.DECIMAL: {
      const { width } = type;
      return width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16;
    }
    default:
      return null;
  }
}

/** Whether each of these numbers of 128 bits is one of 64: then all higher bits are as its sign. */
export function fitsInLong(bytes: Uint8Array): boolean {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  for (let at = 0; at < words.length; at += 4) {
    const sign = words[at + 1]! >> 31;
    if (words[at + 2] !== sign || words[at + 3] !== sign) return false;
  }
  return true;
}

/** Numbers of so many bytes as ones of 64 bits; of wider ones, the lowest. */
export function longsOf(bytes: Uint8Array, width: number): BigInt64Array {
  if (width === 8) return new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const count = bytes.byteLength / width;
  const longs = new BigInt64Array(count);
  const words = new Int32Array(longs.buffer);
  const given = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < count; index += 1) {
    const at = index * width;
    const low =
      width === 1 ? given.getInt8(at) : width === 2 ? given.getInt16(at, true) : given.getInt32(at, true);
    words[index * 2] = low;
    words[index * 2 + 1] = width === 16 ? given.getInt32(at + 4, true) : low >> 31;
  }
  return longs;
}
