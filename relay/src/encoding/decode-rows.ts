import type { Cell, ResultEncoding } from './chunk.ts';
import { encodeRows, joinRows, parseRows } from './json-rows.ts';
import { joinStreams } from './streams.ts';

/** What reads and writes Arrow, loaded when it is first needed: it is large. */
export const loadArrow = async () => await import('./arrow/index.ts');

/**
 * Decodes rows of either encoding. Only for code that reads the values; code that passes rows on should pass the bytes.
 * @throws when the bytes are not of the encoding.
 */
export async function decodeRows(encoding: ResultEncoding, bytes: Uint8Array): Promise<Cell[][]> {
  if (encoding === 'json') return parseRows(bytes);
  const { readArrowRows } = await loadArrow();
  return readArrowRows(bytes);
}

/** The rows as JSON, for what reads nothing else. Throws as `decodeRows` does. */
export async function toJson(encoding: ResultEncoding, bytes: Uint8Array): Promise<Uint8Array> {
  return encoding === 'json' ? bytes : encodeRows(await decodeRows(encoding, bytes));
}

/** Joins portions of one result into one; null where they cannot be, as Arrow of another schema. */
export function join(encoding: ResultEncoding, portions: readonly Uint8Array[]): Uint8Array | null {
  return encoding === 'json' ? joinRows(portions) : joinStreams(portions);
}
