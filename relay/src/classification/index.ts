export {
  openClassification,
  openRecordedClassification,
  type RecordedTagsTransaction,
  type Classification,
  type TagsReader,
  type TagsStore,
  type TagsTransaction,
} from './classification.ts';
export { importRows, parseRows, type ImportedTags } from './import.ts';
