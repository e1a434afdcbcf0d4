import { type DuckDBConnection } from '@duckdb/node-api';
import { keyOfObject } from '@sluice/snowflake-sql';
import type { StatementResult } from '../result.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import type { Plan } from './plan.ts';
import { renderObjectName } from './render/names.ts';
import { begin, rollBack } from './run-session.ts';
import type { DoneChange, OpenTransaction, SessionParts } from './session-parts.ts';

/** Runs a plan, as `runPlan` does. */
type Run = (parts: SessionParts, plan: Plan, statement: ExecutableStatement) => Promise<StatementResult>;

/** A transaction of more changes, or of more bytes of binds and plans, is not repeated. */
const MOST = { changes: 1_000, bytes: 8 * 1024 * 1024 };

/** Notes what a statement has changed in the client's transaction, or that it can no longer be repeated. */
export function noteDone(parts: SessionParts, done: DoneChange): void {
  const { transaction } = parts;
  if (transaction?.of !== 'client' || transaction.done === null) return;
  switch (done.plan.kind) {
    case 'change':
    case 'merge':
    case 'multi_insert':
    case 'truncate': {
      const size = JSON.stringify([done.plan, done.statement.binds]).length;
      const isLittle = transaction.done.length < MOST.changes && transaction.bytes + size <= MOST.bytes;
      parts.transaction = {
        ...transaction,
        done: isLittle && isRepeatable(done.plan) ? [...transaction.done, done] : null,
        bytes: transaction.bytes + size,
      };
      return;
    }
    case 'load':
      // The files may be others by then.
      parts.transaction = { ...transaction, done: null };
      return;
    case 'set':
    case 'unset':
    case 'parameters':
      // What was done under other values would become something else.
      if (transaction.done.length > 0) parts.transaction = { ...transaction, done: null };
      return;
    default:
  }
}

/**
 * After a statement of the client's transaction has failed, which for DuckDB ends all of it: as in Snowflake, what came
 * before it is there again. DuckDB has no savepoints, so that is done once more, in a new transaction; exactly that, or
 * nothing: where something else could come of it, the transaction stays one that can only be rolled back. Throws nothing.
 */
export async function repeatChanges(parts: SessionParts, run: Run): Promise<void> {
  const { transaction, connection } = parts;
  if (transaction?.of !== 'client') return;
  const isWhole = await connection.run('SELECT 1').then(
    () => !transaction.isChanging,
    () => false,
  );
  if (isWhole) return;
  const since = parts.commits.now();
  try {
    await beginAnew(parts, transaction);
    if (!canRepeat(parts, transaction)) throw new NotRepeated();
    for (const done of transaction.done) await repeat(parts, run, done);
    // What others have committed since is looked for once more: nothing of it may be in what was repeated.
    if (!canRepeat(parts, transaction)) throw new NotRepeated();
  } catch {
    await fail(connection);
  }
  parts.transaction = { ...transaction, since, isChanging: false };
}

class NotRepeated extends Error {}

/** Leaves a transaction as DuckDB does when a statement fails: nobody is to take it for one that can be committed. */
async function fail(connection: DuckDBConnection): Promise<void> {
  for (const sql of ['BEGIN', "SELECT CAST('x' AS INTEGER)"]) await connection.run(sql).catch(() => {});
}

async function beginAnew(parts: SessionParts, { before }: OpenTransaction): Promise<void> {
  await rollBack(parts);
  await begin(parts, 'statement');
  parts.temporary = new Map(before);
}

type Repeatable = OpenTransaction & { readonly done: readonly DoneChange[] };

function canRepeat({ commits }: SessionParts, transaction: OpenTransaction): transaction is Repeatable {
  const { done, since } = transaction;
  return done !== null && objectsOf(done).every((object) => !commits.hasChangedSince(object, since));
}

function objectsOf(done: readonly DoneChange[]): readonly string[] {
  return done.flatMap(({ statement }) => statement.objects.map(({ name }) => keyOfObject(name)));
}

async function repeat(
  parts: SessionParts,
  run: Run,
  { plan, statement, changed }: DoneChange,
): Promise<void> {
  const inserts = plan.kind === 'multi_insert' || (plan.kind === 'change' && plan.counts === 'inserted');
  if (inserts && (await hasVaryingDefaults(parts, statement))) throw new NotRepeated();
  const result = await run(parts, plan, { ...statement, changesAtMost: null });
  if (JSON.stringify(result.changed) !== JSON.stringify(changed)) throw new NotRepeated();
}

/** Values that are others each time; what a variable holds is the same until it is set, and then nothing is repeated. */
const VARYING = /\b(?:random|uuid|nextval|now)\(|tablesample/i;

function isRepeatable(plan: Plan): boolean {
  return plan.earlier === undefined && plan.reads === undefined && !VARYING.test(JSON.stringify(plan));
}

/** A column that counts its rows, or notes when they came. */
async function hasVaryingDefaults(
  { connection, temporary }: SessionParts,
  { objects }: ExecutableStatement,
): Promise<boolean> {
  const own = new Set(temporary.keys());
  const tables = new Set(objects.map(({ name }) => renderObjectName(name, own).replaceAll('"', '')));
  const found = await connection.runAndReadAll(
    `SELECT concat_ws('.', database_name, schema_name, replace(table_name, '"', '')), column_default
     FROM duckdb_columns() WHERE column_default IS NOT NULL`,
  );
  const defaults = found.getRowsJS() as unknown as readonly (readonly [string, string])[];
  return defaults.some(([table, value]) => tables.has(table) && VARYING.test(value));
}
