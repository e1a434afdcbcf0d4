import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { enrolmentBytes } from '@sluice/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscribed } from '../support/start-api.ts';
import { type Claims, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const verified = (email: string) => ({ email, email_verified: true });
const ada: Claims = { sub: 'ada', ...verified('ada@example.com'), nr: '17' };
const grace: Claims = { sub: 'grace', ...verified('grace@example.com'), nr: '18' };
const olga: Claims = { sub: 'olga', ...verified('olga@example.com'), nr: '19' };

describe('a request of ada’s', () => {
  it.each<[string, Claims, string]>([
    ['another person', grace, 'approved'],
    ['another person elsewhere', { from: 'b', sub: 'g-1', staff: { nr: 18 } }, 'approved'],

    ['herself', ada, 'approver_not_allowed'],
    ['herself in capitals', { ...grace, sub: 'ADA' }, 'approver_not_allowed'],
    ['herself with a blank', { ...grace, sub: ' ada' }, 'approver_not_allowed'],
    ['herself with a line feed', { ...grace, sub: 'ada\n' }, 'approver_not_allowed'],
    ['herself in full width', { ...grace, sub: 'ａｄａ' }, 'approver_not_allowed'],
    ['herself with a zero-width space', { ...grace, sub: 'a\u200bda' }, 'token_untrusted'],
    ['herself with a soft hyphen', { ...grace, sub: 'a\u00adda' }, 'token_untrusted'],
    ['herself with a filler', { ...grace, sub: 'ada\u3164' }, 'token_untrusted'],
    ['herself with a direction mark', { ...grace, sub: '\u202eada' }, 'token_untrusted'],
    ['her other account', { ...grace, ...verified('ada@example.com') }, 'approver_not_allowed'],
    ['her address with a plus', { ...grace, ...verified('ada+2@example.com') }, 'approver_not_allowed'],
    ['her address in capitals', { ...grace, ...verified(' ADA@Example.COM') }, 'approver_not_allowed'],
    ['her address in quotes', { ...grace, ...verified('"ada"@example.com') }, 'approver_not_allowed'],
    ['her address in full width', { ...grace, ...verified('ａｄａ@example.com') }, 'approver_not_allowed'],
    [
      'her address with a dot after it',
      { ...grace, ...verified('ada@example.com.') },
      'approver_not_allowed',
    ],
    ['her number', { ...grace, nr: '17' }, 'approver_not_allowed'],
    ['her number, as a number', { ...grace, nr: 17 }, 'approver_not_allowed'],
    ['her number elsewhere', { from: 'b', sub: 'x', staff: { nr: 17 } }, 'approver_not_allowed'],

    ['an address that nobody verified', { ...grace, email_verified: false }, 'person_unclear'],
    ['an address that says it is verified', { ...grace, email_verified: 'true' }, 'person_unclear'],
    ['no address', { ...grace, email: undefined }, 'person_unclear'],
    ['an empty address', { ...grace, email: '' }, 'person_unclear'],
    ['an address that is a list', { ...grace, email: ['grace@example.com'] }, 'person_unclear'],
    [
      'an address with a zero-width space',
      { ...grace, ...verified('a\u200bda@example.com') },
      'person_unclear',
    ],
    ['an address of two scripts', { ...grace, ...verified('аda@example.com') }, 'person_unclear'],
    ['an address with a comment', { ...grace, ...verified('ada(x)@example.com') }, 'person_unclear'],
    ['two addresses in one', { ...grace, ...verified('x@y.z, ada@example.com') }, 'person_unclear'],
    ['no number', { ...grace, nr: undefined }, 'person_unclear'],
    ['no number elsewhere', { from: 'b', sub: 'x' }, 'person_unclear'],
    ['an address where numbers count', { from: 'b', sub: 'x', ...verified('x@y.z') }, 'person_unclear'],
    ['an issuer that says nothing comparable', { from: 'c', sub: 'zoe' }, 'person_unclear'],
    ['the same subject there', { from: 'c', sub: 'ada' }, 'person_unclear'],
    ['a pipeline', { from: 'ci', sub: 'repo:x', actor: '18' }, 'token_cannot_decide'],
  ])('is decided by %s: %s', async (_, voter, expected) => {
    const held = await world.hold(ada);
    expect(await world.vote(held, world.decidingToken(voter))).toBe(expected);
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, (world: World) => Promise<string>, string]>([
    ['her agent’s', ({ token }) => token(grace), 'token_cannot_decide'],
    [
      'a scope in capitals',
      ({ token }) => token({ ...grace, scope: 'SLUICE:DECIDE' }),
      'token_cannot_decide',
    ],
    ['a longer scope', ({ token }) => token({ ...grace, scope: 'xsluice:decide' }), 'token_cannot_decide'],
    ['a scope for others', ({ decidingToken }) => decidingToken({ ...grace, aud: 'x' }), 'token_invalid'],
    [
      'an agent’s program',
      ({ decidingToken }) => decidingToken({ ...grace, azp: 'agent' }),
      'token_untrusted',
    ],
    ['no program', ({ decidingToken }) => decidingToken({ ...grace, azp: undefined }), 'token_untrusted'],
    [
      'a sign-in of two hours ago',
      ({ decidingToken }) => decidingToken({ ...grace, auth_time: now() - 7_200 }),
      'sign_in_needed',
    ],
    [
      'no sign-in',
      ({ decidingToken }) => decidingToken({ ...grace, auth_time: undefined }),
      'sign_in_needed',
    ],
    [
      'a sign-in tomorrow',
      ({ decidingToken }) => decidingToken({ ...grace, auth_time: now() + 86_400 }),
      'sign_in_needed',
    ],
    [
      'a sign-in that is a text',
      ({ decidingToken }) => decidingToken({ ...grace, auth_time: String(now()) }),
      'sign_in_needed',
    ],
  ])('is decided by grace with a token of %s', async (_, tokenOf, expected) => {
    const held = await world.hold(ada);
    expect(await world.vote(held, tokenOf(world))).toBe(expected);
    expect(await world.vote(held, world.decidingToken(grace))).toBe('approved');
  });

  it.each<[string, object, string]>([
    ['as it should be', {}, 'approved'],
    ['in another way', { acr: 'pwd' }, 'sign_in_needed'],
    ['in no way that it says', { acr: undefined }, 'sign_in_needed'],
    ['in a list of ways', { acr: ['phr'] }, 'sign_in_needed'],
    ['ten minutes ago', { auth_time: now() - 600 }, 'sign_in_needed'],
  ])('that wants a strong sign-in, and was signed in for %s: %s', async (_, change, expected) => {
    const held = await world.hold(ada, 'PAYMENTS');
    expect(await world.vote(held, world.decidingToken({ ...grace, ...change }))).toBe(expected);
    if (expected === 'approved') return;
    const response = await world.call(
      await world.decidingToken({ ...grace, ...change }),
      'POST',
      `/api/approvals/${held.approval}/decision`,
      { version: 1, verdict: 'approve', binding: held.binding },
    );
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", max_age="300", acr_values="phr"',
    );
    expect(await world.voteBy('tickets', held, 'grace@example.com')).toBe('sign_in_needed');
  });

  it.each([
    ['ada@example.com', 'approver_not_allowed'],
    ['ADA+x@example.com', 'approver_not_allowed'],
    ['grace@example.com', 'approved'],
    ['аda@example.com', 'request_malformed'],
  ])('is decided through an integration by %s: %s', async (email, expected) => {
    expect(await world.voteBy('tickets', await world.hold(ada), email)).toBe(expected);
  });
});

describe('a request of somebody whose tokens do not say who they are', () => {
  it.each<[string, Claims]>([
    ['no address', { ...ada, email: undefined }],
    ['one that nobody verified', { ...ada, email_verified: false }],
    ['neither address nor number', { sub: 'ada' }],
  ])('is decided by nobody who could be they, nor through an integration: %s', async (_, requester) => {
    const held = await world.hold(requester);
    expect(await world.vote(held, world.decidingToken(grace))).toBe('person_unclear');
    expect(await world.voteBy('tickets', held, 'grace@example.com')).toBe('person_unclear');
    expect(await world.voteBy('tickets', held, 'ada@example.com')).toMatch(/person_unclear|not_allowed/);
  });

  it('is decided by others where the subject is who they are', async () => {
    const held = await world.hold({ from: 'c', sub: 'zoe' });
    for (const sub of ['zoe', 'ZOE', 'Zoe ', 'ｚoe']) {
      const again = world.decidingToken({ from: 'c', sub });
      expect(await world.vote(held, again)).toBe('approver_not_allowed');
    }
    expect(await world.vote(held, world.decidingToken({ from: 'c', sub: 'yan' }))).toBe('approved');
  });

  it('is not decided by who started the pipeline that asks', async () => {
    const held = await world.hold({ from: 'ci', sub: 'repo:x', actor: '18' });
    expect(await world.vote(held, world.decidingToken(grace))).toBe('approver_not_allowed');
    expect(await world.vote(held, world.decidingToken(olga))).toBe('approved');
  });
});

describe('of two that are needed, grace is one', () => {
  it.each<[string, Claims, string]>([
    ['again', grace, 'approver_not_allowed'],
    ['in capitals', { ...olga, sub: 'Grace' }, 'approver_not_allowed'],
    [
      'by another account of her address',
      { ...olga, ...verified('Grace+2@example.com') },
      'approver_not_allowed',
    ],
    ['by another account of her number', { ...olga, nr: 18 }, 'approver_not_allowed'],
    ['at another issuer', { from: 'b', sub: 'g', staff: { nr: '18' } }, 'approver_not_allowed'],
    ['by an account that may be hers', { ...olga, email: undefined }, 'person_unclear'],
    ['and another person the other', olga, 'approved'],
  ])('%s', async (_, second, expected) => {
    const held = await world.hold(ada, 'SUPPORT_TICKETS');
    expect(await world.vote(held, world.decidingToken(grace))).toBe('asked');
    expect(await world.vote(held, world.decidingToken(second))).toBe(expected);
  });

  it('whichever way she comes first', async () => {
    const first = await world.hold(ada, 'SUPPORT_TICKETS');
    expect(await world.vote(first, world.decidingToken(grace))).toBe('asked');
    expect(await world.voteBy('tickets', first, 'grace@example.com')).toBe('approver_not_allowed');
    const then = await world.hold(ada, 'SUPPORT_TICKETS');
    expect(await world.voteBy('tickets', then, 'Grace+x@Example.com')).toBe('asked');
    expect(await world.vote(then, world.decidingToken(grace))).toBe('approver_not_allowed');
    expect(await world.voteBy('other', then, 'grace@example.com')).toBe('approver_not_allowed');
    // Who holds an integration's secret is one, whomever they speak for.
    expect(await world.voteBy('tickets', then, 'olga@example.com')).toBe('approver_not_allowed');
    expect(await world.voteBy('other', then, 'olga@example.com')).toBe('approved');
  });

  it('and votes that come at once count once', async () => {
    const held = await world.hold(ada, 'SUPPORT_TICKETS');
    const tokens = await Promise.all(
      [grace, { sub: 'GRACE' }, { ...grace, sub: 'g2' }, grace].map((claims) => world.decidingToken(claims)),
    );
    const phases = await Promise.all(tokens.map((bearer) => world.vote(held, bearer)));
    expect(phases.filter((phase) => phase === 'asked')).toHaveLength(1);
    expect(phases).not.toContain('approved');
  });
});

describe('with the token that grace’s agent has', () => {
  const key = generateKeyPairSync('ed25519')
    .publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64');
  const target = { type: 'subject', identity: 'https://x|y' };
  const at = new Date().toISOString();
  it.each<[string, string, unknown]>([
    [
      'POST',
      `/api/approvals/${randomUUID()}/decision`,
      { version: 1, verdict: 'deny', binding: '0'.repeat(64) },
    ],
    ['DELETE', `/api/grants/${randomUUID()}`, undefined],
    ['POST', '/api/devices', { key, name: 'x', at, proof: key, vouchedBy: null }],
    ['POST', '/api/devices/revocations', { key }],
    ['GET', '/api/devices/requests', undefined],
    ['POST', `/api/devices/requests/${randomUUID()}/word`, { comment: 'x' }],
    ['POST', '/api/break-glass', { version: 1, reason: 'the shop is down', sql: 'DELETE FROM ORDERS' }],
    ['POST', `/api/reviews/${randomUUID()}/close`, { comment: 'fine' }],
    ['GET', '/api/revocations', undefined],
    ['POST', '/api/revocations', { target, reason: 'left' }],
  ])('nothing is decided: %s %s', async (method, path, body) => {
    const response = await world.call(await world.token(grace), method, path, body);
    expect(response.status).toBe(403);
    expect(await world.outcome(response)).toBe('token_cannot_decide');
    expect(response.headers.get('www-authenticate')).toContain('insufficient_scope');
  });

  it('nobody else’s requests, reviews or sessions are seen', async () => {
    const held = await world.hold(ada);
    const agents = await world.token(grace);
    for (const path of ['/api/approvals', '/api/approvals?state=ended', '/api/reviews', '/api/grants']) {
      expect(await (await world.call(agents, 'GET', path)).text()).not.toContain(held.session);
    }
    for (const path of [`/api/approvals/${held.approval}`, `/api/sessions/${held.session}/events`]) {
      expect((await world.call(agents, 'GET', path)).status).toBe(404);
    }
    const sessions = await (
      await world.call(agents, 'GET', `/api/sessions?person=${encodeURIComponent(world.idOf('ada'))}`)
    ).text();
    expect(sessions).not.toContain(held.session);
    const other = await subscribed(world.url, agents, { name: 'session', session: held.session });
    expect(other.messages.at(-1)).toMatchObject({ type: 'ended', code: 'session_unknown' });
    const live = await subscribed(world.url, agents, 'approvals');
    const own = await subscribed(world.url, held.bearer, 'approvals');
    const next = await world.hold(ada);
    await own.until((message) => message.type === 'approval' && message.approval.id === next.approval);
    live.send({ type: 'ping' });
    await live.until(({ type }) => type === 'pong');
    expect(live.messages.map(({ type }) => type)).toEqual(['welcome', 'subscribed', 'pong']);
    for (const { socket } of [other, live, own]) socket.close();
  });

  it('break-glass is not called for, by whatever the statement says', async () => {
    const agents = await world.token(grace);
    const sql = 'DELETE FROM ORDERS WHERE ID = 9';
    const asked = { sql, breakGlass: 'the shop is down', wait: 0 };
    expect(await world.outcome(await world.call(agents, 'POST', '/api/statements', asked))).toBe(
      'request_malformed',
    );
    const tools = { name: 'run_statement', arguments: { sql, breakGlass: 'the shop is down', wait: 0 } };
    const rpc = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: tools };
    const said = await (await world.call(agents, 'POST', '/mcp', rpc)).text();
    expect(said).not.toContain('succeeded');
    const wire = await driverOf(agents);
    const tag = JSON.stringify({ breakGlass: 'the shop is down' });
    const answered = await wire('/queries/v1/query-request', {
      sqlText: sql,
      parameters: { QUERY_TAG: tag },
    });
    expect(answered).toMatchObject({ code: '333333' }); // in progress: it waits for people
  });
});

