import {
  type Bound,
  type BoundDelete,
  type BoundExpression,
  type BoundInsert,
  type BoundMerge,
  type BoundMergeClause,
  type BoundQuery,
  type BoundSet,
  type BoundTable,
  type BoundUpdate,
  type Floor,
} from '@sluice/snowflake-sql/execution';
import type { Tree } from '@sluice/snowflake-sql';
import type { SessionAnswers } from '../../session-state.ts';
import type { CountedRows } from '../../result.ts';
import { unsupported } from '../errors.ts';
import { createNulls } from '../types/nulls.ts';
import { typeOfDataType } from '../types/snowflake-type.ts';
import { nameOfType } from '../types/type-name.ts';
import { renderViews, renderWith } from './ctes.ts';
import { renderColumnType } from './data-types.ts';
import { renderExpression } from './expressions.ts';
import { fitted, isTakenAsItIs } from './fit.ts';
import { renderFrom, renderRelation } from './from.ts';
import { checkWritable, renderObjectName } from './names.ts';
import { renderCondition } from './predicates.ts';
import { renderQueryWith } from './query.ts';
import { quoteName } from './quote.ts';
import { packed, renderHeld } from './offsets.ts';
import { checkLength, createRendering, type Rendering, type Wanted } from './rendering.ts';
import { PLAIN } from './scope.ts';

/** What a bound statement is rendered under. */
export interface RenderOptions {
  readonly floor: Floor;
  readonly answers: SessionAnswers;
}

/** A query for DuckDB, whose columns are those of the bound one, in order. Throws `unsupported_by_warehouse`. */
export function renderStatementQuery(bound: Bound, query: BoundQuery, options: RenderOptions) {
  const rendering = start(bound, options);
  const sql = checkLength(renderWhole(bound, query, rendering));
  const nulls = createNulls(bound.statement, rendering.relations, rendering.types);
  return {
    sql,
    columns: query.columns.map(({ name }, index) => ({
      name,
      type: rendering.types.ofQuery(query, index),
      nullable: nulls.canBeIn(query, index),
    })),
    showsDefinitions: rendering.showsDefinitions,
  };
}

/** The rows of a table that is made of a query, each value of its column's type, where one is written. */
export function renderMadeOf(
  bound: Bound,
  query: BoundQuery,
  types: readonly (Tree.DataType | null)[],
  options: RenderOptions,
): string {
  const rendering = start(bound, options);
  const rows = renderWhole(bound, query, rendering);
  const made = query.columns.map((_, index) => rendering.types.ofQuery(query, index));
  if (types.every((type) => type === null) && made.every(({ kind }) => kind !== 'null'))
    return checkLength(rows);
  const columns = made.map(({ kind }, index) => {
    const [value, type] = [`s0.o${index}`, types[index] ?? null];
    // Of NULL alone, Snowflake makes a column of texts.
    if (type === null) return kind === 'null' ? `CAST(${value} AS VARCHAR) AS o${index}` : value;
    const name = nameOfType(typeOfDataType(type)) ?? '';
    const fit = fitted(rendering, value, made[index]!, name);
    return `CAST(${fit} AS ${renderColumnType(type)}) AS o${index}`;
  });
  return checkLength(`SELECT ${columns.join(', ')} FROM (${rows}) AS s0`);
}

function start(bound: Bound, { floor, answers }: RenderOptions): Rendering {
  return createRendering(bound, floor, answers);
}

function renderWhole(bound: Bound, query: BoundQuery, rendering: Rendering): string {
  if (query.open !== null) throw unsupported(query.open.reason);
  const whole = query.columns.map((_, index): Wanted => ({ index, reading: 'direct', name: `o${index}` }));
  const offsets = whole
    .filter(({ index }) => rendering.types.ofQuery(query, index).kind === 'timestamp_tz')
    .map((one): Wanted => ({ ...one, name: `${one.name}_z`, offset: true }));
  const views = () => renderViews(rendering, bound.views);
  const rows = renderQueryWith(rendering, query, [...whole, ...offsets], views);
  if (offsets.length === 0) return rows;
  const isWithOffset = new Set(offsets.map(({ index }) => index));
  const columns = whole.map(({ index, name }) =>
    isWithOffset.has(index) ? `${packed(rendering, `w0.${name}`, `w0.${name}_z`)} AS ${name}` : `w0.${name}`,
  );
  return `SELECT ${columns.join(', ')} FROM (${rows}) AS w0`;
}

