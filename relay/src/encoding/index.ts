export type { Cell, ResultChunk } from './chunk.ts';
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