it('with a token to decide with, nothing runs', async () => {
  const bearer = await world.decidingToken(grace);
  const sql = 'SELECT 1';
  expect(await world.outcome(await world.call(bearer, 'POST', '/api/statements', { sql }))).toBe(
    'token_cannot_run',
  );
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  expect(await world.outcome(await world.call(bearer, 'POST', '/mcp', list))).toBe('token_cannot_run');
  await expect(driverOf(bearer)).rejects.toThrow('390303');
});

describe('break-glass that grace has opened', () => {
  const open = async (sql: string, claims = grace) => {
    const order = { version: 1, reason: 'the shop is down', sql };
    const response = await world.call(await world.decidingToken(claims), 'POST', '/api/break-glass', order);
    expect(response.status).toBe(201);
  };
  const run = async (sql: string, claims: Claims) => {
    const response = await world.call(await world.token(claims), 'POST', '/api/statements', { sql, wait: 2 });
    return await world.outcome(response, ({ phase }) => phase);
  };

  it('runs her statement, once, by the client that she has', async () => {
    const sql = 'DELETE FROM ORDERS WHERE ID = 11';
    await open(sql);
    const wire = await driverOf(await world.token(grace));
    expect(await wire('/queries/v1/query-request', { sqlText: sql })).toMatchObject({ success: true });
    expect(await run(sql, grace)).toBe('held');
  });

  it.each<[string, string, Claims]>([
    ['another text', 'DELETE FROM ORDERS WHERE ID = 13', grace],
    ['a comment more', 'DELETE FROM ORDERS WHERE ID = 12 -- x', grace],
    [
      'another account of hers',
      'DELETE FROM ORDERS WHERE ID = 12',
      { from: 'b', sub: 'g', staff: { nr: '18' } },
    ],
    ['an account that is spelt alike', 'DELETE FROM ORDERS WHERE ID = 12', { ...grace, sub: 'GRACE' }],
    ['somebody else', 'DELETE FROM ORDERS WHERE ID = 12', olga],
  ])('is not open for %s', async (_, sql, by) => {
    await open('DELETE FROM ORDERS WHERE ID = 12');
    expect(await run(sql, by)).toBe('held');
  });
});