export function renderInsert(bound: Bound, insert: BoundInsert, options: RenderOptions): string {
  const rendering = start(bound, options);
  checkWritable(insert.target.object);
  const columns = insert.columns.map(quoteName).join(', ');
  const into = `INSERT INTO ${rendering.objectName(insert.target.object)} (${columns})`;
  const { body } = insert.source;
  const typeOf = typesOf(insert.target);
  const types = insert.columns.map(typeOf);
  const isPlain = body.kind === 'values' && body.rows.some((row) => row.some(isDefault));
  if (isPlain) return checkLength(`${into} ${renderRows(rendering, bound, body.rows, types)}`);
  const rows = renderWhole(bound, insert.source, rendering);
  const made = insert.source.columns.map((_, index) => rendering.types.ofQuery(insert.source, index));
  if (made.every((type, index) => isTakenAsItIs(type, types[index] ?? '')))
    return checkLength(`${into} ${rows}`);
  const values = made.map((type, index) => fitted(rendering, `s0.o${index}`, type, types[index] ?? ''));
  return checkLength(`${into} SELECT ${values.join(', ')} FROM (${rows}) AS s0`);
}

/**
 * What INSERT OVERWRITE takes away: the rows that are there before. They are told from the new ones by their place, since what is
 * inserted may be read from them. `last` gives the place of the last of them.
 */
export function renderOverwritten({ target }: BoundInsert, { answers }: RenderOptions) {
  checkPlaces(target.columns);
  const table = renderObjectName(target.object, answers.temporary);
  return {
    last: `SELECT coalesce(max(rowid), -1) FROM ${table}`,
    remove: `DELETE FROM ${table} WHERE rowid <= $1`,
    count: `SELECT COUNT(*) FROM ${table}`,
  };
}

/** A target's type of a column, by its name. */
export function typesOf(target: {
  columns: readonly (string | { name: string })[];
  types: readonly string[];
}) {
  const types = new Map(
    target.columns.map((column, index) => [
      typeof column === 'string' ? column : column.name,
      target.types[index] ?? '',
    ]),
  );
  return (column: string) => types.get(column) ?? '';
}

/** DEFAULT has a meaning only in rows that stand in the statement itself. */
function renderRows(
  rendering: Rendering,
  bound: Bound,
  rows: readonly (readonly BoundExpression[])[],
  types: readonly string[],
): string {
  const values = rows
    .map(
      (row) =>
        `(${row.map((value, index) => renderAssigned(rendering, value, types[index] ?? '')).join(', ')})`,
    )
    .join(', ');
  return `${renderWith(renderViews(rendering, bound.views))}VALUES ${values}`;
}

export function isDefault(value: BoundExpression): boolean {
  return value.kind === 'literal' && value.value.kind === 'default';
}

/** A value on its way into a column, as it is. */
export function renderAssigned(rendering: Rendering, value: BoundExpression, columnType: string): string {
  if (isDefault(value)) return 'DEFAULT';
  const text = renderHeld({ rendering, scope: PLAIN, reading: 'direct' }, value);
  return fitted(rendering, text, rendering.types.of(value), columnType);
}

export function renderUpdate(bound: Bound, update: BoundUpdate, options: RenderOptions): string {
  const rendering = start(bound, options);
  const typeOf = typesOf(update.target);
  const assignments = update.assignments.map(
    ({ column, value }) => `${quoteName(column)} = ${renderAssigned(rendering, value, typeOf(column))}`,
  );
  const where = update.where === null ? '' : ` WHERE ${renderCondition(rendering, PLAIN, update.where)}`;
  const from = update.from === null ? '' : ` FROM ${renderFrom(rendering, update.from)}`;
  const head = `UPDATE ${renderTarget(rendering, update.target)} SET ${assignments.join(', ')}`;
  return checkLength(`${renderWith(renderViews(rendering, bound.views))}${head}${from}${where}`);
}

