import { formatObjectName, keyOfObject, quotedIdentifier, stringLiteral } from '@sluice/snowflake-sql';
import { salted } from '@sluice/snowflake-sql/execution';
import { isSluiceError, SluiceError } from '../../errors.ts';
import { createSessionTurns } from '../../session-turns.ts';
import { planFor } from '../plan.ts';
import type { StatementResult } from '../result.ts';
import { checkSurroundings } from '../same-surroundings.ts';
import { parameterOf } from '../session-parameters.ts';
import type { SessionParameters, SessionState } from '../session-state.ts';
import type { ExecutableStatement, WarehouseSession } from '../warehouse.ts';
import { noTransfers } from '../files/no-transfers.ts';
import { askOf } from './ask.ts';
import { sessionCatalog, type SharedCatalog } from './catalog/session-catalog.ts';
import type { Upstream, UpstreamAnswer, UpstreamSession } from './client/upstream.ts';
import { sessionChanged } from './errors.ts';
import { explainedCost, explainOf } from './explained-cost.ts';
import { followEffect, impliedTransaction } from './follow-effect.ts';
import { hideDefinitions } from './hide-definitions.ts';
import { checkPinned, PINNED, toldUpstream } from './parameters.ts';
import type { Plan } from './plan.ts';
import { queryTag, statementParameters } from './query-tag.ts';
import { isLikeNew, type SessionParts, surroundingsOf } from './session-parts.ts';
import { resultOf, statusResult, transferResult } from './results.ts';
import type { SessionFiles } from './session-files.ts';
import { becameAnother, storedState, unexpectedPart } from './stored-state.ts';
import { withinLimit } from './within-limit.ts';

export interface SnowflakeSessionParts {
  readonly upstream: Upstream;
  readonly shared: SharedCatalog;
  /** A new UUID. */
  readonly newId: () => string;
  readonly initial: {
    readonly state: SessionState;
    readonly variables: ReadonlyMap<string, string>;
    readonly parameters: SessionParameters;
  };
  readonly files: SessionFiles;
  readonly onClosed: () => void;
}

