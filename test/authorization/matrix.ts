import { randomUUID } from 'node:crypto';
import { connectLive, hello } from '../support/start-api.ts';
import {
  api,
  driver,
  form,
  inSession,
  NO_MASTER,
  NO_SUCH_STATEMENT,
  outcome,
  ownerSession,
  type Row,
  same,
  signedIn,
} from './asking.ts';

/** Every route of the relay. A route that is not here fails the test; so does a row whose route is gone. */
export const matrix: Readonly<Record<string, Row>> = {
  'GET /api/approvals': {
    answers: signedIn('nothing', { owner: 'yes', approver: 'yes', pipeline: 'yes' }),
    ask: api(
      'GET',
      () => '/api/approvals',
      undefined,
      (body, { held }) => body.includes(held.approval),
    ),
  },
  'GET /api/approvals/:id': {
    answers: signedIn('approval_unknown', { owner: 'yes', approver: 'yes', pipeline: 'yes' }),
    ask: api('GET', ({ held }) => `/api/approvals/${held.approval}`),
  },
  'POST /api/approvals/:id/decision': {
    answers: signedIn('approval_unknown', {
      owner: 'approver_not_allowed',
      approver: 'yes',
      pipeline: 'approver_not_allowed',
    }),
    async ask(world, who) {
      const { approval, binding } = await world.hold();
      const path = `/api/approvals/${approval}/decision`;
      const answer = await api(
        'POST',
        () => path,
        () => ({ version: 1, verdict: 'approve', binding }),
      )(world, who);
      const now = await (await world.api('approver', 'GET', `/api/approvals/${approval}`)).text();
      const wasDecided = !now.includes('"phase":"asked"');
      return wasDecided === (answer === 'yes')
        ? answer
        : `${answer}, but it ${wasDecided ? 'was' : 'was not'} decided`;
    },
  },
  'GET /api/grants': {
    answers: signedIn('nothing', { owner: 'yes', approver: 'yes', pipeline: 'yes' }),
    async ask(world, who) {
      const id = await world.grant();
      return await api(
        'GET',
        () => '/api/grants',
        undefined,
        (body) => body.includes(id),
      )(world, who);
    },
  },
  'DELETE /api/grants/:id': {
    // To take a right away is not to give one: a pipeline of the owners may.
    answers: signedIn('approval_unknown', { owner: 'yes', approver: 'yes', pipeline: 'yes' }),
    ask: api('DELETE', async (world) => `/api/grants/${await world.grant()}`),
  },
  'GET /api/devices': {
    answers: signedIn('nothing', { owner: 'yes' }),
    ask: api(
      'GET',
      () => '/api/devices',
      undefined,
      (body, { firstDevice }) => body.includes(firstDevice),
    ),
  },
  // An enrolment is signed for the owner: in somebody else's hands it is no good.
  'POST /api/devices': {
    answers: signedIn('request_malformed', { owner: 'yes' }),
    ask: api(
      'POST',
      () => '/api/devices',
      ({ newDevice }) => newDevice(),
    ),
  },
  'POST /api/devices/revocations': {
    answers: signedIn('approver_not_allowed', { owner: 'yes' }),
    async ask(world, who) {
      const enrolment = world.newDevice();
      await world.post('owner', '/api/devices', enrolment);
      return await api(
        'POST',
        () => '/api/devices/revocations',
        () => ({ key: enrolment.key }),
      )(world, who);
    },
  },
  'GET /api/reviews': {
    answers: signedIn('nothing', { owner: 'yes', security: 'yes', pipeline: 'yes' }),
    async ask(world, who) {
      const id = await world.review();
      return await api(
        'GET',
        () => '/api/reviews',
        undefined,
        (body) => body.includes(id),
      )(world, who);
    },
  },
  'POST /api/reviews/:id/close': {
    answers: signedIn('approval_unknown', {
      owner: 'approver_not_allowed',
      security: 'yes',
      pipeline: 'approver_not_allowed',
    }),
    ask: api(
      'POST',
      async (world) => `/api/reviews/${await world.review()}/close`,
      () => ({ comment: 'looked at it' }),
    ),
  },
  'GET /api/revocations': {
    answers: signedIn('approver_not_allowed', { security: 'yes' }),
    ask: api('GET', () => '/api/revocations'),
  },
  'POST /api/revocations': {
    answers: signedIn('approver_not_allowed', { security: 'yes' }),
    async ask(world, who) {
      const identity = `${world.idOf('owner')}-${randomUUID()}`;
      const revocation = { target: { type: 'subject', identity }, reason: 'left' };
      const answer = await api(
        'POST',
        () => '/api/revocations',
        () => revocation,
      )(world, who);
      const list = await (await world.api('security', 'GET', '/api/revocations')).text();
      const isOut = list.includes(identity);
      return isOut === (answer === 'yes') ? answer : `${answer}, but they are ${isOut ? 'out' : 'still in'}`;
    },
  },
  'GET /api/sessions': {
    answers: signedIn('nothing', { owner: 'yes', auditor: 'yes', pipeline: 'yes' }),
    ask: api(
      'GET',
      ({ idOf }) => `/api/sessions?person=${encodeURIComponent(idOf('owner'))}`,
      undefined,
      ownerSession,
    ),
  },
  'GET /api/sessions/:id/events': {
    answers: signedIn('session_unknown', { owner: 'yes', auditor: 'yes', pipeline: 'yes' }),
    ask: api('GET', ({ held }) => `/api/sessions/${held.session}/events`, undefined, ownerSession),
  },
  // Signed by the integration: whose token comes with it makes no difference.
  'POST /api/callbacks/:name': {
    answers: same('token_invalid'),
    ask: api(
      'POST',
      () => '/api/callbacks/tickets',
      ({ held }) => ({
        type: 'approval.decision',
        data: {
          approval: held.approval,
          binding: held.binding,
          verdict: 'approve',
          actor: 'A',
          actorEmail: 'a@b.example',
          comment: '',
        },
      }),
    ),
  },

  'POST /api/statements': {
    answers: signedIn('yes'),
    ask: api(
      'POST',
      () => '/api/statements',
      () => ({ sql: 'SELECT 1', wait: 20 }),
    ),
  },
  'GET /api/statements/:id': {
    answers: signedIn('result_unavailable', { owner: 'yes' }),
    ask: api('GET', ({ held }) => `/api/statements/${held.statement}`),
  },
  'DELETE /api/statements/:id': {
    answers: signedIn('result_unavailable', { owner: 'yes' }),
    ask: api('DELETE', async (world) => `/api/statements/${(await world.hold()).statement}`),
  },
  'POST /mcp': {
    answers: signedIn('nothing', { owner: 'yes' }),
    ask: api(
      'POST',
      () => '/mcp',
      ({ held }) => ({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'get_statement', arguments: { id: held.statement, wait: 0 } },
      }),
      (body, { held }) => body.includes(held.approval),
    ),
  },

  'POST /session/v1/login-request': {
    answers: { ...same('yes'), nobody: '390303', revoked: '390303' },
    ask: async (world, who) =>
      await outcome(
        await world.driver(null, 'POST', '/session/v1/login-request', {
          data: { TOKEN: world.tokens.get(who) ?? '' },
        }),
      ),
  },
  'POST /session/token-request': {
    answers: inSession('yes', { nobody: NO_MASTER }),
    ask: async (world, who) =>
      await outcome(await world.driver(world.sessionOf(who).master, 'POST', '/session/token-request', {})),
  },
  'POST /session/heartbeat': {
    answers: inSession('yes'),
    ask: driver('POST', () => '/session/heartbeat', {}),
  },
  'POST /session': {
    answers: inSession('yes'),
    async ask(world, who) {
      const { session } = who === 'revoked' ? world.sessionOf(who) : await world.logIn(who);
      return await outcome(await world.driver(session, 'POST', '/session?delete=true', {}));
    },
  },
  'POST /queries/v1/query-request': {
    answers: inSession('yes'),
    ask: driver('POST', () => '/queries/v1/query-request', { sqlText: 'SELECT 1' }),
  },
  'GET /queries/:queryId/result': {
    answers: inSession(NO_SUCH_STATEMENT, { owner: 'yes' }),
    ask: driver('GET', ({ queryId }) => `/queries/${queryId}/result`),
  },
  'POST /queries/:queryId/abort-request': {
    answers: inSession(NO_SUCH_STATEMENT, { owner: 'yes' }),
    ask: driver('POST', ({ queryId }) => `/queries/${queryId}/abort-request`, {}),
  },
  // What is not there needs no abort: everybody is told so of the requests of others.
  'POST /queries/v1/abort-request': {
    answers: inSession('yes'),
    ask: driver('POST', () => '/queries/v1/abort-request', { requestId: randomUUID() }),
  },
  'GET /monitoring/queries/:queryId': {
    answers: inSession(NO_SUCH_STATEMENT, { owner: 'yes' }),
    ask: driver('GET', ({ queryId }) => `/monitoring/queries/${queryId}`),
  },
  // The key to a chunk goes with its link: a session alone does not open it, not even the owner's.
  'GET /results/:queryId/chunks/:index': {
    answers: same(NO_SUCH_STATEMENT),
    ask: driver('GET', ({ queryId }) => `/results/${queryId}/chunks/0`),
  },
  'POST /telemetry/send': {
    answers: inSession('yes'),
    ask: driver('POST', () => '/telemetry/send', {}),
  },

  // For everybody: where to sign in, and whether the relay lives.
  ...Object.fromEntries(
    [
      '/livez',
      '/readyz',
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-authorization-server',
      '/saml/keys',
      '/saml/metadata',
    ].map((path): [string, Row] => [`GET ${path}`, { answers: same('yes'), ask: api('GET', () => path) }]),
  ),
  // Signing in is how one gets a token: the one that somebody has makes no difference.
  'GET /saml/sign-in': { answers: same('400'), ask: api('GET', () => '/saml/sign-in') },
  'POST /saml/acs': { answers: same('401'), ask: form('/saml/acs', { SAMLResponse: 'bm9uZQ==' }) },
  'POST /saml/token': {
    answers: same('400'),
    ask: form('/saml/token', { grant_type: 'authorization_code', code: 'none', code_verifier: 'none' }),
  },

  // Not a route of fastify's: an upgrade.
  'UPGRADE /api/live': {
    answers: signedIn('nothing', { owner: 'yes', approver: 'yes', pipeline: 'yes' }),
    async ask(world, who) {
      const client = await connectLive(world.url, hello(world.tokens.get(who) ?? 'none'));
      const { type, ...first } = await client.until(({ type }) => type === 'welcome' || type === 'error');
      if (type === 'error') return 'code' in first ? first.code : '';
      const { approval } = await world.hold();
      client.socket.send(JSON.stringify({ type: 'ping' }));
      await client.until(({ type }) => type === 'pong');
      client.socket.close();
      const told = client.messages.some(
        (message) => message.type === 'approval' && message.approval.id === approval,
      );
      return told ? 'yes' : 'nothing';
    },
  },
};