export function renderDelete(bound: Bound, statement: BoundDelete, options: RenderOptions): string {
  const rendering = start(bound, options);
  const where =
    statement.where === null ? '' : ` WHERE ${renderCondition(rendering, PLAIN, statement.where)}`;
  const using = statement.using === null ? '' : ` USING ${renderFrom(rendering, statement.using)}`;
  const head = `DELETE FROM ${renderTarget(rendering, statement.target)}`;
  return checkLength(`${renderWith(renderViews(rendering, bound.views))}${head}${using}${where}`);
}

export function renderMerge(bound: Bound, merge: BoundMerge, options: RenderOptions): string {
  const rendering = start(bound, options);
  const on = renderCondition(rendering, PLAIN, merge.on);
  const typeOf = typesOf(merge.target);
  const clauses = merge.clauses.map((clause) => renderClause(rendering, clause, typeOf));
  const source = renderRelation(rendering, merge.source);
  const head = `MERGE INTO ${renderTarget(rendering, merge.target)} USING ${source} ON ${on}`;
  const text = `${renderWith(renderViews(rendering, bound.views))}${head} ${clauses.join(' ')}`;
  return checkLength(`${text} RETURNING merge_action`);
}

/** What the clauses of a MERGE can do. */
export function doneBy({ clauses }: BoundMerge): readonly CountedRows[] {
  return [...new Set(clauses.map(({ action }) => DONE_BY[action.kind]))];
}

const DONE_BY = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;

/** How many rows more than one row of the source would update, or one update and another delete; null when none can be. */
export function renderAmbiguous(bound: Bound, merge: BoundMerge, options: RenderOptions): string | null {
  const matched = merge.clauses.filter((clause) => clause.matched);
  if (matched.every(({ action }) => action.kind !== 'update')) return null;
  const rendering = start(bound, options);
  const row = rowOf(rendering, merge.target);
  const on = renderCondition(rendering, PLAIN, merge.on);
  const first = matched.map(({ condition, action }) => {
    const when = condition === null ? 'TRUE' : renderCondition(rendering, PLAIN, condition);
    return `WHEN ${when} THEN ${action.kind === 'update'}`;
  });
  const source = renderRelation(rendering, merge.source);
  const matches = `SELECT ${row} AS of_row, CASE ${first.join(' ')} END AS updates FROM ${renderTarget(rendering, merge.target)} JOIN ${source} ON ${on}`;
  const ambiguous = `SELECT of_row FROM (${matches}) GROUP BY of_row HAVING COUNT(updates) > 1 AND bool_or(updates)`;
  return checkLength(`${renderWith(renderViews(rendering, bound.views))}SELECT COUNT(*) FROM (${ambiguous})`);
}

/** How many rows an UPDATE with FROM changes, and for how many of them there is more than one row in FROM. */
export function renderJoined(bound: Bound, update: BoundUpdate, options: RenderOptions): string {
  const rendering = start(bound, options);
  const row = rowOf(rendering, update.target);
  const where = update.where === null ? '' : ` WHERE ${renderCondition(rendering, PLAIN, update.where)}`;
  const from = update.from === null ? '' : `, ${renderFrom(rendering, update.from)}`;
  const rows = `SELECT COUNT(*) AS matches FROM ${renderTarget(rendering, update.target)}${from}${where} GROUP BY ${row}`;
  return checkLength(
    `${renderWith(renderViews(rendering, bound.views))}SELECT COUNT(*), COUNT(*) FILTER (matches > 1) FROM (${rows})`,
  );
}

/** Which row of its table it is. */
function rowOf(rendering: Rendering, target: BoundTable): string {
  checkPlaces(target.columns.map(({ name }) => name));
  return `${rendering.nameOf({ relation: target.id })}.rowid`;
}

