import type { BoundStaged } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { type CsvFormat, type FileFormat, readFormat } from '../stages/format.ts';
import { NOW } from './functions/times.ts';
import { quoteString } from './quote.ts';
import type { Rendering } from './rendering.ts';

/** What tells DuckDB where the files are: a variable that is set right before, and that no statement can name. */
export function filesVariable({ id }: Pick<BoundStaged, 'id'>): string {
  return `~files ${id}`;
}

/** The files of a stage as rows: texts of CSV, documents of JSON and Parquet. */
export function renderStaged(rendering: Rendering, relation: BoundStaged): string {
  const wanted = rendering.wantedOf({ relation: relation.id });
  const format = readFormat(relation.files.format);
  const extra = relation.columns.some(({ name }) => !isField(name));
  const from =
    relation.what === 'schema'
      ? renderSchema(relation, format)
      : extra
        ? withMetadata(relation, renderRows(relation, format, fieldsOf(relation), true))
        : renderRows(relation, format, fieldsOf(relation));
  const columns = wanted.map(({ index, name }) => `${columnOf(relation, format, index)} AS ${name}`);
  return `(SELECT ${columns.length === 0 ? '1 AS n' : columns.join(', ')} FROM ${from})`;
}

/** Rows with the name of their file and their number among the file's, from 1; each column by its place (`o0`). */
export function renderNumbered(relation: BoundStaged, lines: UnreadLines): string {
  const format = readFormat(relation.files.format);
  const rows = renderRows(relation, format, fieldsOf(relation), true, lines);
  const columns = relation.columns.map((_, index) => `${columnOf(relation, format, index)} AS o${index}`);
  return `(SELECT ${['filename', 'row_number() OVER () AS n', ...columns].join(', ')} FROM ${rows})`;
}

/** What becomes of lines of CSV that are no rows: they fail, are left out, or are left out and noted. */
export type UnreadLines = 'fail' | 'skip' | 'note';

/** Where lines that are left out are noted, and of which scan. Nothing of a client's is called so: those names are in capitals. */
export const NOTED_LINES = { lines: 'sluice_noted_lines', scans: 'sluice_noted_scans' };

const OPTIONS_OF_LINES: Readonly<Record<UnreadLines, readonly string[]>> = {
  fail: [],
  skip: ['ignore_errors = true'],
  note: [
    'store_rejects = true',
    `rejects_table = '${NOTED_LINES.lines}'`,
    `rejects_scan = '${NOTED_LINES.scans}'`,
  ],
};

/** How many rows each of the files has. */
export function renderCounts(relation: BoundStaged): string {
  const from = renderRows(relation, readFormat(relation.files.format), fieldsOf(relation), true);
  return `SELECT filename, CAST(COUNT(*) AS BIGINT) FROM ${from} GROUP BY ALL`;
}

/**
 * Whether files are read to their ends, as one boolean; null where they are in any case. Of a field in quotes that is never closed,
 * DuckDB leaves out all that is behind it where it counts fields, and says nothing.
 */
export function renderIsReadToEnd(relation: BoundStaged): string | null {
  const format = readFormat(relation.files.format);
  if (format.type !== 'CSV' || !isStrict(relation, format) || format.quote === '') return null;
  const files = `getvariable(${quoteString(filesVariable(relation))})`;
  const rows = (strict: boolean) =>
    `(SELECT COUNT(*) FROM ${csvRows(files, format, fieldsOf(relation), strict, '', 'fail')})`;
  return `SELECT ${rows(true)} = ${rows(false)}`;
}

/** Whether each line has to have as many fields as there are columns. */
function isStrict({ whole }: BoundStaged, { countsFields }: CsvFormat): boolean {
  return whole && countsFields;
}

/** Whether a column is one of the file's own, and not one that says where a row is from. */
function isField(name: string): boolean {
  return !name.startsWith('METADATA$');
}

function fieldsOf({ columns }: BoundStaged): number {
  return Math.max(1, columns.filter(({ name }) => isField(name)).length);
}

/** What is told of the file of each path: set with the paths, as a MAP of structs with these fields. */
export function metadataVariable(ofFiles: string): string {
  return `${ofFiles} metadata`;
}

export const METADATA_FIELDS = { name: 'n', modified: 'm', key: 'k' } as const;

/** Columns of what is told of a file, as DuckDB's expressions. */
const METADATA: Readonly<Record<string, string>> = {
  METADATA$FILENAME: `metadata.${METADATA_FIELDS.name}`,
  METADATA$FILE_ROW_NUMBER: 'CAST(file_row AS DECIMAL(38, 0))',
  METADATA$FILE_LAST_MODIFIED: `metadata.${METADATA_FIELDS.modified}`,
  METADATA$START_SCAN_TIME: NOW,
  METADATA$FILE_CONTENT_KEY: `metadata.${METADATA_FIELDS.key}`,
};

/** The rows in their order, with what is told of their file, and their number in it, from 1. */
function withMetadata(relation: BoundStaged, rows: string): string {
  const metadata = `getvariable(${quoteString(metadataVariable(filesVariable(relation)))})`;
  return `(SELECT *, ${metadata}[filename] AS metadata, place - min(place) OVER (PARTITION BY filename) + 1 AS file_row
    FROM (SELECT *, row_number() OVER () AS place FROM ${rows}))`;
}

