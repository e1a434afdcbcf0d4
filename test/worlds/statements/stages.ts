import type { Order } from '../order.ts';
import { literal } from './literals.ts';
import type { Pen } from './scope.ts';
import type { Table } from './shop-schema.ts';
import { wholeQuery } from './whole-queries.ts';

/** What a session has of files. */
export interface Staging {
  readonly scratch: readonly Table[];
  /** Where it has them. */
  readonly files: string;
  /** The types that it has made formats for. */
  formats: ReadonlySet<string>;
}

/**
 * Files that are unloaded, and what is read of them and loaded from them afterwards. They are left unpacked: how small
 * a file gets depends on its tokens, which differ.
 */
export function staging(
  pen: Pen,
  { scratch, files, formats }: Staging,
  after: Pick<Staging, 'formats'>,
): Partial<Order> & { readonly sql: string } {
  const { chance } = pen;
  const type = chance.pick(['CSV', 'CSV', 'PARQUET', 'JSON'] as const);
  const place = `${files}/${type}${chance.between(1, 2)}`;
  const format = FORMATS[type];
  const read = `${place}${type === 'CSV' ? '' : ` (FILE_FORMAT => 'SCRATCH.${type}_FILES')`}`;
  const target = scratch.length === 0 ? null : chance.pick(scratch).name;
  const into = (source: string) => ({
    sql: `COPY INTO ${target} FROM ${source} FILE_FORMAT = ${format}${onError(chance)}`,
    describeOnly: false,
  });
  return chance.weighed<Partial<Order> & { readonly sql: string }>([
    [5, () => ({ sql: unload(pen, type, place), describeOnly: false })],
    [
      4,
      () =>
        type === 'CSV' || formats.has(type)
          ? { sql: chance.pick(READINGS)(read, literal(pen, 'text')) }
          : made(type, after),
    ],
    [target === null ? 0 : 2, () => into(place)],
    [target === null ? 0 : 1, () => into(`(SELECT $1, $2 FROM ${place})`)],
    [0.3, () => ({ sql: `REMOVE ${place}` })],
  ]);
}

function onError(chance: Pen['chance']): string {
  return chance.happens(0.5)
    ? ''
    : ` ON_ERROR = ${chance.pick(['CONTINUE', 'SKIP_FILE', "'SKIP_FILE_50%'"])}`;
}

const FORMATS = {
  CSV: '(TYPE = CSV COMPRESSION = NONE)',
  JSON: '(TYPE = JSON COMPRESSION = NONE)',
  PARQUET: '(TYPE = PARQUET)',
} as const;

function made(type: string, after: Pick<Staging, 'formats'>): Partial<Order> & { readonly sql: string } {
  after.formats = new Set([...after.formats, type]);
  return { sql: `CREATE OR REPLACE FILE FORMAT SCRATCH.${type}_FILES TYPE = ${type}`, describeOnly: false };
}

function unload(pen: Pen, type: keyof typeof FORMATS, place: string): string {
  const { chance } = pen;
  const { sql, columns } = chance.happens(0.5) ? plain(pen) : wholeQuery(pen, 2);
  const list = columns.map((_, index) => `C${index}`);
  const isOne = type === 'JSON' && list.length > 0;
  const source = isOne
    ? `SELECT OBJECT_CONSTRUCT('a', ${chance.pick(list)}) FROM (${sql}) AS W(${list.join(', ')})`
    : sql;
  const header = type === 'JSON' ? '' : ' HEADER = TRUE';
  return `COPY INTO ${place} FROM (${source}) FILE_FORMAT = ${FORMATS[type]} OVERWRITE = TRUE${header}`;
}

/** Columns as they are. */
function plain({ chance, tables }: Pen): Pick<Table, 'columns'> & { readonly sql: string } {
  const { name, columns } = chance.pick(tables);
  const some = chance.some(columns, 1, 3);
  return { sql: `SELECT ${some.map((column) => column.name).join(', ')} FROM ${name}`, columns: some };
}

const READINGS: readonly ((files: string, guess: string) => string)[] = [
  (files) => `SELECT $1, $2, $3 FROM ${files}`,
  (files) => `SELECT $1 FROM ${files}`,
  (files) => `SELECT $1:a, $1 FROM ${files}`,
  (files) => `SELECT METADATA$FILENAME, $1, METADATA$FILE_ROW_NUMBER FROM ${files} ORDER BY 1, 3`,
  (files, guess) => `SELECT METADATA$FILE_ROW_NUMBER FROM ${files} WHERE $1 = ${guess}`,
  (files) => `SELECT METADATA$FILE_ROW_NUMBER FROM ${files} ORDER BY $1`,
  (files) => `SELECT COUNT(*) FROM ${files}`,
  (files, guess) => `SELECT $1 FROM ${files} WHERE METADATA$FILE_CONTENT_KEY = ${guess}`,
  (files) =>
    `SELECT COUNT(METADATA$FILE_CONTENT_KEY) FROM ${files} WHERE METADATA$FILE_LAST_MODIFIED IS NOT NULL`,
  (files) => `SELECT COUNT($1), COUNT(DISTINCT $2) FROM ${files}`,
  (files) => `SELECT LENGTH($1), $1::NUMBER FROM ${files}`,
  (files) => `SELECT $1, COUNT(*) FROM ${files} GROUP BY $1`,
  (files, guess) => `SELECT COUNT(*) FROM ${files} WHERE $1 = ${guess}`,
  (files, guess) => `SELECT $2 FROM ${files} WHERE $1 LIKE ${guess}`,
  (files) => `SELECT C.ID FROM CUSTOMERS C, ${files} F WHERE C.EMAIL = F.$1`,
];
