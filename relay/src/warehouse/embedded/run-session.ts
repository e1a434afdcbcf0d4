import type { Bound, BoundSet, Tree } from '../../statement/index.ts';
import { SluiceError } from '../../errors.ts';
import type { StatementResult } from '../result.ts';
import type { ExecutableStatement, SessionState } from '../warehouse.ts';
import { unsupported } from './errors.ts';
import { encodeName, quoteString } from './render/quote.ts';
import { renderSetValues, type RenderOptions } from './render/render.ts';
import { variableName } from './render/variables.ts';
import { status } from './results.ts';
import type { SessionParts } from './session-parts.ts';
import { statementTypes } from './statement-types.ts';

/** Statements that change the session and nothing else. One that is only described changes nothing. */
const DONE = 'Statement executed successfully.';

export async function runUse(
  parts: SessionParts,
  bound: Bound,
  { what, name }: Tree.Use,
  { describeOnly }: ExecutableStatement,
): Promise<StatementResult> {
  if (name !== null && !describeOnly) {
    const next = afterUse(parts.state, bound, what, name);
    if (what === 'database' || what === 'schema') await checkSchema(parts, next);
    parts.state = next;
  }
  return status(DONE, statementTypes.use);
}

/** That a session is in a schema means only what names without one mean; DuckDB is not told. */
export async function checkSchema(
  { connection }: Pick<SessionParts, 'connection'>,
  state: SessionState,
): Promise<void> {
  const { database, schema } = state;
  if (database === null || schema === null) return;
  const [encodedDatabase, encodedSchema] = [database, schema].map((name) => quoteString(encodeName(name)));
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_schemas() WHERE database_name = ${encodedDatabase} AND schema_name = ${encodedSchema} AND NOT internal`,
  );
  if (found.currentRowCount > 0) return;
  throw new SluiceError(
    'statement_failed',
    'SQL compilation error: the object does not exist, or the operation cannot be performed',
    { warehouse: { code: '002043', sqlState: '02000' } },
  );
}

function afterUse(
  state: SessionState,
  bound: Bound,
  what: Tree.Use['what'],
  name: NonNullable<Tree.Use['name']>,
): SessionState {
  if (what === 'secondary_roles' || what === 'catalog') return state;
  const used = bound.names.get(name);
  if (used === undefined) throw unsupported('this form of USE');
  switch (what) {
    case 'database':
      return { ...state, database: used.name, schema: 'PUBLIC' };
    case 'schema':
      return { ...state, schema: used.name, database: used.database === '' ? state.database : used.database };
    case 'warehouse':
      return { ...state, warehouse: used.name };
    case 'role':
      return { ...state, role: used.name };
    default:
      return what satisfies never;
  }
}

/** Where the values of a SET are until all of them are computed. No statement can name it. */
const COMPUTED = '~computed';

/** Values are computed at once, before any is set: when one fails, nothing has changed. */
export async function runSet(
  { connection, variables }: SessionParts,
  bound: Bound,
  statement: BoundSet,
  { binds, describeOnly }: ExecutableStatement,
  options: RenderOptions,
): Promise<StatementResult> {
  if (Object.keys(binds).length > 0) throw unsupported('binds in SET');
  const values = renderSetValues(bound, statement, options);
  if (!describeOnly) {
    await connection.run(`SET VARIABLE "${COMPUTED}" = (${values})`);
    for (const [index, { name }] of statement.assignments.entries()) {
      const value = `getvariable(${quoteString(COMPUTED)}).o${index}`;
      await connection.run(`SET VARIABLE "${variableName(name).replaceAll('"', '""')}" = ${value}`);
      variables.add(name);
    }
    await connection.run(`RESET VARIABLE "${COMPUTED}"`);
  }
  return status(DONE, statementTypes.other);
}

export async function runUnset(
  { connection, variables }: SessionParts,
  { names }: Tree.UnsetVariables,
  { describeOnly }: ExecutableStatement,
): Promise<StatementResult> {
  for (const { name } of describeOnly ? [] : names) {
    await connection.run(`RESET VARIABLE "${variableName(name).replaceAll('"', '""')}"`);
    variables.delete(name);
  }
  return status(DONE, statementTypes.other);
}

export async function runTransaction(
  parts: SessionParts,
  { action }: Tree.Transaction,
  { describeOnly }: ExecutableStatement,
): Promise<StatementResult> {
  if (describeOnly) return status(DONE, statementTypes.transaction);
  switch (action) {
    case 'begin':
      await parts.connection.run('BEGIN');
      parts.beforeTransaction = new Map(parts.temporary);
      break;
    case 'commit':
      await parts.connection.run('COMMIT');
      parts.beforeTransaction = null;
      break;
    case 'rollback':
      await rollBack(parts);
      break;
    default:
      action satisfies never;
  }
  return status(DONE, statementTypes.transaction);
}

export async function rollBack(parts: SessionParts): Promise<void> {
  await parts.connection.run('ROLLBACK');
  if (parts.beforeTransaction !== null) {
    // Tables that were made in it are gone with it.
    parts.temporary = new Map(parts.beforeTransaction);
    parts.schema.version += 1;
  }
  parts.beforeTransaction = null;
}

/** Parameters that change nothing here, and that clients set as a matter of course. */
const IGNORED_PARAMETERS =
  /^(AUTOCOMMIT|QUERY_TAG|TIMEZONE|STATEMENT_TIMEOUT_IN_SECONDS|USE_CACHED_RESULT|\w+_OUTPUT_FORMAT|\w+_INPUT_FORMAT|\w+_QUERY_RESULT_FORMAT|CLIENT_\w+|MULTI_STATEMENT_COUNT)$/;

export function alterSession({ actions }: Tree.Alter): StatementResult {
  const names = actions.flatMap((action) =>
    action.kind === 'set_options'
      ? action.options.map(({ name }) => (name.kind === 'words' ? name.text : name.value))
      : [],
  );
  const unknown = names.find((name) => !IGNORED_PARAMETERS.test(name.toUpperCase()));
  if (unknown !== undefined) throw unsupported(`the session parameter ${unknown}`);
  return status(DONE, statementTypes.alterSession);
}
