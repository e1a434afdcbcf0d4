import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '../../errors.ts';
import { formatObjectName, keyOfObject, type LoadedObject, type ObjectName } from '@sluice/snowflake-sql';
import type { SessionParameters, SessionState } from '../session-state.ts';
import { withTemporary } from './with-temporary.ts';
import { planFor } from '../plan.ts';
import { checkSurroundings } from '../same-surroundings.ts';
import { impliedTransactions } from '../implied-transactions.ts';
import type { ImpliedTransaction } from '../result.ts';
import type { ExecutableStatement, WarehouseSession } from '../warehouse.ts';
import { loadObjects } from './catalog.ts';
import { hasSchema } from './has-schema.ts';
import { DATABASE } from './registry-place.ts';
import { checkObjects } from './check-objects.ts';
import { asWarehouseError } from './errors.ts';
import { changesAutocommit, parameterOf } from './parameters/parameters.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Plan } from './plan.ts';
import type { SharedCatalog } from './shared-catalog.ts';
import { SALT } from './render/variables.ts';
import { noteDone, repeatChanges } from './repeat-changes.ts';
import { readToEnd } from './results.ts';
import { dropStages } from './run-ddl.ts';
import { runPlan } from './run-plan.ts';
import { begin, commit, rollBack, setText } from './run-session.ts';
import { withOwnContents } from './schema-contents.ts';
import { closeFiles, type SessionFiles } from './stages/session-files.ts';
import { useTimeZone } from './run-parameters.ts';
import { type SessionParts, surroundingsOf } from './session-parts.ts';

/** One client's session: a DuckDB connection of its own, with its temporary tables, variables and transaction. */
export async function openEmbeddedSession(
  connection: DuckDBConnection,
  initial: {
    readonly state: SessionState;
    readonly variables?: ReadonlyMap<string, string> | undefined;
    readonly parameters?: SessionParameters | undefined;
    readonly answers?: Readonly<Record<string, string | null>> | undefined;
  },
  shared: SharedCatalog,
  files: SessionFiles,
  onClosed: () => void,
): Promise<WarehouseSession> {
  const parts: SessionParts = {
    connection,
    files,
    state: await whereItCanBe(connection, initial.state),
    queryIds: [],
    loadedEarlier: new Set(),
    answers: initial.answers ?? {},
    variables: new Set(),
    temporary: new Map(),
    transaction: null,
    lastTransaction: null,
    commits: shared.commits,
    parameters: initial.parameters ?? {},
  };
  /** The next statement waits until the result before it has been read. */
  const turns = oneAtATime();
  const closing = new AbortController();
  /** Ends the turn of a result that has not been read to its end. */
  let leaveUnread: (() => Promise<void>) | null = null;
  // Tokens of one session mean nothing in another.
  await connection.run(`SET VARIABLE "${SALT}" = '${randomBytes(32).toString('hex')}'`);
  for (const [name, text] of initial.variables ?? []) await setText(parts, name, text);
  await useTimeZone(parts, parameterOf(parts.parameters, 'TIMEZONE'));

  /** In a transaction of its own, a client sees what others do not see yet. */
  const loadShared = async (names: readonly ObjectName[]): Promise<readonly LoadedObject[]> => {
    if (names.length === 0) return [];
    if (parts.transaction?.of !== 'client') return await shared.load(names);
    try {
      return await turns.during(() => loadObjects(connection, shared.known, names));
    } catch (error) {
      throw asWarehouseError(error, '');
    }
  };

  return {
    get state() {
      return parts.state;
    },
    get variables() {
      return parts.variables;
    },
    get parameters() {
      return parts.parameters;
    },
    get isInTransaction() {
      return parts.transaction?.of === 'client';
    },
    get surroundings() {
      return surroundingsOf(parts);
    },
    catalog: {
      ...shared.listings,
      async objects(schema, page) {
        const all = await shared.listings.objects(schema, page);
        return withTemporary(all, [...parts.temporary.values()], schema, page);
      },
      async load(named) {
        const names = new Map(named.map(({ name }) => [formatObjectName(name), name]));
        const own = [...names].flatMap(([key, name]) => {
          const object = parts.temporary.get(key);
          return object === undefined ? [] : [{ name, object }];
        });
        for (const { name } of own) names.delete(formatObjectName(name));
        const staged = [...names].flatMap(([key, name]) => {
          const object = files.stages.find(name);
          if (object === undefined) return [];
          names.delete(key);
          return [{ name, object }];
        });
        const found = await loadShared([...names.values()]);
        return [...own, ...staged, ...found.map((entry) => withOwn(parts, entry))];
      },
    },
    async execute(statement, signal) {
      const endTurn = await turns.take();
      const timeout = timeoutOf(parts);
      const stop = AbortSignal.any([signal, closing.signal, ...(timeout === null ? [] : [timeout.signal])]);
      const stopInterrupting = interruptOn(stop, connection);
      let hasFailed = false;
      const failed = (error: unknown) => {
        hasFailed = true;
        return timeout?.signal.aborted && !signal.aborted
          ? timedOut(timeout.seconds)
          : asWarehouseError(error, statement.sql);
      };
      let over: Promise<void> | null = null;
      /** What is left of a statement's own transaction has only read. */
      const done = () => {
        stopInterrupting();
        leaveUnread = null;
        over ??= endStatement(parts, (hasFailed || stop.aborted) && !closing.signal.aborted).finally(endTurn);
        return over;
      };
      try {
        // It may have been closed while this waited for its turn.
        if (stop.aborted) throw new Error('INTERRUPT Error');
        checkSurroundings(statement.surroundings, surroundingsOf(parts));
        const result = await runWhole(parts, statement, stop, stopInterrupting);
        if (closing.signal.aborted) throw new Error('INTERRUPT Error');
        leaveUnread = done;
        if (!statement.describeOnly)
          parts.queryIds = [...parts.queryIds.slice(-MOST_QUERY_IDS), statement.queryId];
        return {
          ...result,
          chunks: readToEnd(result.chunks, failed, done),
          close: () => void done(),
        };
      } catch (error) {
        const told = failed(error);
        await done();
        throw told;
      }
    },
    async close() {
      closing.abort();
      await leaveUnread?.();
      await turns.close(connection);
      await closeFiles(files);
      onClosed();
    },
  };
}

