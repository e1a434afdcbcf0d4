import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '../../errors.ts';
import { formatObjectName, keyOfObject, type LoadedObject, type ObjectName } from '@sluice/snowflake-sql';
import type { SessionState } from '../session-state.ts';
import { withTemporary } from './with-temporary.ts';
import type { ExecutableStatement, WarehouseSession } from '../warehouse.ts';
import { loadObjects, versionsOf } from './catalog.ts';
import { asWarehouseError } from './errors.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { SharedCatalog } from './shared-catalog.ts';
import { SALT } from './render/variables.ts';
import { readToEnd } from './results.ts';
import { checkSchema, runPlan } from './run-plan.ts';
import { begin, commit, rollBack, setText } from './run-session.ts';
import { type SessionParts, surroundingsOf } from './session-parts.ts';

/** One client's session: a DuckDB connection of its own, with its temporary tables, variables and transaction. */
export async function openEmbeddedSession(
  connection: DuckDBConnection,
  initial: {
    readonly state: SessionState;
    readonly variables?: ReadonlyMap<string, string> | undefined;
    readonly answers?: Readonly<Record<string, string | null>> | undefined;
  },
  shared: SharedCatalog,
  onClosed: () => void,
): Promise<WarehouseSession> {
  const parts: SessionParts = {
    connection,
    state: initial.state,
    queryIds: [],
    loadedEarlier: new Set(),
    answers: initial.answers ?? {},
    variables: new Set(),
    temporary: new Map(),
    transaction: null,
  };
  /** The next statement waits until the result before it has been read. */
  const turns = oneAtATime();
  const closing = new AbortController();
  /** Ends the turn of a result that has not been read to its end. */
  let leaveUnread: (() => Promise<void>) | null = null;
  await checkSchema(parts, initial.state);
  // Tokens of one session mean nothing in another.
  await connection.run(`SET VARIABLE "${SALT}" = '${randomBytes(32).toString('hex')}'`);
  for (const [name, text] of initial.variables ?? []) await setText(parts, name, text);

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
        return [...own, ...(await loadShared([...names.values()]))];
      },
    },
    async execute(statement, signal) {
      const endTurn = await turns.take();
      const stopInterrupting = interruptOn(AbortSignal.any([signal, closing.signal]), connection);
      let over: Promise<void> | null = null;
      /** What is left of a statement's own transaction has only read. */
      const done = () => {
        stopInterrupting();
        leaveUnread = null;
        over ??= endReading(parts).finally(endTurn);
        return over;
      };
      try {
        if (signal.aborted) throw new Error('INTERRUPT Error');
        checkSurroundings(statement, parts);
        const result = await runWhole(parts, statement, signal, stopInterrupting);
        if (closing.signal.aborted) throw new Error('INTERRUPT Error');
        leaveUnread = done;
        if (!statement.describeOnly)
          parts.queryIds = [...parts.queryIds.slice(-MOST_QUERY_IDS), statement.queryId];
        return {
          ...result,
          chunks: readToEnd(result.chunks, statement.sql, done),
          close: () => void done(),
        };
      } catch (error) {
        await done();
        throw asWarehouseError(error, statement.sql);
      }
    },
    async close() {
      closing.abort();
      await leaveUnread?.();
      await turns.close(connection);
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
  const { plan, describeOnly } = statement;
  const isOwn = parts.transaction === null && plan.kind !== 'transaction';
  if (isOwn) await begin(parts, 'statement');
  try {
    await checkObjects(statement, parts);
    if (signal.aborted) throw new Error('INTERRUPT Error');
    const result = await runPlan(parts, plan, statement);
    if (isOwn && (plan.kind !== 'query' || describeOnly)) await commit(parts);
    return result;
  } catch (error) {
    stopInterrupting();
    // What failed at its end has been rolled back already.
    if (isOwn && parts.transaction !== null) await rollBack(parts).catch(() => {});
    throw error;
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

async function endReading(parts: SessionParts): Promise<void> {
  if (parts.transaction?.of === 'statement') await rollBack(parts).catch(() => {});
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
  throw new SluiceError('session_changed', 'the session has changed since the statement was decided on', {
    advice: 'send it again, to be decided in the session as it is now',
  });
}

function areSame(names: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return names.size === others.size && names.isSubsetOf(others);
}

/** Within the statement's transaction: nobody changes afterwards what it sees. */
async function checkObjects({ objects }: ExecutableStatement, parts: SessionParts): Promise<void> {
  const own = (name: ObjectName) => parts.temporary.get(formatObjectName(name));
  const others = objects.filter(({ name }) => own(name) === undefined);
  const versions =
    others.length === 0
      ? new Map<string, string>()
      : await versionsOf(
          parts.connection,
          others.map(({ name }) => name),
        );
  const versionOf = (name: ObjectName) => own(name)?.version ?? versions.get(keyOfObject(name)) ?? null;
  const changed = objects.find(({ name, version }) => versionOf(name) !== version);
  if (changed === undefined) return;
  throw new SluiceError(
    'session_changed',
    `\`${formatObjectName(changed.name)}\` has changed since the statement was decided on`,
    { advice: 'send it again, to be decided on the objects as they are now' },
  );
}
