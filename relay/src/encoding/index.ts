export { createByteWriter } from './byte-writer.ts';
export { decodeRows, join, loadArrow, toJson } from './decode-rows.ts';
export type { Cell, ResultChunk, ResultEncoding } from './chunk.ts';
export type { ColumnShape, ColumnStructure, LogicalType, StructureField } from './column.ts';
export {
  chunkOf,
  encodeRows,
  firstRows,
  joinRows,
  type Most,
  parseRows,
  type Portion,
  sliceRows,
  splitRows,
} from './json-rows.ts';
export { type OpenedChunk, openedChunk } from './opened-chunk.ts';
export { areJoinable } from './streams.ts';