/**
 * One statement and what it was decided on, in one transaction: the objects that it finds are those that were looked
 * at. A query's transaction goes on until its result has been read.
 */
async function runWhole(
  parts: SessionParts,
  statement: ExecutableStatement,
  signal: AbortSignal,
  stopInterrupting: () => void,
) {
  const { describeOnly } = statement;
  const plan = planFor('embedded', statement.plan);
  const implied = describeOnly ? null : await impliedTransaction(parts, statement, plan);
  if (implied?.became === 'committed') statement.onTransaction?.(implied);
  const isNew = parts.transaction === null && plan.kind !== 'transaction';
  const isOwn = isNew && implied?.became !== 'begun';
  if (isNew) await begin(parts, isOwn ? 'statement' : 'client');
  try {
    await checkObjects(statement, parts);
    if (signal.aborted) throw new Error('INTERRUPT Error');
    if (CHANGING.has(plan.kind) && !describeOnly)
      for (const { name } of statement.objects) parts.transaction?.touched.add(keyOfObject(name));
    const result = await runPlan(parts, plan, statement);
    if (!describeOnly) noteDone(parts, { plan, statement, changed: result.changed ?? null });
    if (isOwn && parts.transaction !== null && (!readsRows(plan) || describeOnly)) await commit(parts);
    // No transaction would bring them back.
    if (plan.kind === 'ddl' && plan.schemaGone !== null && !describeOnly)
      await dropStages(parts, plan.schemaGone);
    if (implied?.became === 'begun') statement.onTransaction?.(implied);
    return result;
  } catch (error) {
    stopInterrupting();
    // What failed at its end has been rolled back already.
    if (isNew && parts.transaction !== null) await rollBack(parts).catch(() => {});
    throw error;
  }
}