describe('an account that is spelt like another', () => {
  const eve: Claims = { sub: 'eve', ...verified('eve@example.com'), nr: '66' };
  const alike: Claims = { ...eve, sub: 'EVE' };

  it('has nothing of the other’s', async () => {
    const held = await world.hold(eve);
    const [running, deciding] = [
      await world.token(alike),
      await world.decidingToken({ ...alike, groups: ['developers'] }),
    ];
    expect(await world.outcome(await world.call(running, 'GET', `/api/statements/${held.statement}`))).toBe(
      'result_unavailable',
    );
    for (const bearer of [running, deciding]) {
      expect((await world.call(bearer, 'GET', `/api/approvals/${held.approval}`)).status).toBe(404);
      expect((await world.call(bearer, 'GET', `/api/sessions/${held.session}/events`)).status).toBe(404);
      expect(await (await world.call(bearer, 'GET', '/api/sessions')).text()).not.toContain(held.session);
    }
  });

  it('takes one first device, of four that come at once, and that is one for both', async () => {
    const enrol = async (claims: Claims) => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      const at = new Date().toISOString();
      const proof = sign(null, enrolmentBytes({ identity: world.idOf('eve'), key, at }), privateKey);
      const device = { key, name: 'x', at, proof: proof.toString('base64'), vouchedBy: null };
      return (await world.call(await world.decidingToken(claims), 'POST', '/api/devices', device)).status;
    };
    const statuses = await Promise.all([eve, alike, eve, alike].map(enrol));
    expect(statuses.toSorted((one, other) => one - other)).toEqual([201, 202, 202, 202]);
  });

  it('goes out with the other, and with whatever else bears a name of theirs', async () => {
    const held = await world.hold(eve);
    const elsewhere: Claims = { from: 'b', sub: 'e-1', staff: { nr: '66' } };
    const other: Claims = { sub: 'eva', ...verified('Eve+2@example.com'), nr: '67' };
    const run = async (claims: Claims) =>
      await world.outcome(
        await world.call(await world.token(claims), 'POST', '/api/statements', { sql: 'SELECT 1', wait: 5 }),
      );
    for (const claims of [alike, elsewhere, other]) expect(await run(claims)).toBe('yes');
    const [issuer] = world.idOf('eve').split('|');
    const target = { type: 'subject', identity: `${issuer}/|EVE ` };
    const security = await world.decidingToken(olga);
    const revoked = await world.call(security, 'POST', '/api/revocations', { target, reason: 'left' });
    expect(revoked.status).toBe(201);
    for (const claims of [eve, alike, elsewhere, other]) expect(await run(claims)).toBe('identity_revoked');
    expect(await world.vote(held, world.decidingToken(grace))).toBe('approval_void');
    expect(await run(grace)).toBe('yes');
  });
});

/** A session of the driver protocol; a request with it. Throws the code when nobody may sign in. */
async function driverOf(bearer: string) {
  const post = async (path: string, body: unknown, session?: string) => {
    const response = await fetch(new URL(path, world.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(session === undefined ? {} : { authorization: `Snowflake Token="${session}"` }),
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { success: boolean; code: string; data: { token: string } };
  };
  const { success, code, data } = await post('/session/v1/login-request', { data: { TOKEN: bearer } });
  if (!success) throw new Error(code);
  return (path: string, body: unknown) => post(path, body, data.token);
}
