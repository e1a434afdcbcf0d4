import { randomUUID } from 'node:crypto';
import { ROUTES } from '@sluice/contract';
import { askRoute, form, same, signedIn } from './asking.ts';
import type { ContractRows } from './contract-row.ts';
import { peopleRows } from './people-rows.ts';
import { recordRows } from './record-rows.ts';
import { ACCESS_ORDER, type World } from './world.ts';

const owners = signedIn('nothing', { owner: 'yes' });
const ownersAndApprovers = signedIn('nothing', { owner: 'yes', approver: 'yes' });
/** For everybody: where to sign in, and whether the relay lives. */
const everybody = { answers: { running: same('yes') } };

/** The pipeline is in every group, and collects the metrics. */
const monitors = signedIn('approver_not_allowed', { pipeline: 'yes' });

/** Who is answered what, of what is the owner's. Which kinds of token are let in at all is the contract's to say. */
export const contractRows: ContractRows = {
  about: { read: everybody, signIn: everybody },

  statements: {
    submit: {
      answers: { running: signedIn('yes') },
      body: () => ({ sql: 'SELECT 1', wait: 20 }),
    },
    explain: {
      answers: { running: signedIn('yes') },
      body: () => ({ sql: 'SELECT 1' }),
    },
    read: {
      answers: { running: signedIn('result_unavailable', { owner: 'yes' }) },
      params: ({ held }) => ({ id: held.statement }),
    },
    cancel: {
      answers: { running: signedIn('result_unavailable', { owner: 'yes' }) },
      params: async (world) => ({ id: (await world.hold()).statement }),
    },
  },

  catalog: {
    databases: { answers: { running: signedIn('yes') }, shows: (body) => body.includes('SHOP') },
    schemas: {
      answers: { running: signedIn('yes') },
      query: () => ({ database: 'SHOP' }),
      shows: (body) => body.includes('PUBLIC'),
    },
    objects: {
      answers: { running: signedIn('yes') },
      query: () => ({ database: 'SHOP', schema: 'PUBLIC' }),
      shows: (body) => body.includes('ORDERS'),
    },
    object: {
      answers: { running: signedIn('yes') },
      query: () => ({ database: 'SHOP', schema: 'PUBLIC', name: 'ORDERS' }),
      shows: (body) => body.includes('STATUS'),
    },
  },

  approvals: {
    list: {
      answers: { running: owners, deciding: ownersAndApprovers },
      shows: (body, { held }) => body.includes(held.approval),
    },
    read: {
      answers: {
        running: signedIn('approval_unknown', { owner: 'yes' }),
        deciding: signedIn('approval_unknown', { owner: 'yes', approver: 'yes' }),
      },
      params: ({ held }) => ({ id: held.approval }),
    },
    decide: {
      answers: {
        deciding: signedIn('approval_unknown', { owner: 'approver_not_allowed', approver: 'yes' }),
        old: signedIn('approval_unknown', { owner: 'approver_not_allowed', approver: 'sign_in_needed' }),
      },
      async ask(world, who, kind) {
        const { approval, binding } = await world.hold();
        const request = {
          params: () => ({ id: approval }),
          body: () => ({ version: 1, verdict: 'approve', binding }),
        };
        const answer = await askRoute(ROUTES.approvals.decide, request, world, who, kind);
        const now = await (await world.api('approver', 'GET', `/api/approvals/${approval}`)).text();
        const wasDecided = !now.includes('"phase":"asked"');
        return wasDecided === (answer === 'yes')
          ? answer
          : `${answer}, but it ${wasDecided ? 'was' : 'was not'} decided`;
      },
    },
  },

  access: {
    // Each only for themselves: in the rule that asks are developers alone.
    ask: {
      answers: { running: signedIn('blocked', { owner: 'yes', other: 'yes', pipeline: 'yes' }) },
      body: () => ACCESS_ORDER,
    },
    cancel: {
      answers: {
        running: signedIn('approval_unknown', { owner: 'yes' }),
        deciding: signedIn('approval_unknown', { owner: 'yes' }),
      },
      params: async (world) => ({ id: await world.askAhead() }),
    },
  },

  attempts: {
    // On the record of whoever's agent it was, and of nobody else.
    report: {
      answers: { running: signedIn('yes') },
      body: () => ({
        version: 1,
        attempt: randomUUID(),
        kind: 'client',
        harness: 'copilot',
        tool: 'bash',
        evidence: 'snow sql',
        excerpt: 'snow sql -q x',
        conversation: null,
        seenAt: '2026-11-22T12:00:00.000Z',
      }),
    },
  },

  grants: {
    list: {
      answers: { running: owners, deciding: ownersAndApprovers },
      async ask(world, who, kind) {
        const id = await world.grant();
        const shows = (body: string) => body.includes(id);
        return await askRoute(ROUTES.grants.list, { shows }, world, who, kind);
      },
    },
    revoke: {
      answers: { deciding: signedIn('approval_unknown', { owner: 'yes', approver: 'yes' }) },
      params: async (world) => ({ id: await world.grant() }),
    },
  },

  devices: {
    list: {
      answers: { running: owners, deciding: owners },
      shows: (body, { firstDevice }) => body.includes(firstDevice),
    },
    // An enrolment is signed for the owner: in somebody else's hands it is no good.
    enrol: {
      answers: { deciding: signedIn('request_malformed', { owner: 'yes' }) },
      body: ({ newDevice }) => newDevice(),
    },
    revoke: {
      answers: { deciding: signedIn('approver_not_allowed', { owner: 'yes' }) },
      async ask(world, who, kind) {
        const enrolment = world.newDevice();
        await world.post('owner', '/api/devices', enrolment);
        const body = () => ({ key: enrolment.key });
        return await askRoute(ROUTES.devices.revoke, { body }, world, who, kind);
      },
    },
    requests: { answers: { deciding: signedIn('approver_not_allowed', { security: 'yes' }) } },
    vouch: {
      answers: { deciding: signedIn('approver_not_allowed', { security: 'yes' }) },
      params: async (world) => ({ id: await world.deviceRequest() }),
      body: () => ({ comment: 'she called me' }),
    },
    // Whoever may is told that there is nothing to repair.
    repair: {
      answers: { deciding: signedIn('approver_not_allowed', { keeper: 'repair_refused' }) },
      body: () => ({ reason: 'four at once' }),
    },
  },

  breakGlass: {
    // What one account opens is for that account's statements.
    open: {
      answers: { deciding: signedIn('yes') },
      body: () => ({
        version: 1,
        reason: 'the shop is down',
        sql: 'DELETE FROM ORDERS WHERE ID = 7',
        minutes: 1,
      }),
    },
    reviews: {
      answers: { running: owners, deciding: signedIn('nothing', { owner: 'yes', security: 'yes' }) },
      async ask(world, who, kind) {
        const id = await world.review();
        const shows = (body: string) => body.includes(id);
        return await askRoute(ROUTES.breakGlass.reviews, { shows }, world, who, kind);
      },
    },
    close: {
      answers: {
        deciding: signedIn('approval_unknown', { owner: 'approver_not_allowed', security: 'yes' }),
      },
      params: async (world) => ({ id: await world.review() }),
      body: () => ({ comment: 'looked at it' }),
    },
  },

  revocations: {
    list: { answers: { deciding: signedIn('approver_not_allowed', { security: 'yes' }) } },
    add: {
      answers: { deciding: signedIn('approver_not_allowed', { security: 'yes' }) },
      async ask(world, who, kind) {
        const identity = `${world.idOf('owner')}-${randomUUID()}`;
        const body = () => ({ target: { type: 'subject', identity }, reason: 'left' });
        const answer = await askRoute(ROUTES.revocations.add, { body }, world, who, kind);
        const list = await (await world.api('security', 'GET', '/api/revocations')).text();
        const isOut = list.includes(identity);
        return isOut === (answer === 'yes')
          ? answer
          : `${answer}, but they are ${isOut ? 'out' : 'still in'}`;
      },
    },
  },

  ...peopleRows,

  ...recordRows,

  callbacks: {
    // Signed by the integration: whose token comes with it makes no difference.
    decide: {
      answers: { running: same('token_invalid') },
      params: () => ({ name: 'tickets' }),
      body: ({ held }) => ({
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
    },
  },

  sqlApi: {
    submit: { answers: { running: signedIn('yes') }, body: () => ({ statement: 'SELECT 1' }) },
    read: {
      answers: { running: signedIn('result_unavailable', { owner: 'yes' }) },
      params: async (world) => ({ statementHandle: await ownersRequest(world) }),
    },
    // It has run by then: who may see it is told that there is nothing to cancel.
    cancel: {
      answers: { running: signedIn('result_unavailable', { owner: 'request_unsupported' }) },
      params: async (world) => ({ statementHandle: await ownersRequest(world) }),
    },
  },

  mcp: {
    call: {
      answers: { running: owners },
      body: ({ held }) => ({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'get_statement', arguments: { id: held.statement, wait: 0 } },
      }),
      shows: (body, { held }) => body.includes(held.approval),
    },
    resource: everybody,
    resourceOfMcp: everybody,
  },

  // Signing in is how one gets a token: the one that somebody has makes no difference.
  oauth: {
    server: everybody,
    register: {
      answers: { running: same('yes') },
      body: () => ({ redirect_uris: ['http://127.0.0.1/callback'] }),
    },
    // Well-formed, and of a document that is none of the relay's to read: it comes to that for everybody.
    authorize: {
      answers: { running: same('400') },
      query: () => ({
        response_type: 'code',
        client_id: 'https://127.0.0.1/agent.json',
        redirect_uri: 'http://127.0.0.1/callback',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      }),
    },
    consent: {
      answers: { running: same('401') },
      ask: form('/oauth/consent', { request: 'none', issuer: '' }),
    },
    callback: { answers: { running: same('401') } },
    token: {
      answers: { running: same('400') },
      ask: form('/oauth/token', { grant_type: 'authorization_code', code: 'none', code_verifier: 'none' }),
    },
  },

  saml: {
    server: everybody,
    keys: everybody,
    metadata: everybody,
    signIn: { answers: { running: same('400') } },
    consume: {
      answers: { running: same('401') },
      ask: form('/saml/acs', { SAMLResponse: 'bm9uZQ==' }),
    },
    token: {
      answers: { running: same('400') },
      ask: form('/saml/token', { grant_type: 'authorization_code', code: 'none', code_verifier: 'none' }),
    },
  },

  health: { live: everybody, ready: everybody },

  metrics: {
    read: {
      answers: { running: monitors, deciding: monitors },
      shows: (body) => body.includes('sluice_decisions_total{effect="') && !/ORDERS|owner|https?:/.test(body),
    },
  },
};

/** A statement that the owner has sent by the SQL API. */
async function ownersRequest(world: World): Promise<string> {
  const response = await world.api(
    'owner',
    'POST',
    '/api/v2/statements',
    { statement: 'SELECT 1' },
    'running',
  );
  const { statementHandle } = (await response.json()) as { statementHandle: string };
  return statementHandle;
}
