import { randomUUID } from 'node:crypto';
import { connectLive, hello } from '../support/start-api.ts';
import {
  api,
  decide,
  driver,
  form,
  inSession,
  NO_MASTER,
  NO_SUCH_STATEMENT,
  open,
  outcome,
  own,
  ownerSession,
  type Row,
  run,
  same,
  session,
  signedIn,
  watch,
} from './asking.ts';

/** Every route of the relay. A route that is not here fails the test; so does a row whose route is gone. */
export const matrix: Readonly<Record<string, Row>> = {
  'GET /api/approvals': {
    answers: own(
      signedIn('nothing', { owner: 'yes' }),
      signedIn('nothing', { owner: 'yes', approver: 'yes' }),
    ),
    ask: api(
      'GET',
      () => '/api/approvals',
      undefined,
      (body, { held }) => body.includes(held.approval),
    ),
  },
  'GET /api/approvals/:id': {
    answers: own(
      signedIn('approval_unknown', { owner: 'yes' }),
      signedIn('approval_unknown', { owner: 'yes', approver: 'yes' }),
    ),
    ask: api('GET', ({ held }) => `/api/approvals/${held.approval}`),
  },
  'POST /api/approvals/:id/decision': {
    answers: decide(
      signedIn('approval_unknown', { owner: 'approver_not_allowed', approver: 'yes' }),
      signedIn('approval_unknown', { owner: 'approver_not_allowed', approver: 'sign_in_needed' }),
    ),
    async ask(world, who, kind) {
      const { approval, binding } = await world.hold();
      const path = `/api/approvals/${approval}/decision`;
      const answer = await api(
        'POST',
        () => path,
        () => ({ version: 1, verdict: 'approve', binding }),
      )(world, who, kind);
      const now = await (await world.api('approver', 'GET', `/api/approvals/${approval}`)).text();
      const wasDecided = !now.includes('"phase":"asked"');
      return wasDecided === (answer === 'yes')
        ? answer
        : `${answer}, but it ${wasDecided ? 'was' : 'was not'} decided`;
    },
  },
  'GET /api/grants': {
    answers: own(
      signedIn('nothing', { owner: 'yes' }),
      signedIn('nothing', { owner: 'yes', approver: 'yes' }),
    ),
    async ask(world, who, kind) {
      const id = await world.grant();
      return await api(
        'GET',
        () => '/api/grants',
        undefined,
        (body) => body.includes(id),
      )(world, who, kind);
    },
  },
  'DELETE /api/grants/:id': {
    answers: decide(signedIn('approval_unknown', { owner: 'yes', approver: 'yes' })),
    ask: api('DELETE', async (world) => `/api/grants/${await world.grant()}`),
  },
  'GET /api/devices': {
    answers: own(signedIn('nothing', { owner: 'yes' }), signedIn('nothing', { owner: 'yes' })),
    ask: api(
      'GET',
      () => '/api/devices',
      undefined,
      (body, { firstDevice }) => body.includes(firstDevice),
    ),
  },
  // An enrolment is signed for the owner: in somebody else's hands it is no good.
  'POST /api/devices': {
    answers: decide(signedIn('request_malformed', { owner: 'yes' })),
    ask: api(
      'POST',
      () => '/api/devices',
      ({ newDevice }) => newDevice(),
    ),
  },
  'POST /api/devices/revocations': {
    answers: decide(signedIn('approver_not_allowed', { owner: 'yes' })),
    async ask(world, who, kind) {
      const enrolment = world.newDevice();
      await world.post('owner', '/api/devices', enrolment);
      return await api(
        'POST',
        () => '/api/devices/revocations',
        () => ({ key: enrolment.key }),
      )(world, who, kind);
    },
  },
  // What one account opens is for that account's statements.
  'POST /api/break-glass': {
    answers: decide(signedIn('yes')),
    ask: api(
      'POST',
      () => '/api/break-glass',
      () => ({ version: 1, reason: 'the shop is down', sql: 'DELETE FROM ORDERS WHERE ID = 7', minutes: 1 }),
    ),
  },
  'GET /api/devices/requests': {
    answers: watch(signedIn('approver_not_allowed', { security: 'yes' })),
    ask: api('GET', () => '/api/devices/requests'),
  },
  'POST /api/devices/requests/:id/word': {
    answers: decide(signedIn('approver_not_allowed', { security: 'yes' })),
    ask: api(
      'POST',
      async (world) => `/api/devices/requests/${await world.deviceRequest()}/word`,
      () => ({ comment: 'she called me' }),
    ),
  },
  'GET /api/reviews': {
    answers: own(
      signedIn('nothing', { owner: 'yes' }),
      signedIn('nothing', { owner: 'yes', security: 'yes' }),
    ),
    async ask(world, who, kind) {
      const id = await world.review();
      return await api(
        'GET',
        () => '/api/reviews',
        undefined,
        (body) => body.includes(id),
      )(world, who, kind);
    },
  },
  'POST /api/reviews/:id/close': {
    answers: decide(signedIn('approval_unknown', { owner: 'approver_not_allowed', security: 'yes' })),
    ask: api(
      'POST',
      async (world) => `/api/reviews/${await world.review()}/close`,
      () => ({ comment: 'looked at it' }),
    ),
  },
  'GET /api/revocations': {
    answers: watch(signedIn('approver_not_allowed', { security: 'yes' })),
    ask: api('GET', () => '/api/revocations'),
  },
  'POST /api/revocations': {
    answers: decide(signedIn('approver_not_allowed', { security: 'yes' })),
    async ask(world, who, kind) {
      const identity = `${world.idOf('owner')}-${randomUUID()}`;
      const revocation = { target: { type: 'subject', identity }, reason: 'left' };
      const answer = await api(
        'POST',
        () => '/api/revocations',
        () => revocation,
      )(world, who, kind);
      const list = await (await world.api('security', 'GET', '/api/revocations')).text();
      const isOut = list.includes(identity);
      return isOut === (answer === 'yes') ? answer : `${answer}, but they are ${isOut ? 'out' : 'still in'}`;
    },
  },
  'GET /api/sessions': {
    answers: own(
      signedIn('nothing', { owner: 'yes' }),
      signedIn('nothing', { owner: 'yes', auditor: 'yes' }),
    ),
    ask: api(
      'GET',
      ({ idOf }) => `/api/sessions?person=${encodeURIComponent(idOf('owner'))}`,
      undefined,
      ownerSession,
    ),
  },
  'GET /api/sessions/:id/events': {
    answers: own(
      signedIn('session_unknown', { owner: 'yes' }),
      signedIn('session_unknown', { owner: 'yes', auditor: 'yes' }),
    ),
    ask: api('GET', ({ held }) => `/api/sessions/${held.session}/events`, undefined, ownerSession),
  },
  // Signed by the integration: whose token comes with it makes no difference.
  'POST /api/callbacks/:name': {
    answers: open(same('token_invalid')),
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
    answers: run(signedIn('yes')),
    ask: api(
      'POST',
      () => '/api/statements',
      () => ({ sql: 'SELECT 1', wait: 20 }),
    ),
  },
  'GET /api/statements/:id': {
    answers: run(signedIn('result_unavailable', { owner: 'yes' })),
    ask: api('GET', ({ held }) => `/api/statements/${held.statement}`),
  },
  'DELETE /api/statements/:id': {
    answers: run(signedIn('result_unavailable', { owner: 'yes' })),
    ask: api('DELETE', async (world) => `/api/statements/${(await world.hold()).statement}`),
  },
  'POST /mcp': {
    answers: run(signedIn('nothing', { owner: 'yes' })),
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
  'POST /telemetry/send': {
    answers: session(inSession('yes')),
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
    ].map((path): [string, Row] => [
      `GET ${path}`,
      { answers: open(same('yes')), ask: api('GET', () => path) },
    ]),
  ),
  // Signing in is how one gets a token: the one that somebody has makes no difference.
  'GET /saml/sign-in': { answers: open(same('400')), ask: api('GET', () => '/saml/sign-in') },
  'POST /saml/acs': { answers: open(same('401')), ask: form('/saml/acs', { SAMLResponse: 'bm9uZQ==' }) },
  'POST /saml/token': {
    answers: open(same('400')),
    ask: form('/saml/token', { grant_type: 'authorization_code', code: 'none', code_verifier: 'none' }),
  },

  // Not a route of fastify's: an upgrade.
  'UPGRADE /api/live': {
    answers: watch(signedIn('nothing', { owner: 'yes', approver: 'yes' })),
    async ask(world, who, kind) {
      const client = await connectLive(world.url, hello(world.tokenOf(who, kind) ?? 'none'));
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
