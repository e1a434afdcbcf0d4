import { type FormatOptions, isTemporaryCreate, type ObjectName, type Tree } from '@sluice/snowflake-sql';
import {
  type Bound,
  type BoundFiles,
  type BoundFileStatement,
  type BoundLoad,
  type BoundQuery,
  type BoundStaged,
  type BoundUnload,
  indexRelations,
  optionsOfCreate,
} from '@sluice/snowflake-sql/execution';
import { commentIn } from '../declared.ts';
import { unsupported } from '../errors.ts';
import { type FittingRows, renderFittingRows } from '../render/fitting-rows.ts';
import { filesVariable, renderCounts, renderIsReadToEnd } from '../render/staged.ts';
import { renderInsert, type RenderOptions, renderStatementQuery } from '../render/render.ts';
import type { KnownColumns } from '../types/known-columns.ts';
import { readFormat } from './format.ts';
import type { StageChange, StageObjectType } from './stages.ts';

/** Files that a statement reads, and what tells DuckDB where they are. */
export interface FilesRead {
  readonly variable: string;
  readonly files: BoundFiles;
}

/** What becomes of a file with rows that do not fit: it is loaded without them, or not at all. */
export interface OnError {
  readonly rows: FittingRows;
  /** From how many such rows on, or of what percentage of its rows more, a file is left out; null: of none. */
  readonly most: { readonly rows: number } | { readonly percent: number } | null;
  /** Its columns, in order, as Snowflake names them in what COPY answers. */
  readonly columns: readonly string[];
}

/** What is planned of stages, beside what is read of them in any query. */
export type FilesPlan =
  | {
      readonly kind: 'load';
      readonly sql: string;
      /** Asks for the rows of each file. */
      readonly counts: string | null;
      /** Asks whether they are read to their ends; null where they are in any case. */
      readonly isReadToEnd: string | null;
      readonly read: FilesRead;
      readonly table: ObjectName;
      readonly purges: boolean;
      /** Whether files are loaded that have been before. */
      readonly forced: boolean;
      /** Null where all files are loaded or none. */
      readonly onError: OnError | null;
    }
  | {
      readonly kind: 'unload';
      readonly sql: string;
      readonly columns: KnownColumns;
      readonly showsDefinitions: boolean;
      readonly to: BoundFiles;
      readonly isSingle: boolean;
      readonly overwrites: boolean;
      readonly hasHeader: boolean;
    }
  | {
      readonly kind: 'files';
      readonly what: BoundFileStatement['what'];
      readonly files: BoundFiles;
      readonly local: string;
      readonly options: FormatOptions;
    }
  | {
      readonly kind: 'stage_ddl';
      readonly what: 'create' | 'drop';
      readonly type: StageObjectType;
      readonly name: ObjectName;
      readonly format: FormatOptions;
      readonly comment: string | null;
      readonly temporary: boolean;
      readonly orReplace: boolean;
      /** IF EXISTS, IF NOT EXISTS. */
      readonly conditional: boolean;
    }
  | {
      readonly kind: 'stage_change';
      readonly type: StageObjectType;
      readonly name: ObjectName;
      readonly change: StageChange;
      readonly ifExists: boolean;
    };

/** The files that a statement reads wherever it does. */
export function filesIn({ statement }: Bound): readonly FilesRead[] {
  return stagedIn(statement).map((relation) => ({
    variable: filesVariable(relation),
    files: relation.files,
  }));
}

function stagedIn(statement: Bound['statement']): readonly BoundStaged[] {
  return [...indexRelations(statement).values()].filter((relation) => relation.kind === 'staged');
}

/** COPY INTO a table: an INSERT of what the files have. */
export function planLoad(bound: Bound, load: BoundLoad, options: RenderOptions): FilesPlan {
  const { target, columns, source, at } = load;
  if (source === null) throw unsupported('this stage');
  const [read, ...more] = stagedIn(load);
  if (read === undefined || more.length > 0) throw unsupported('a load of other than the files of one stage');
  const { PURGE: purges, FORCE: forced, ON_ERROR: onError, ...rest } = load.options;
  checkOptions(rest, LOAD_OPTIONS);
  const insert = { kind: 'insert', at, overwrite: false, target, columns: columns, source } as const;
  return {
    kind: 'load',
    sql: renderInsert(bound, insert, options),
    counts: renderCounts(read),
    isReadToEnd: renderIsReadToEnd(read),
    read: { variable: filesVariable(read), files: read.files },
    table: target.object,
    purges: isTrue(purges),
    forced: isTrue(forced),
    onError: planOnError(bound, { ...load, source }, read, options, String(onError ?? 'ABORT_STATEMENT')),
  };
}

/** https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions */
function planOnError(
  bound: Bound,
  load: BoundLoad & { readonly source: BoundQuery },
  read: BoundStaged,
  options: RenderOptions,
  said: string,
): OnError | null {
  const [, how, number = '', percent = ''] =
    /^(ABORT_STATEMENT|CONTINUE|SKIP_FILE)(?:(?<=SKIP_FILE)_(\d{1,9})(%?))?$/i.exec(said) ?? [];
  if (how === undefined) throw unsupported(`ON_ERROR = ${said} in COPY`);
  if (how.toUpperCase() === 'ABORT_STATEMENT') return null;
  if (!read.whole) throw unsupported(`ON_ERROR = ${said} of a query in COPY`);
  const count = number === '' ? 1 : Number(number);
  if (count < 1 || (percent !== '' && count > 100)) throw unsupported(`ON_ERROR = ${said} in COPY`);
  const { target, columns } = load;
  return {
    rows: renderFittingRows(bound, load, read, options),
    most: how.toUpperCase() === 'CONTINUE' ? null : percent === '' ? { rows: count } : { percent: count },
    columns: columns.map((column) => {
      const place = target.columns.indexOf(column) + 1;
      return `${JSON.stringify(target.object.name)}[${JSON.stringify(column)}:${place}]`;
    }),
  };
}

