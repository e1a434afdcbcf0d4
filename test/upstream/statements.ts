import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';
import {
  type Answer,
  type Asked,
  type BindValue,
  failure,
  type Script,
  selected,
  STATEMENT_TYPES,
} from './answers.ts';
import { sessionStatement } from './session-statements.ts';
import type { Session } from './sessions.ts';
import { statementsIn } from './statements-in.ts';

/** A statement that the account was given, once. */
export interface Statement {
  readonly queryId: string;
  readonly requestId: string;
  readonly session: Session;
  readonly asked: Asked;
  readonly startedAt: number;
  endedAt: number | null;
  /** Once it is there. */
  answer: Answer | null;
  readonly done: Promise<Answer>;
  readonly children: readonly Statement[];
  abort(): void;
}

/** One execution: what tests count. Describing is none. */
export interface Execution {
  readonly queryId: string;
  readonly requestId: string;
  readonly session: number;
  readonly user: string;
  readonly role: string;
  readonly warehouse: string | null;
  readonly database: string | null;
  readonly schema: string | null;
  readonly sql: string;
  readonly binds: Readonly<Record<string, BindValue>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type Statements = ReturnType<typeof createStatements>;

const CANCELLED = failure('000604', '57014', 'SQL execution canceled');

/** Runs statements, each request id once (driver protocol, section 4). */
export function createStatements(account: Account, script: Script, now: () => number) {
  const byQueryId = new Map<string, Statement>();
  const byRequest = new Map<string, Statement>();
  const executions: Execution[] = [];

  function run(
    session: Session,
    requestId: string,
    request: Omit<Asked, 'session' | 'queryId' | 'requestId'>,
  ): Statement {
    const queryId = newQueryId();
    const asked: Asked = { ...request, session, queryId, requestId };
    const aborting = new AbortController();
    const texts = statementsIn(asked.sql);
    const wanted = Number(
      asked.parameters['MULTI_STATEMENT_COUNT'] ?? session.parameters.get('MULTI_STATEMENT_COUNT'),
    );
    const children: Statement[] = [];
    const statement: Statement = {
      queryId,
      requestId,
      session,
      asked,
      startedAt: now(),
      endedAt: null,
      answer: null,
      children,
      abort: () => aborting.abort(),
      done: answered(),
    };
    byQueryId.set(queryId, statement);
    if (!asked.describeOnly) session.queryIds.push(queryId);
    return statement;

    async function answered(): Promise<Answer> {
      const cancelled = new Promise<Answer>((resolve) => {
        aborting.signal.addEventListener('abort', () => resolve(CANCELLED));
      });
      const answer = await Promise.race([work(), cancelled]);
      statement.endedAt = now();
      statement.answer = answer;
      return answer;
    }

    async function work(): Promise<Answer> {
      // What follows may look at the statement itself.
      await Promise.resolve();
      if (wanted !== 0 && texts.length > 1 && texts.length !== wanted)
        return failure(
          '000008',
          '0A000',
          `Actual statement count ${texts.length} did not match the desired statement count ${wanted}.`,
        );
      if (texts.length > 1) return await several();
      if (!asked.describeOnly) executions.push(executionOf(asked));
      const own = asked.describeOnly ? undefined : sessionStatement(account, session, asked.sql);
      return own ?? (await script(asked, aborting.signal)) ?? unknownText(asked.sql);
    }

    async function several(): Promise<Answer> {
      for (const sql of texts) {
        const child = run(session, randomUUID(), { ...request, sql, parameters: {} });
        children.push(child);
        const answer = await child.done;
        if ('failure' in answer) return answer;
      }
      return selected(
        [{ name: 'multiple statement execution', type: 'text' }],
        [['Multiple statements executed successfully.']],
        { statementTypeId: STATEMENT_TYPES.multi, encoding: 'json' },
      );
    }
  }

  return {
    executions: executions as readonly Execution[],
    all: byQueryId as ReadonlyMap<string, Statement>,
    /** The statement of this request: an earlier one where the request is a repeated one. */
    start(
      session: Session,
      requestId: string,
      request: Omit<Asked, 'session' | 'queryId' | 'requestId'>,
    ): Statement {
      const key = `${session.id} ${requestId}`;
      const known = byRequest.get(key);
      if (known !== undefined) return known;
      const statement = run(session, requestId, request);
      byRequest.set(key, statement);
      return statement;
    },
    /** Whoever asks for it has to be the one who ran it. */
    find(session: Session, queryId: string): Statement | undefined {
      const statement = byQueryId.get(queryId);
      return statement?.session.user === session.user ? statement : undefined;
    },
    ofRequest(session: Session, requestId: string): Statement | undefined {
      return byRequest.get(`${session.id} ${requestId}`);
    },
    endSession(session: Session): void {
      for (const statement of byQueryId.values()) {
        if (statement.session === session && statement.endedAt === null) statement.abort();
      }
    },
    /** The account keeps no result any more. */
    forgetResults(): void {
      byQueryId.clear();
    },
    abortAll(): void {
      for (const statement of byQueryId.values()) statement.abort();
    },
  };
}

function executionOf({ queryId, requestId, session, sql, binds, parameters }: Asked): Execution {
  const { id, user, role, warehouse, database, schema } = session;
  return {
    queryId,
    requestId,
    session: id,
    user: user.name,
    role,
    warehouse,
    database,
    schema,
    sql,
    binds,
    parameters,
  };
}

/** Nobody said what it is answered with. */
function unknownText(sql: string): Answer {
  const word = /\w+/.exec(sql)?.[0] ?? '';
  return failure(
    '001003',
    '42000',
    `SQL compilation error:\nsyntax error line 1 at position 0 unexpected '${word}'.`,
    { line: 1, pos: 0 },
  );
}

/** As Snowflake's own look. */
function newQueryId(): string {
  const uuid = randomUUID();
  return `01b${uuid.slice(3, 8)}-${uuid.slice(9, 13)}-${uuid.slice(14, 18)}-${uuid.slice(19)}`;
}