/** One client's session: a session of Snowflake's of its own, and what the relay knows of it. */
export async function openSnowflakeSession({
  upstream,
  shared,
  newId,
  initial,
  files,
  onClosed,
}: SnowflakeSessionParts): Promise<WarehouseSession> {
  const closing = new AbortController();
  /** The client's session, as the record calls it; known with its first statement. */
  let session = '';
  const open = async (state: SessionState, parameters: SessionParameters) => {
    const opened = await upstream.openSession(
      { ...state, parameters: { ...PINNED, ...toldUpstream(parameters) } },
      closing.signal,
    );
    try {
      checkPinned(opened.parameters);
      await confineToRole(opened, state.role, newId, closing.signal);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  };
  const first = await open(initial.state, initial.parameters);
  const parts: SessionParts = {
    upstream: first,
    state: storedState(first.state),
    variables: new Set(),
    temporary: new Set(),
    parameters: initial.parameters,
    isInTransaction: false,
    lost: null,
  };
  const turns = createSessionTurns();
  const lose = async (why: string) => {
    parts.lost ??= why;
    await parts.upstream.close();
  };
  /** Snowflake ends sessions that were idle. One that held nothing is signed in anew. */
  const alive = async <T>(work: (upstream: UpstreamSession) => Promise<T>): Promise<T> => {
    if (parts.lost !== null) throw ended(parts.lost);
    try {
      return await work(parts.upstream);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'session_ended' || closing.signal.aborted) throw error;
      if (!isLikeNew(parts)) {
        await lose('Snowflake has ended it, and with it its variables, temporary tables or open transaction');
        throw ended(parts.lost!);
      }
      const reopened = await open(parts.state, parts.parameters);
      parts.upstream = reopened;
      const part = unexpectedPart(parts.state, storedState(reopened.state));
      if (part === null) return await work(reopened);
      await lose(`signed in anew, Snowflake gave it another ${part}`);
      throw ended(parts.lost!);
    }
  };
  const catalog = sessionCatalog(
    askOf(
      (work) => alive(work),
      () => queryTag({ session, statement: 'catalog' }),
      newId,
      () => closing.signal,
    ),
    shared,
    { role: () => parts.state.role, temporary: () => parts.temporary },
  );
  const tell = async (sql: string, tag: string, signal: AbortSignal) => {
    const statement = { sql, binds: {}, describeOnly: false, requestId: newId(), changes: true };
    const parameters = statementParameters(tag);
    return await parts.upstream.query({ ...statement, parameters }, signal);
  };
  for (const [name, text] of initial.variables) {
    await tell(
      `SET ${quotedIdentifier(name)} = ${stringLiteral(text)}`,
      queryTag({ session }),
      closing.signal,
    );
    parts.variables.add(name);
  }

  /** There is no snapshot of Snowflake's catalog: this is as late as it can be looked at. */
  const checkObjects = async ({ objects }: ExecutableStatement) => {
    if (objects.length === 0) return;
    const versions = await catalog.versions(objects);
    const changed = objects.find(
      ({ name, version }) => (versions.get(keyOfObject(name)) ?? null) !== version,
    );
    if (changed === undefined) return;
    catalog.forget(objects.map(({ name }) => name));
    throw sessionChanged(
      `\`${formatObjectName(changed.name)}\` has changed since the statement was decided on`,
      'send it again, to be decided on the objects as they are now',
    );
  };

  /**
   * Runs a statement if its objects are as it was decided on. What changes nothing is sent at the same time as the question, and
   * what it gives is given out only when that has been answered: Snowflake would be asked twice, one after the other,
   * for everything else, and the moment between is as long.
   */
  const whenChecked = async (
    statement: ExecutableStatement,
    changesNothing: boolean,
    run: (signal: AbortSignal) => Promise<UpstreamAnswer>,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> => {
    if (!changesNothing || statement.objects.length === 0) {
      await checkObjects(statement);
      signal.throwIfAborted();
      return await run(signal);
    }
    const unchecked = new AbortController();
    const running = run(AbortSignal.any([signal, unchecked.signal]));
    running.catch(() => {});
    try {
      await checkObjects(statement);
    } catch (error) {
      unchecked.abort(error);
      // The session goes on when nothing of it is under way any more.
      await running.catch(() => {});
      throw error;
    }
    return await running;
  };

  const checkState = async (plan: Plan, answer: UpstreamAnswer, describeOnly: boolean) => {
    const now = storedState(answer.state);
    const expected = plan.effect.kind === 'use' && !describeOnly ? plan.effect.expected : parts.state;
    const part = unexpectedPart(expected, now);
    if (part !== null) {
      await lose(`it had another ${part} than the relay had given it`);
      throw becameAnother(part);
    }
    parts.state = now;
  };

  const runUpstream = async (
    plan: Plan & { readonly sql: string },
    statement: ExecutableStatement,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> => {
    const { binds, describeOnly, changesAtMost, queryId, encoding } = statement;
    const tag = queryTag({ session, statement: queryId });
    const changes = !describeOnly && plan.effect.kind !== 'query' && plan.effect.kind !== 'listing';
    const run = () =>
      alive((upstreamSession) =>
        upstreamSession.query(
          {
            sql: salted(plan.sql, plan.salts, newId()),
            binds,
            describeOnly,
            requestId: newId(),
            changes,
            transfers: plan.effect.kind === 'transfer',
            // Lists may hold what is not passed on, and are gone through here.
            parameters: statementParameters(tag, plan.effect.kind === 'query' ? encoding : 'json'),
          },
          signal,
        ),
      );
    if (describeOnly || changesAtMost === null) return await run();
    /** It rolls back what a closed session has left open. */
    const leaveToSnowflake = async (error: unknown) => {
      await lose('nobody knows whether a transaction of it is still open');
      throw error;
    };
    const { isInTransaction, parameters } = parts;
    const isAutocommit = parameterOf(parameters, 'AUTOCOMMIT');
    return await withinLimit(plan.effect, changesAtMost, { isInTransaction, isAutocommit }, run, {
      begin: () => tell('BEGIN', tag, signal),
      commit: () => tell('COMMIT', tag, closing.signal).catch(leaveToSnowflake),
      rollBack: () => tell('ROLLBACK', tag, closing.signal).catch(leaveToSnowflake),
    });
  };

  const execute = async (statement: ExecutableStatement, signal: AbortSignal): Promise<StatementResult> => {
    const plan = planFor('snowflake', statement.plan);
    const { describeOnly, mayKnowOf } = statement;
    const { sql, effect } = plan;
    checkSurroundings(statement.surroundings, surroundingsOf(parts));
    if (sql === null || (describeOnly && !SHAPED.has(effect.kind))) {
      if (!describeOnly) followEffect(parts, effect);
      return statusResult();
    }
    // Nothing is asked for that nobody could send or take.
    if (effect.kind === 'transfer' && !statement.transfers) throw noTransfers(effect.what.toUpperCase());
    const run = (until: AbortSignal) => runUpstream({ ...plan, sql }, statement, until);
    const changesNothing = describeOnly || isQuery(effect.kind);
    const implied = describeOnly ? null : impliedTransaction(parts, effect);
    let answer: UpstreamAnswer;
    try {
      answer = await whenChecked(statement, changesNothing, run, signal);
    } catch (error) {
      if (effect.kind === 'ddl') catalog.forget(effect.changed);
      // Which of several were set, nobody tells; of a transaction, nobody knows whether it goes on.
      if (isSluiceError(error) && error.code === 'statement_outcome_unknown' && !isQuery(effect.kind))
        await lose('nobody knows what a statement of it has come to');
      throw error;
    }
    await checkState(plan, answer, describeOnly);
    if (!describeOnly) {
      if (effect.kind === 'ddl') catalog.forget(effect.changed);
      followEffect(parts, effect);
      if (implied !== null) statement.onTransaction?.(implied);
    }
    if (effect.kind === 'transfer') return transferResult(answer, files, session);
    const shown = effect.kind === 'listing' ? hideDefinitions(answer, mayKnowOf) : answer;
    return resultOf(shown, effect);
  };

  const cost: WarehouseSession['cost'] = async ({ plan, binds, ...ids }, signal) => {
    const own = planFor('snowflake', plan);
    const text = explainOf(own);
    if (text === null) return null;
    const salts = own.salts.map((at) => at + text.length - own.sql!.length);
    const tag = queryTag({ session: ids.session, statement: ids.queryId });
    const ask = askOf(
      (work) => alive(work),
      () => tag,
      newId,
      () => AbortSignal.any([signal, closing.signal]),
    );
    return explainedCost(await ask(salted(text, salts, newId()), binds));
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
      return parts.isInTransaction;
    },
    get surroundings() {
      return surroundingsOf(parts);
    },
    catalog,
    cost,
    async execute(statement, signal) {
      ({ session } = statement);
      const { effect } = planFor('snowflake', statement.plan);
      const both = AbortSignal.any([signal, closing.signal]);
      const turn = await turns.take(isQuery(effect.kind) ? 'shared' : 'alone', both);
      try {
        return await execute(statement, both);
      } finally {
        turn.end();
      }
    },
    async close() {
      closing.abort(new SluiceError('session_ended', 'the session has ended'));
      files.close();
      await parts.upstream.close();
      onClosed();
    },
  };
}

/**
 * A session has the one role that was decided under: not also those that Snowflake adds from what its user may do. Throws
 * when Snowflake gives it another.
 */
async function confineToRole(
  opened: UpstreamSession,
  asked: string | null,
  newId: () => string,
  signal: AbortSignal,
): Promise<void> {
  const { role } = storedState(opened.state);
  if (asked !== null && role !== asked)
    throw new SluiceError(
      'warehouse_unavailable',
      'Snowflake does not give the relay’s user the session’s role',
      {
        advice: 'grant the role to the relay’s user in Snowflake, or map the person’s groups to another one',
      },
    );
  const answer = await opened.query(
    {
      sql: 'USE SECONDARY ROLES NONE',
      binds: {},
      describeOnly: false,
      requestId: newId(),
      changes: true,
      parameters: statementParameters(''),
    },
    signal,
  );
  const part = unexpectedPart(storedState(opened.state), storedState(answer.state));
  if (part !== null) throw becameAnother(part);
}

function ended(why: string): SluiceError {
  return new SluiceError('session_ended', `the session with Snowflake is closed: ${why}`, {
    advice: 'sign in again',
  });
}

function isQuery(kind: Plan['effect']['kind']): boolean {
  return kind === 'query' || kind === 'listing';
}

/** What has a shape that can be asked for without running anything. */
const SHAPED: ReadonlySet<Plan['effect']['kind']> = new Set(['query', 'listing', 'change']);