/** What COPY may say: with these values it does as it does here anyway. */
const LOAD_OPTIONS: Readonly<Record<string, readonly string[] | null>> = {
  PATTERN: null,
  FILES: null,
  MATCH_BY_COLUMN_NAME: null,
  RETURN_FAILED_ONLY: ['FALSE'],
  ENFORCE_LENGTH: ['TRUE'],
  TRUNCATECOLUMNS: ['FALSE'],
  LOAD_UNCERTAIN_FILES: null,
};

function checkOptions(
  options: FormatOptions,
  known: Readonly<Record<string, readonly string[] | null>>,
): void {
  for (const [name, value] of Object.entries(options)) {
    const allowed = Object.hasOwn(known, name) ? known[name] : [];
    if (allowed === null || allowed === undefined) continue;
    if (!allowed.includes(String(value).toUpperCase()))
      throw unsupported(`${name} = ${String(value)} in COPY`);
  }
}

/** COPY INTO a stage: a query, whose rows go into files once they are masked. */
export function planUnload(bound: Bound, unload: BoundUnload, options: RenderOptions): FilesPlan {
  const { to, partitionBy, source } = unload;
  if (to === null) throw unsupported('COPY INTO a location that is no stage of its own');
  if (partitionBy !== null) throw unsupported('PARTITION BY in COPY');
  const { SINGLE: single, OVERWRITE: overwrite, HEADER: header, ...rest } = unload.options;
  checkOptions(rest, { MAX_FILE_SIZE: null, DETAILED_OUTPUT: ['FALSE'], INCLUDE_QUERY_ID: ['FALSE'] });
  readFormat(to.format);
  const rendered = renderStatementQuery(bound, source, options);
  return {
    kind: 'unload',
    sql: rendered.sql,
    columns: rendered.columns,
    showsDefinitions: rendered.showsDefinitions,
    to,
    isSingle: isTrue(single),
    overwrites: isTrue(overwrite),
    hasHeader: isTrue(header),
  };
}

export function planFiles({ what, files, local, options }: BoundFileStatement): FilesPlan {
  return { kind: 'files', what, files, local, options };
}

/** CREATE, ALTER, DROP and COMMENT ON of stages and file formats; null for any other object. */
export function planStageDdl(bound: Bound, tree: Tree.Statement): FilesPlan | null {
  if (tree.kind !== 'create' && tree.kind !== 'alter' && tree.kind !== 'drop' && tree.kind !== 'comment')
    return null;
  const { objectType: type } = tree;
  if (type !== 'stage' && type !== 'file_format') return null;
  const name = tree.name === null || tree.name.kind === 'string' ? undefined : bound.names.get(tree.name);
  if (name === undefined) throw unsupported(`this name of a ${type}`);
  const base = { kind: 'stage_ddl', type, name, comment: null, temporary: false, orReplace: false } as const;
  if (tree.kind === 'drop') return { ...base, what: 'drop', format: {}, conditional: tree.ifExists };
  if (tree.kind === 'alter' || tree.kind === 'comment') {
    const change = tree.kind === 'alter' ? changeOf(bound, type, name, tree) : { comment: tree.text.value };
    return { kind: 'stage_change', type, name, change, ifExists: tree.ifExists };
  }
  if (tree.clone !== null) throw unsupported(`a clone of a ${type.replaceAll('_', ' ')}`);
  const { format, others } = optionsOfCreate(type, tree.options);
  for (const option of Object.keys(others))
    if (!STAGE_OPTIONS.has(option)) throw unsupported(`${option} of a stage`);
  readFormat(format);
  return {
    ...base,
    what: 'create',
    format,
    comment: commentIn(tree.options),
    temporary: isTemporaryCreate(tree),
    orReplace: tree.or === 'REPLACE',
    conditional: tree.ifNotExists,
  };
}

function changeOf(
  bound: Bound,
  type: StageObjectType,
  name: ObjectName,
  { actions, others }: Tree.Alter,
): StageChange {
  const [action, ...more] = actions;
  if (action === undefined || more.length + others.length > 0) throw unsupported('this form of ALTER');
  switch (action.kind) {
    case 'rename_to': {
      const to = bound.names.get(action.name);
      if (to === undefined) throw unsupported('an object of this name');
      if (to.schema !== name.schema || to.database !== name.database)
        throw unsupported('moving an object to another schema');
      return { to };
    }
    case 'set_options': {
      const { format, others: rest } = optionsOfCreate(type, action.options);
      for (const option of Object.keys(rest))
        if (!STAGE_OPTIONS.has(option)) throw unsupported(`${option} of a stage`);
      const comment = commentIn(action.options);
      return { format, ...(comment === null ? {} : { comment }) };
    }
    case 'unset_options':
      if (action.names.every(({ text }) => text === 'COMMENT')) return { comment: '' };
      throw unsupported('UNSET of anything but COMMENT');
    default:
      throw unsupported('this form of ALTER');
  }
}

/** What changes nothing of a stage whose files the relay keeps. */
const STAGE_OPTIONS: ReadonlySet<string> = new Set(['ENCRYPTION', 'COMMENT', 'DIRECTORY', 'COPY_OPTIONS']);

export function isTrue(value: FormatOptions[string] | undefined): boolean {
  return String(value ?? false).toUpperCase() === 'TRUE';
}
