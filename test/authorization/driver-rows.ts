import { randomUUID } from 'node:crypto';
import {
  driver,
  inSession,
  NO_MASTER,
  NO_SUCH_STATEMENT,
  outcome,
  type Row,
  same,
  session,
} from './asking.ts';

/** The routes of Snowflake's driver protocol. */
export const driverRows: Readonly<Record<string, Row>> = {
  'POST /session/v1/login-request': {
    answers: {
      running: { ...same('yes'), nobody: '390303', revoked: '390303' },
      deciding: { ...same('390303'), pipeline: 'yes' },
      old: { ...same('390303'), pipeline: 'yes' },
    },
    ask: async (world, who, kind) =>
      await outcome(
        await world.driver(null, 'POST', '/session/v1/login-request', {
          data: { TOKEN: world.tokenOf(who, kind) ?? '' },
        }),
      ),
  },
  'POST /session/token-request': {
    answers: session(inSession('yes', { nobody: NO_MASTER })),
    ask: async (world, who) =>
      await outcome(await world.driver(world.sessionOf(who).master, 'POST', '/session/token-request', {})),
  },
  'POST /session/heartbeat': {
    answers: session(inSession('yes')),
    ask: driver('POST', () => '/session/heartbeat', {}),
  },
  'POST /session': {
    answers: session(inSession('yes')),
    async ask(world, who) {
      const { session } = who === 'revoked' ? world.sessionOf(who) : await world.logIn(who);
      return await outcome(await world.driver(session, 'POST', '/session?delete=true', {}));
    },
  },
  'POST /queries/v1/query-request': {
    answers: session(inSession('yes')),
    ask: driver('POST', () => '/queries/v1/query-request', { sqlText: 'SELECT 1' }),
  },
  'GET /queries/:queryId/result': {
    answers: session(inSession(NO_SUCH_STATEMENT, { owner: 'yes' })),
    ask: driver('GET', ({ queryId }) => `/queries/${queryId}/result`),
  },
  'POST /queries/:queryId/abort-request': {
    answers: session(inSession(NO_SUCH_STATEMENT, { owner: 'yes' })),
    ask: driver('POST', ({ queryId }) => `/queries/${queryId}/abort-request`, {}),
  },
  // What is not there needs no abort: everybody is told so of the requests of others.
  'POST /queries/v1/abort-request': {
    answers: session(inSession('yes')),
    ask: driver('POST', () => '/queries/v1/abort-request', { requestId: randomUUID() }),
  },
  'GET /monitoring/queries/:queryId': {
    answers: session(inSession(NO_SUCH_STATEMENT, { owner: 'yes' })),
    ask: driver('GET', ({ queryId }) => `/monitoring/queries/${queryId}`),
  },
  // The key to a chunk goes with its link: a session alone does not open it, not even the owner's.
  'GET /results/:queryId/chunks/:index': {
    answers: session(same(NO_SUCH_STATEMENT)),
    ask: driver('GET', ({ queryId }) => `/results/${queryId}/chunks/0`),
  },
  // The key to a file is its token, which goes with a statement: a session alone opens none.
  'PUT /stages/files/:token': {
    answers: session(same(NO_SUCH_STATEMENT)),
    ask: driver('PUT', () => '/stages/files/none'),
  },
  'GET /stages/files/:token': {
    answers: session(same(NO_SUCH_STATEMENT)),
    ask: driver('GET', () => '/stages/files/none'),
  },
  'HEAD /stages/files/:token': {
    answers: session(same('404')),
    ask: driver('HEAD', () => '/stages/files/none'),
  },
  'POST /telemetry/send': {
    answers: session(inSession('yes')),
    ask: driver('POST', () => '/telemetry/send', {}),
  },
};
