export {
  chunkOf,
  encodeRows,
  firstRows,
  joinRows,
  type Most,
  parseRows,
  type Portion,
  splitRows,
} from './json-rows.ts';