/** As in Snowflake, a session that is opened in what is not there is nowhere, and can be told by USE where to be. */
async function whereItCanBe(connection: DuckDBConnection, state: SessionState): Promise<SessionState> {
  const { database, schema } = state;
  if (database !== DATABASE) return { ...state, database: null, schema: null };
  if (schema === null || (await hasSchema(connection, { database, name: schema }))) return state;
  return { ...state, schema: null };
}

/** A schema that goes takes with it what the session has in it of its own. */
function withOwn(parts: SessionParts, { name, object }: LoadedObject): LoadedObject {
  return { name, object: object?.type === 'schema' ? withOwnContents(object, parts) : object };
}

/** What goes on until its result has been read. */
function readsRows({ kind }: Plan): boolean {
  return kind === 'query' || kind === 'unload';
}

/**
 * What Snowflake does to the session's transaction before a statement that does not say so (its documentation:
 * Transactions): with AUTOCOMMIT off, the first change begins one; DDL, and another AUTOCOMMIT, commit the one that is
 * open. What is not going to run commits nothing.
 */
async function impliedTransaction(
  parts: SessionParts,
  statement: ExecutableStatement,
  plan: Plan,
): Promise<ImpliedTransaction | null> {
  const isOpen = parts.transaction?.of === 'client';
  switch (plan.kind) {
    case 'change':
    case 'load':
    case 'merge':
    case 'multi_insert':
    case 'truncate':
      if (isOpen || parameterOf(parts.parameters, 'AUTOCOMMIT')) return null;
      return impliedTransactions.byFirstChange;
    case 'ddl':
    case 'stage_ddl':
    case 'stage_change':
      if (!isOpen) return null;
      await checkObjects(statement, parts);
      await commit(parts);
      return impliedTransactions.byDdl;
    case 'parameters':
      if (!isOpen || !changesAutocommit(parts.parameters, plan)) return null;
      await commit(parts);
      return impliedTransactions.byAutocommit;
    default:
      return null;
  }
}

/**
 * Interrupts what the connection does, again and again: DuckDB forgets an interrupt that comes before it has begun, and a
 * statement is several steps.
 */
function interruptOn(signal: AbortSignal, connection: DuckDBConnection): () => void {
  let timer: NodeJS.Timeout | null = null;
  const interrupt = () => {
    connection.interrupt();
    timer ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  signal.addEventListener('abort', interrupt);
  return () => {
    signal.removeEventListener('abort', interrupt);
    if (timer !== null) clearInterval(timer);
  };
}

const INTERRUPT_EVERY_MS = 20;

/** What LAST_QUERY_ID(n) goes back to. */
const MOST_QUERY_IDS = 999;

/** How long the session lets a statement run; null for as long as the relay does. */
function timeoutOf({
  parameters,
}: SessionParts): { readonly seconds: number; readonly signal: AbortSignal } | null {
  const seconds = parameters['STATEMENT_TIMEOUT_IN_SECONDS'] as number | undefined;
  if (seconds === undefined || seconds === 0) return null;
  return { seconds, signal: AbortSignal.timeout(seconds * 1_000) };
}

function timedOut(seconds: number): SluiceError {
  return new SluiceError(
    'statement_timeout',
    `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`,
    { warehouse: { code: '000630', sqlState: '57014' } },
  );
}

const CHANGING: ReadonlySet<Plan['kind']> = new Set([
  'change',
  'load',
  'merge',
  'multi_insert',
  'truncate',
  'ddl',
]);

/** What a statement leaves of a transaction: of its own, nothing; of the client's, what came before it if it has failed. */
async function endStatement(parts: SessionParts, hasFailed: boolean): Promise<void> {
  if (parts.transaction?.of === 'statement') await rollBack(parts).catch(() => {});
  else if (hasFailed) await repeatChanges(parts, runPlan);
}