/** DuckDB calls a row's place `rowid`, and would take a column of that name in its stead. */
function checkPlaces(columns: readonly string[]): void {
  if (columns.some((name) => name.toUpperCase() === 'ROWID'))
    throw unsupported('this change of a table that has a column ROWID');
}

/**
 * How many rows a statement will change, as one number: of several matches of one row, each counts. An upper bound for
 * MERGE, of which a row may be matched and left as it is.
 */
export function renderRowCount(bound: Bound, options: RenderOptions): string {
  const { statement } = bound;
  const rendering = start(bound, options);
  const count = (from: string) =>
    checkLength(`${renderWith(renderViews(rendering, bound.views))}SELECT COUNT(*) FROM ${from}`);
  const whereOf = (where: BoundExpression | null) =>
    where === null ? '' : ` WHERE ${renderCondition(rendering, PLAIN, where)}`;
  switch (statement.kind) {
    case 'update':
    case 'delete': {
      const others = statement.kind === 'update' ? statement.from : statement.using;
      const where = whereOf(statement.where);
      const from = others === null ? '' : `, ${renderFrom(rendering, others)}`;
      return count(`${renderTarget(rendering, statement.target)}${from}${where}`);
    }
    case 'insert': {
      const { body } = statement.source;
      const made =
        body.kind === 'values'
          ? String(body.rows.length)
          : `(SELECT COUNT(*) FROM (${renderWhole(bound, statement.source, rendering)}))`;
      const removed = statement.overwrite ? ` + (${renderOverwritten(statement, options).count})` : '';
      return checkLength(`SELECT ${made}${removed}`);
    }
    case 'merge': {
      const on = renderCondition(rendering, PLAIN, statement.on);
      const source = renderRelation(rendering, statement.source);
      return count(`${source} LEFT JOIN ${renderTarget(rendering, statement.target)} ON ${on}`);
    }
    default:
      throw unsupported('a number of rows for this statement');
  }
}

function renderClause(
  rendering: Rendering,
  { matched, condition, action }: BoundMergeClause,
  typeOf: (column: string) => string,
): string {
  const only = condition === null ? '' : ` AND ${renderCondition(rendering, PLAIN, condition)}`;
  const when = `WHEN ${matched ? '' : 'NOT '}MATCHED${only} THEN`;
  if (action.kind === 'delete') return `${when} DELETE`;
  const columns = action.assignments.map(({ column }) => quoteName(column));
  const values = action.assignments.map(({ column, value }) =>
    renderAssigned(rendering, value, typeOf(column)),
  );
  if (action.kind === 'insert') return `${when} INSERT (${columns.join(', ')}) VALUES (${values.join(', ')})`;
  return `${when} UPDATE SET ${columns.map((column, index) => `${column} = ${values[index]}`).join(', ')}`;
}

/** What is changed is read in place. */
function renderTarget(rendering: Rendering, target: BoundTable): string {
  checkWritable(target.object);
  return `${rendering.objectName(target.object)} AS ${rendering.nameOf({ relation: target.id })}`;
}

/**
 * All values of a SET as one value, so that they are of one moment, and none is set when one fails. What a variable
 * holds can be used anywhere afterwards, where no floor is under it: it is read as what is used is.
 */
export function renderSetValues(bound: Bound, { assignments }: BoundSet, options: RenderOptions): string {
  const rendering = start(bound, options);
  const fields = assignments.map(
    ({ value }, index) => `o${index} := ${renderExpression(rendering, PLAIN, value, 'use')}`,
  );
  const views = renderWith(renderViews(rendering, bound.views));
  return checkLength(`${views}SELECT struct_pack(${fields.join(', ')})`);
}

/** An expression by itself: a column's DEFAULT. */
export function renderAlone(
  bound: Bound,
  expression: BoundExpression,
  columnType: string,
  options: RenderOptions,
): string {
  const { floor, answers } = options;
  const rendering = createRendering(bound, floor, answers, undefined, true);
  return checkLength(renderAssigned(rendering, expression, columnType));
}