function columnOf(relation: BoundStaged, format: FileFormat, at: number): string {
  const { what, match, columns } = relation;
  const { name: column } = columns[at]!;
  if (what === 'schema') return `c${at}`;
  if (!isField(column)) return METADATA[column]!;
  const index = columns.slice(0, at).filter(({ name }) => isField(name)).length;
  if (format.type === 'CSV') {
    if (match !== null) throw unsupported('MATCH_BY_COLUMN_NAME of CSV files');
    return format.trims ? `trim(c${index})` : `c${index}`;
  }
  if (match === null) {
    if (index > 0) throw unsupported(`column $${index + 1} of ${format.type} files, which have one`);
    return 'c0';
  }
  const name = match.names[index]!;
  if (match.exact) return field(quoteString(name));
  return field(`list_filter(json_keys(c0), lambda k: upper(k) = ${quoteString(name.toUpperCase())})[1]`);
}

/** A field of a document, NULL where there is none: any name, without a meaning of its own in a path (RFC 6901). */
function field(name: string): string {
  const value = `json_extract(c0, '/' || replace(replace(${name}, '~', '~0'), '/', '~1'))`;
  return `CASE WHEN json_type(${value}) = 'NULL' THEN NULL ELSE ${value} END`;
}

function renderRows(
  relation: BoundStaged,
  format: FileFormat,
  columns: number,
  withName = false,
  lines: UnreadLines = 'fail',
): string {
  const files = `getvariable(${quoteString(filesVariable(relation))})`;
  const name = withName ? ', filename = true' : '';
  switch (format.type) {
    case 'CSV':
      return csvRows(files, format, columns, isStrict(relation, format), name, lines);
    case 'JSON': {
      const how = format.stripsOuterArray ? 'array' : 'unstructured';
      return `(SELECT json AS c0${withName ? ', filename' : ''} FROM read_json_objects(${files}, format = '${how}', maximum_object_size = 16777216${name}))`;
    }
    case 'PARQUET':
      if (withName)
        return `(SELECT json_merge_patch(CAST(to_json(p) AS JSON), '{"filename": null}') AS c0, filename FROM ${parquet(files, format.binaryIsText, name)} AS p)`;
      return `(SELECT CAST(to_json(p) AS JSON) AS c0 FROM ${parquet(files, format.binaryIsText)} AS p)`;
    default:
      return format satisfies never;
  }
}

function parquet(files: string, binaryIsText: boolean, name = ''): string {
  return `read_parquet(${files}, union_by_name = true, hive_partitioning = false, binary_as_string = ${binaryIsText}${name})`;
}

function csvRows(
  files: string,
  { delimiter, skip, quote, nullIf, emptyIsNull }: CsvFormat,
  columns: number,
  strict: boolean,
  name: string,
  lines: UnreadLines,
): string {
  const fields = Array.from({ length: columns }, (_, index) => `c${index}: 'VARCHAR'`).join(', ');
  const nulls = [...new Set([...nullIf, ...(emptyIsNull ? [''] : [])])];
  const options = [
    'auto_detect = false',
    `columns = {${fields}}`,
    `delim = ${quoteString(delimiter)}`,
    `quote = ${quoteString(quote)}`,
    `escape = ${quoteString(quote)}`,
    'header = false',
    `skip = ${skip}`,
    `nullstr = [${nulls.map(quoteString).join(', ')}]`,
    'allow_quoted_nulls = false',
    `null_padding = ${!strict}`,
    `strict_mode = ${strict}`,
    // A field with line ends in it and lines of other lengths are read in order.
    'parallel = false',
    'max_line_size = 16777216',
    ...OPTIONS_OF_LINES[lines],
  ];
  return `read_csv(${files}, ${options.join(', ')}${name})`;
}

/** What INFER_SCHEMA tells of files: only Parquet says itself what columns it has. */
function renderSchema(relation: BoundStaged, format: FileFormat): string {
  if (format.type !== 'PARQUET') throw unsupported(`INFER_SCHEMA of ${format.type} files`);
  const files = `getvariable(${quoteString(filesVariable(relation))})`;
  const described = `(DESCRIBE SELECT * FROM ${parquet(files, format.binaryIsText)})`;
  return `(SELECT column_name AS c0, ${TYPE} AS c1, TRUE AS c2, '$1:' || column_name || '::' || ${TYPE} AS c3,
    '' AS c4, CAST(row_number() OVER () - 1 AS DECIMAL(38, 0)) AS c5 FROM ${described})`;
}

const TYPE = `CASE
  WHEN column_type IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'HUGEINT') THEN 'NUMBER(38, 0)'
  WHEN column_type LIKE 'DECIMAL(%' THEN 'NUMBER' || replace(column_type[8:], ',', ', ')
  WHEN column_type IN ('FLOAT', 'DOUBLE') THEN 'REAL'
  WHEN column_type = 'BOOLEAN' THEN 'BOOLEAN'
  WHEN column_type = 'VARCHAR' THEN 'TEXT'
  WHEN column_type = 'DATE' THEN 'DATE'
  WHEN column_type = 'TIME' THEN 'TIME'
  WHEN column_type = 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP_LTZ'
  WHEN column_type LIKE 'TIMESTAMP%' THEN 'TIMESTAMP_NTZ'
  WHEN column_type = 'BLOB' THEN 'BINARY'
  ELSE 'VARIANT' END`;
