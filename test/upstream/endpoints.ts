import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Account } from './account.ts';
import type { Answer, BindValue } from './answers.ts';
import type { Endpoint } from './faults.ts';
import type { LoggedRequest } from './log.ts';
import { type Envelope, refusal, success } from './reply.ts';
import { resultData, type ResultSettings, stateOf } from './results.ts';
import type { Session, Sessions } from './sessions.ts';
import { openSession } from './open-session.ts';
import type { Statement, Statements } from './statements.ts';

export interface EndpointSettings {
  readonly account: Account;
  readonly sessions: Sessions;
  readonly statements: Statements;
  readonly results: ResultSettings;
  readonly holdMs: number;
  readonly now: () => number;
}

interface Given {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly body: Readonly<Record<string, unknown>>;
  readonly logged: LoggedRequest;
  readonly gone: AbortSignal;
}

type Answering = (given: Given) => Promise<Envelope | null> | Envelope | null;
/** What is in `/queries/{id}/..`. */
type AnsweringOf = (given: Given, queryId: string) => Promise<Envelope | null> | Envelope | null;

/** What the account answers at each address (driver protocol, section 1). */
export function endpoints(settings: EndpointSettings) {
  const { account, sessions, statements, results, holdMs, now } = settings;

  const fixed: Readonly<Record<string, readonly [Endpoint, Answering]>> = {
    'POST /session/v1/login-request': ['login', (given) => openSession(account, sessions, given, now())],
    'POST /session/token-request': ['token', renew],
    'POST /session/heartbeat': ['heartbeat', withSession(heartbeat)],
    'POST /session': ['close', withSession(close)],
    'POST /telemetry/send': ['telemetry', () => success('Log Received')],
    'POST /queries/v1/query-request': ['query', withSession(query)],
    'POST /queries/v1/abort-request': ['abort', withSession(abortRequest)],
  };
  const ofQuery: Readonly<Record<string, readonly [Endpoint, AnsweringOf]>> = {
    'GET result': [
      'result',
      (given, id) => withSession(async (given, session) => await result(given, session, id))(given),
    ],
    'POST abort-request': ['abort', (given, id) => withSession((_, session) => abort(session, id))(given)],
    'GET monitoring': ['monitoring', (given, id) => withSession((_, session) => monitor(session, id))(given)],
  };

  return (method: string, { pathname }: URL): { readonly name: Endpoint; readonly answer: Answering } => {
    const one = fixed[`${method} ${pathname}`];
    if (one !== undefined) return { name: one[0], answer: one[1] };
    const [, id, what] =
      /^\/queries\/([^/]+)\/([\w-]+)$/.exec(pathname) ??
      /^\/monitoring\/queries\/([^/]+)$/.exec(pathname)?.concat('monitoring') ??
      [];
    const many = ofQuery[`${method} ${what}`];
    if (id !== undefined && many !== undefined)
      return { name: many[0], answer: (given) => many[1](given, decodeURIComponent(id)) };
    return { name: 'unknown', answer: () => refusal('390404', 'There is nothing here.') };
  };

  function renew({ request, body, logged }: Given): Envelope {
    const session = sessions.renew(tokenOf(request), String(body['oldSessionToken']));
    if (typeof session === 'string') return refusal(session, SESSION_MESSAGES[session]);
    logged.session = session.id;
    return success({
      sessionToken: session.token.text,
      validityInSecondsST: Math.round((session.token.expiresAt - now()) / 1_000),
      masterToken: session.master.text,
      validityInSecondsMT: Math.round((session.master.expiresAt - now()) / 1_000),
      sessionId: session.id,
    });
  }

  function heartbeat(_: Given, session: Session): Envelope {
    session.heartbeats += 1;
    return success(null);
  }

  function close({ url }: Given, session: Session): Envelope {
    if (url.searchParams.get('delete') !== 'true') return refusal('390400', 'Nothing is to be done.');
    session.closed = true;
    statements.endSession(session);
    return success(null);
  }

  async function query(given: Given, session: Session): Promise<Envelope | null> {
    const { url, body } = given;
    const sql = body['sqlText'];
    if (typeof sql !== 'string' || sql.trim() === '')
      return failed('000900', '42601', 'SQL compilation error:\nEmpty SQL statement.', randomUUID());
    const requestId = url.searchParams.get('requestId') ?? randomUUID();
    const statement = statements.start(session, requestId, {
      sql,
      binds: (body['bindings'] ?? {}) as Readonly<Record<string, BindValue>>,
      describeOnly: body['describeOnly'] === true,
      parameters: (body['parameters'] ?? {}) as Readonly<Record<string, unknown>>,
    });
    if (body['asyncExec'] === true) return inProgress(statement, '333334');
    return await answerOf(given, statement);
  }

  async function result(given: Given, session: Session, queryId: string): Promise<Envelope | null> {
    const statement = statements.find(session, queryId);
    if (statement === undefined) return failed('000709', '02000', `Statement ${queryId} not found`, queryId);
    return await answerOf(given, statement);
  }

  /** Waits for a statement as long as a request may (driver protocol, section 5). */
  async function answerOf({ gone }: Given, statement: Statement): Promise<Envelope | null> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, holdMs, null);
      gone.addEventListener('abort', () => resolve(null));
    });
    const answer = await Promise.race([statement.done, waited]);
    clearTimeout(timer);
    if (answer === null) return gone.aborted ? null : inProgress(statement, '333333');
    return await envelopeOf(statement, answer);
  }

  async function envelopeOf(statement: Statement, answer: Answer): Promise<Envelope> {
    const { queryId, asked, session, children } = statement;
    if ('failure' in answer) {
      const { code, sqlState, message, line, pos } = answer.failure;
      return failed(code, sqlState, message, queryId, { line, pos });
    }
    if ('transfer' in answer)
      return success({
        ...answer.transfer,
        queryId,
        statementTypeId: answer.statementTypeId,
        ...stateOf(session),
      });
    const data = await resultData(
      {
        queryId,
        session,
        answer,
        describeOnly: asked.describeOnly,
        parameters: asked.parameters,
        numberOfBinds: Object.keys(asked.binds).length,
      },
      results,
    );
    if (children.length === 0) return success(data);
    const types = children.map(({ answer }) =>
      answer !== null && 'statementTypeId' in answer ? answer.statementTypeId : 0,
    );
    return success({
      ...data,
      resultIds: children.map(({ queryId }) => queryId).join(','),
      resultTypes: types.join(','),
    });
  }

  function inProgress({ queryId }: Statement, code: '333333' | '333334'): Envelope {
    return success(
      {
        queryId,
        getResultUrl: `/queries/${queryId}/result`,
        queryAbortsAfterSecs: 300,
        progressDesc: null,
      },
      code,
      code === '333333' ? 'Query execution in progress.' : 'Query execution in progress, asynchronously.',
    );
  }

  function abortRequest({ body }: Given, session: Session): Envelope {
    const statement = statements.ofRequest(session, String(body['requestId']));
    if (statement === undefined || statement.endedAt !== null)
      return refusal('000605', 'Identified SQL statement is not currently executing.');
    statement.abort();
    return success(null);
  }

  function abort(session: Session, queryId: string): Envelope {
    const statement = statements.find(session, queryId);
    if (statement === undefined || statement.endedAt !== null)
      return refusal('000605', 'Identified SQL statement is not currently executing.');
    statement.abort();
    return success(null);
  }

  function monitor(session: Session, queryId: string): Envelope {
    const statement = statements.find(session, queryId);
    if (statement === undefined) return success({ queries: [] });
    const { answer, startedAt, endedAt, asked } = statement;
    const failure = answer !== null && 'failure' in answer ? answer.failure : null;
    const status =
      answer === null
        ? 'RUNNING'
        : failure === null
          ? 'SUCCESS'
          : failure.code === '000604'
            ? 'ABORTED'
            : 'FAILED_WITH_ERROR';
    return success({
      queries: [
        {
          id: queryId,
          status,
          state: status,
          errorCode: failure?.code ?? null,
          errorMessage: failure?.message ?? null,
          startTime: startedAt,
          endTime: endedAt ?? 0,
          totalDuration: (endedAt ?? now()) - startedAt,
          sqlText: asked.sql,
          stats: {},
          sessionId: statement.session.id,
          warehouseName: statement.session.warehouse,
        },
      ],
    });
  }

  function withSession(
    answer: (given: Given, session: Session) => Promise<Envelope | null> | Envelope | null,
  ): Answering {
    return (given) => {
      const session = sessions.of(tokenOf(given.request));
      if (typeof session === 'string') return refusal(session, SESSION_MESSAGES[session]);
      given.logged.session = session.id;
      return answer(given, session);
    };
  }
}

function failed(
  code: string,
  sqlState: string,
  message: string,
  queryId: string,
  place: { readonly line?: number | undefined; readonly pos?: number | undefined } = {},
): Envelope {
  return refusal(code, message, {
    internalError: false,
    unredactedFromSecureObject: false,
    errorCode: code,
    age: 0,
    sqlState,
    queryId,
    line: place.line ?? -1,
    pos: place.pos ?? -1,
    type: 'COMPILATION',
  });
}

function tokenOf({ headers }: IncomingMessage): string | null {
  return /^Snowflake Token="(.*)"$/.exec(headers.authorization ?? '')?.[1] ?? null;
}

const SESSION_MESSAGES = {
  '390104': 'Authentication token is invalid. User must login again to access the service.',
  '390111': 'Session no longer exists. New login required to access the service.',
  '390112': 'Authentication token has expired. The user must authenticate again.',
  '390113': 'Master token was not found. The user must authenticate again.',
  '390114': 'Authentication token has expired. The user must authenticate again.',
  '390115': 'Master token is invalid. The user must authenticate again.',
} as const;
