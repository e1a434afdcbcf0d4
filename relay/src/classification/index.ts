export { openClassification, type Classification } from './classification.ts';
export { importRows, parseRows, type ImportedTags } from './import.ts';
export { classificationMigrations } from './migrations.ts';
