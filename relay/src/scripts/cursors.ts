import type { Tree } from '@sluice/snowflake-sql';
import { assignValue, rowsFor, unknownVariable } from './declarations.ts';
import { expressionError } from './raised.ts';
import { evaluated, type Run, sent, written } from './run.ts';
import type { Named, ResultRows, Scope } from './scope.ts';
import { NULL, type Value, valueOf } from './value.ts';

type Cursor = Extract<Named, { is: 'cursor' }>;

export async function openCursor(run: Run, scope: Scope, { cursor, using }: Tree.Open): Promise<void> {
  const named = cursorNamed(scope, cursor.name);
  named.rows = await cursorRows(run, scope, named, using);
  named.at = 0;
}

export async function fetchCursor(run: Run, scope: Scope, { cursor, into }: Tree.Fetch): Promise<void> {
  const named = cursorNamed(scope, cursor.name);
  if (named.rows === null) throw expressionError(`Cursor '${cursor.name}' is not open.`);
  const values = valuesAt(named.rows, named.at);
  named.at += 1;
  for (const [index, target] of into.entries())
    await assignValue(run, scope, target.name, values?.[index] ?? NULL);
}

export function closeCursor(scope: Scope, { cursor }: Tree.Close): void {
  cursorNamed(scope, cursor.name).rows = null;
}

/** What FOR goes through: a cursor, which it opens, a RESULTSET, or a query. */
export async function rowsIn(run: Run, scope: Scope, source: Tree.Expression): Promise<ResultRows> {
  const named = source.kind === 'column' ? scope.find(source.parts.map(({ name }) => name).join('.')) : null;
  if (named?.is === 'cursor') return await cursorRows(run, scope, named, []);
  return await rowsFor(run, scope, source);
}

/** The values of one row, in the order of its columns; null behind the last. */
export function valuesAt({ columns, rows }: ResultRows, index: number): readonly Value[] | null {
  if (rows === null) throw expressionError('the result is too large for a block to go through');
  const row = rows[index];
  if (row === undefined) return null;
  return columns.map((column, place) => valueOf(column, row[place] ?? null));
}

async function cursorRows(
  run: Run,
  scope: Scope,
  { source }: Cursor,
  using: readonly Tree.Expression[],
): Promise<ResultRows> {
  if (source.kind !== 'query') return await rowsFor(run, scope, source);
  const { sql, binds } = written(run, scope, source, 'sql');
  const given = [];
  for (const value of using) given.push((await evaluated(run, scope, value)).bind);
  const numbered = Object.fromEntries(given.map((bind, index) => [String(index + 1), bind]));
  return await sent(run, { sql, binds: { ...binds, ...numbered } });
}

function cursorNamed(scope: Scope, name: string): Cursor {
  const named = scope.find(name);
  if (named?.is !== 'cursor') throw unknownVariable(name);
  return named;
}
