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
