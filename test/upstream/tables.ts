import {
  type Answer,
  type Asked,
  failure,
  firstOf,
  type Script,
  selected,
  STATEMENT_TYPES,
} from './answers.ts';
import type { Cell, Column, Row } from './columns.ts';
import { shapeOf } from './columns.ts';
import { governanceScript } from './governance.ts';
import { generatedRows, type RowSource } from './rows.ts';

/** A table of the account, whose rows are made when they are asked for. */
export interface Table {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  /** After so many rows they come again, so that a chunk of them is made once. */
  readonly distinct?: number;
  readonly portions?: { readonly first: number; readonly chunk: number };
  /** Whether the role may read it, and not ask for its tags. */
  readonly tagsAreHidden?: boolean;
}

export interface TableColumn extends Column {
  /** The account's own tags on it, by name. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The masking policy that the account has on it. */
  readonly maskedBy?: string;
  cell(index: number): Cell;
}

/**
 * Answers `SELECT column, .. FROM table [WHERE ID = n]`, and what INFORMATION_SCHEMA and SHOW say of the tables. Everything else is
 * left to others.
 */
export function tablesScript(tables: readonly Table[]): Script {
  const sources = new Map<string, RowSource>();
  return firstOf(
    (asked) => catalogAnswer(tables, asked),
    governanceScript(tables),
    ({ sql, session }) => {
      const { text, blanked } = withoutFloor(sql);
      const [, list, path, , id] =
        /^\s*select\s+(.+?)\s+from\s+([\w$".]+)(\s+where\s+id\s*=\s*(\d+))?\s*;?\s*$/is.exec(text) ?? [];
      if (list === undefined || path === undefined) return undefined;
      const parts = path.split('.').map(stored);
      const table = tables.find(
        ({ database, schema, name }) =>
          parts.at(-1) === name &&
          (parts.at(-2) ?? session.schema) === schema &&
          (parts.at(-3) ?? session.database) === database,
      );
      if (table === undefined)
        return failure(
          '002003',
          '42S02',
          `SQL compilation error:\nObject '${parts.join('.')}' does not exist or not authorized.`,
        );
      const columns =
        list.trim() === '*'
          ? table.columns
          : list.split(',').map((text) => table.columns.find(({ name }) => name === stored(text.trim())));
      if (!isComplete(columns)) return undefined;
      const blanks = columns.map(({ name, type }) =>
        blanked.has(name) ? (type === 'text' || type === 'binary' ? '' : '0') : null,
      );
      const row = (index: number): Row =>
        columns.map(({ cell }, at) => {
          const value = cell(index);
          return value === null ? null : (blanks[at] ?? value);
        });
      if (id !== undefined) return selected(columns, Number(id) < table.rows ? [row(Number(id))] : []);
      const key = `${table.database}.${table.schema}.${table.name} ${columns.map(({ name }) => `${name}${blanked.has(name) ? ' blank' : ''}`).join()}`;
      let source = sources.get(key);
      if (source === undefined) sources.set(key, (source = generatedRows(table.rows, row, table.distinct)));
      return selected(columns, source, table.portions === undefined ? {} : { portions: table.portions });
    },
  );
}

/**
 * A relay reads a table as `(SELECT "A", IFF("B" IS NULL, NULL, ''::VARCHAR) AS "B" FROM T) AS "T"`: whose columns are themselves, or
 * blank.
 */
function withoutFloor(sql: string): { readonly text: string; readonly blanked: ReadonlySet<string> } {
  const blanked = new Set<string>();
  const text = sql.replace(FLOOR, (_, list: string, table: string) => {
    for (const [, name] of list.matchAll(/IFF\("(?:[^"]|"")+" IS NULL, NULL, .+?\) AS "((?:[^"]|"")+)"/g))
      blanked.add(name!);
    return table;
  });
  return { text, blanked };
}

const FLOOR = /\(SELECT ((?:"|IFF\().+) FROM ([\w$".]+)\) AS "(?:[^"]|"")+"/;

function isComplete(columns: readonly (TableColumn | undefined)[]): columns is readonly TableColumn[] {
  return columns.every((column) => column !== undefined);
}

/** The views of INFORMATION_SCHEMA that have rows here, whole. */
function viewRows(tables: readonly Table[], view: string, database: string): Record<string, Cell>[] | null {
  const own = tables.filter((table) => table.database === database);
  switch (view) {
    case 'SCHEMATA':
      return [...new Set(own.map(({ schema }) => schema))].map((schema) => ({ SCHEMA_NAME: schema }));
    case 'TABLES':
      return own.map(({ schema, name, rows }) => ({
        TABLE_SCHEMA: schema,
        TABLE_NAME: name,
        TABLE_TYPE: 'BASE TABLE',
        ROW_COUNT: String(rows),
        CREATED: '1700000000.000000000 1440',
        LAST_ALTERED: '1700000000.000000000 1440',
        LAST_DDL: '1700000000.000000000 1440',
        COMMENT: null,
        IS_TEMPORARY: 'NO',
      }));
    case 'COLUMNS':
      return own.flatMap(({ schema, name, columns }) =>
        columns.map((column, index) => {
          const { precision, scale, length } = shapeOf(column);
          const isText = column.type === 'text' || column.type === 'binary';
          const isTime = column.type.startsWith('time');
          return {
            TABLE_SCHEMA: schema,
            TABLE_NAME: name,
            COLUMN_NAME: column.name,
            ORDINAL_POSITION: String(index + 1),
            IS_NULLABLE: (column.nullable ?? true) ? 'YES' : 'NO',
            DATA_TYPE: DATA_TYPES[column.type],
            CHARACTER_MAXIMUM_LENGTH: isText ? String(length) : null,
            NUMERIC_PRECISION: column.type === 'fixed' ? String(precision) : null,
            NUMERIC_SCALE: column.type === 'fixed' ? String(scale) : null,
            DATETIME_PRECISION: isTime ? String(scale) : null,
            COLLATION_NAME: null,
            COMMENT: null,
          };
        }),
      );
    case 'VIEWS':
    case 'FUNCTIONS':
    case 'PROCEDURES':
      return [];
    default:
      return null;
  }
}

const DATA_TYPES: Readonly<Record<Column['type'], string>> = {
  fixed: 'NUMBER',
  real: 'FLOAT',
  decfloat: 'DECFLOAT',
  text: 'TEXT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time: 'TIME',
  timestamp_ntz: 'TIMESTAMP_NTZ',
  timestamp_ltz: 'TIMESTAMP_LTZ',
  timestamp_tz: 'TIMESTAMP_TZ',
  binary: 'BINARY',
  variant: 'VARIANT',
  object: 'OBJECT',
  array: 'ARRAY',
};

const CATALOG =
  /^\s*select\s+([\w\s,]+?)\s+from\s+("(?:[^"]|"")+"|[\w$]+)\.information_schema\.(\w+)(?:\s+where\s+(.+?))?(?:\s+order\s+by\s+\w+)?(?:\s+limit\s+(\d+))?\s*$/is;

function catalogAnswer(tables: readonly Table[], { sql, binds }: Asked): Answer | undefined {
  if (/^\s*show\s+(terse\s+)?databases\b/i.test(sql)) {
    const names = [...new Set(tables.map(({ database }) => database))];
    return {
      ...selected(
        [{ name: 'created_on', type: 'timestamp_ltz', scale: 3 }, text('name')],
        names.map((name) => ['1700000000.000', name]),
      ),
      statementTypeId: STATEMENT_TYPES.show,
      encoding: 'json',
    };
  }
  const [, list, database, view, where, limit] = CATALOG.exec(sql) ?? [];
  if (list === undefined || database === undefined || view === undefined) return undefined;
  if (!tables.some((table) => table.database === stored(database)))
    return failure(
      '002003',
      '02000',
      `SQL compilation error:\nDatabase '${stored(database)}' does not exist or not authorized.`,
    );
  const rows = viewRows(tables, view.toUpperCase(), stored(database));
  if (rows === null) return undefined;
  const values = Object.keys(binds)
    .toSorted((one, other) => Number(one) - Number(other))
    .map((name) => String(binds[name]!.value));
  const names = list.split(',').map((name) => name.trim().toUpperCase());
  const found = rows
    .filter((row) => where === undefined || holds(where, row, values))
    .slice(0, limit === undefined ? undefined : Number(limit));
  return selected(
    names.map(text),
    found.map((row) => names.map((name) => row[name] ?? null)),
  );
}

/** Conditions on columns and binds, with AND inside OR or OR inside AND, as written for a catalog; anything else is a fault of the test's. */
function holds(where: string, row: Readonly<Record<string, Cell>>, binds: readonly string[]): boolean {
  let at = 0;
  const expression = where
    .replaceAll(/(\w+)\s*(=|>|LIKE)\s*\?(?:\s*ESCAPE\s*'!')?/gi, (_, name: string, how: string) =>
      compare(row[name.toUpperCase()] ?? '', how.toUpperCase(), binds[at++]!) ? '1' : '0',
    )
    .replaceAll(/\s+/g, '');
  if (!/^(?:[01()]|AND|OR)+$/i.test(expression)) throw new Error(`not a condition of a catalog: ${where}`);
  return evaluate(expression.toUpperCase());
}

function evaluate(expression: string): boolean {
  let text = expression;
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replaceAll(/\(([01])\)/g, '$1')
      .replaceAll(/([01])AND([01])/g, (_, one: string, other: string) =>
        one === '1' && other === '1' ? '1' : '0',
      )
      .replaceAll(/(?<=^|\()([01])OR([01])(?=\)|$|OR)/g, (_, one: string, other: string) =>
        one === '1' || other === '1' ? '1' : '0',
      );
  }
  return text === '1';
}

function compare(value: string, how: string, bind: string): boolean {
  if (how === '=') return value === bind;
  if (how === '>') return value > bind;
  const pattern = bind.replaceAll(/!([%_!])|%|_|[\\^$.*+?()[\]{}|]/g, (found, escaped?: string) =>
    escaped !== undefined ? escaped : found === '%' ? '.*' : found === '_' ? '.' : `\\${found}`,
  );
  return new RegExp(`^${pattern}$`, 's').test(value);
}

function text(name: string): Column {
  return { name, type: 'text' };
}

function stored(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase();
}
