import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '../../errors.ts';
import type { Catalog } from '@sluice/snowflake-sql';
import type { ExecutableStatement, SessionState, WarehouseSession } from '../warehouse.ts';
import { readCatalog } from './catalog.ts';
import { asWarehouseError } from './errors.ts';
import { SALT } from './render/variables.ts';
import { readToEnd } from './results.ts';
import { checkSchema, runPlan } from './run-plan.ts';
import { type SessionParts, surroundingsOf } from './session-parts.ts';

/** One client's session: a DuckDB connection of its own, with its temporary tables, variables and transaction. */
export async function openEmbeddedSession(
  connection: DuckDBConnection,
  initial: SessionState,
  schema: { version: number },
): Promise<WarehouseSession> {
  const parts: SessionParts = {
    connection,
    schema,
    state: initial,
    lastQueryId: null,
    variables: new Set(),
    temporary: new Map(),
    beforeTransaction: null,
  };
  let catalog: Promise<Catalog> | null = null;
  let catalogOf = '';
  /** A connection runs one statement at a time; the next waits until the result before it has been read. */
  let busy: Promise<unknown> = Promise.resolve();
  /** Other sessions do not see its temporary tables: a catalog with them is this session's own. */
  const sessionId = crypto.randomUUID();
  await checkSchema(parts, initial);
  // Tokens of one session mean nothing in another.
  await connection.run(`SET VARIABLE "${SALT}" = '${randomBytes(32).toString('hex')}'`);

  return {
    get state() {
      return parts.state;
    },
    get variables() {
      return parts.variables;
    },
    get surroundings() {
      return surroundingsOf(parts);
    },
    async catalog() {
      const version = parts.temporary.size === 0 ? `${schema.version}` : `${schema.version}/${sessionId}`;
      if (catalog === null || catalogOf !== version) {
        await busy;
        catalogOf = version;
        catalog = readCatalog(connection, version, parts.temporary);
      }
      return await catalog;
    },
    async execute(statement, signal) {
      const turn = Promise.withResolvers<void>();
      const before = busy;
      busy = turn.promise;
      await before;
      const interrupt = () => connection.interrupt();
      signal.addEventListener('abort', interrupt);
      const done = () => {
        signal.removeEventListener('abort', interrupt);
        turn.resolve();
      };
      try {
        if (signal.aborted) throw new Error('INTERRUPT Error');
        checkSurroundings(statement, parts);
        const result = await runPlan(parts, statement.plan, statement);
        if (!statement.describeOnly) parts.lastQueryId = statement.queryId;
        return { ...result, chunks: readToEnd(result.chunks, statement.sql, done), close: done };
      } catch (error) {
        done();
        throw asWarehouseError(error, statement.sql);
      }
    },
    async close() {
      connection.closeSync();
    },
  };
}

/** A statement may have been decided on before another one, which ran meanwhile, changed what its names mean. */
function checkSurroundings({ surroundings }: ExecutableStatement, parts: SessionParts): void {
  const { state, answers } = surroundings;
  const isSameState = (['database', 'schema', 'warehouse', 'role'] as const).every(
    (name) => state[name] === parts.state[name],
  );
  const isSame =
    isSameState &&
    areSame(answers.temporary, new Set(parts.temporary.keys())) &&
    areSame(answers.variables, parts.variables);
  if (isSame) return;
  throw new SluiceError('session_changed', 'the session changed since the statement was decided on', {
    advice: 'send it again: it is decided under what the session is now',
  });
}

function areSame(names: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return names.size === others.size && names.isSubsetOf(others);
}
