import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { kim, sam, startApi } from '../../../../test/support/start-api.ts';
import { parseCheckpoint } from '../../recording/index.ts';
import { opened, result, statement } from '../../recording/testing/open-test-record.ts';
import type { SessionId } from '../../session/index.ts';

const DAY = 86_400_000;

let api: Awaited<ReturnType<typeof startApi>>;
beforeEach(async () => {
  const rule = { name: 'a-year', removes: 'bodies', afterDays: 365 } as const;
  api = await startApi({ retentionRules: [rule] });
});
afterEach(async () => await api.close());

/** A closed session of somebody's, with a statement. */
async function session(name: string, sql = 'select card from customers'): Promise<SessionId> {
  const id = randomUUID() as SessionId;
  await api.record.append(id, opened(name));
  await api.record.append(id, statement(sql));
  await api.record.append(id, { type: 'closed', how: 'client' });
  return id;
}

/** What the relay's own session says of such a thing. */
async function notices(what: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const events = await api.opened.events.ofTypes(api.record.relaySession, ['notice']);
  return events.flatMap(({ body }) => {
    const notice = JSON.parse(body ?? '{}') as EventBody;
    return notice.type === 'notice' && notice.what === what ? [notice.detail] : [];
  });
}

it('places the sessions of a person under hold, by somebody with a name and a reason, and releases them', async () => {
  const [one, two, other] = [await session('alice'), await session('alice'), await session('bob')];
  const of = { person: 'https://issuer.example|alice' };
  const order = { of, reason: 'case 12' };
  const dry = await api.call('kim', 'POST', '/holds', { ...order, dryRun: true });
  expect(dry.body).toEqual({ version: 1, sessions: 2, changed: 2 });
  expect(await notices('legal_hold')).toEqual([]);
  const set = await api.call('kim', 'POST', '/holds', order);
  expect(set.body).toEqual({ version: 1, sessions: 2, changed: 2 });
  expect((await api.call('kim', 'POST', '/holds', order)).body).toMatchObject({ changed: 0 });
  const first = await api.call('sam', 'GET', '/holds?limit=1');
  const next = await api.call('sam', 'GET', `/holds?limit=1&cursor=${first.body.next}`);
  const held = [...first.body.holds, ...next.body.holds];
  expect(new Set(held.map((hold) => hold.session))).toEqual(new Set([one, two]));
  expect(held[0]).toMatchObject({ reason: 'case 12', by: { id: kim.id } });
  const [said] = await notices('legal_hold');
  expect(said).toMatchObject({ by: kim.id, reason: 'case 12', held: 'true', of: JSON.stringify(of) });

  const named = { of: { sessions: [one] }, reason: 'case closed' };
  expect((await api.call('kim', 'POST', '/holds/releases', named)).body).toMatchObject({ changed: 1 });
  expect((await api.call('sam', 'GET', '/holds')).body.holds).toHaveLength(1);
  const unknown = { of: { sessions: [other, randomUUID()] }, reason: 'case 13' };
  expect((await api.call('kim', 'POST', '/holds', unknown)).body.code).toBe('session_unknown');
  expect((await api.call('sam', 'GET', '/holds')).body.holds).toHaveLength(1);
});

it('needs a reason for a hold', async () => {
  const one = await session('alice');
  const refused = await api.call('kim', 'POST', '/holds', { of: { sessions: [one] }, reason: '' });
  expect(refused.body.code).toBe('request_malformed');
});

it('puts a search on the record before it answers, and answers page by page', async () => {
  const long = `select 1 ${'/* filler */ '.repeat(40)} from secrets where secrets.id = 1`;
  for (let index = 0; index < 3; index += 1) await session('alice', long);
  const first = await api.call('sam', 'GET', '/sessions/search?text=secret&limit=2');
  expect(await notices('record_searched')).toEqual([{ by: sam.id, text: 'secret' }]);
  const more = await api.call('sam', 'GET', `/sessions/search?text=secret&limit=2&cursor=${first.body.next}`);
  const found = [...first.body.found, ...more.body.found];
  expect(found.map(({ event }) => event.body.type)).toEqual(['statement', 'statement', 'statement']);
  const { text, matches } = found[0].excerpt;
  expect(text.length).toBeLessThan(400);
  expect(matches.map(({ start, end }: { start: number; end: number }) => text.slice(start, end))).toEqual([
    'secret',
    'secret',
  ]);
  expect(await notices('record_searched')).toHaveLength(1);
  // Nobody else.
  const others = ['ada', 'olga', 'kim', 'sam/agent'].map(
    async (who) => (await api.call(who, 'GET', '/sessions/search?text=secret')).status,
  );
  expect(await Promise.all(others)).toEqual([403, 403, 403, 403]);
});

it('lists sessions page by page, and the relay’s own for auditors', async () => {
  const own = [await session('alice'), await session('bob'), await session('carol')];
  const first = await api.call('sam', 'GET', '/sessions?limit=2');
  const second = await api.call('sam', 'GET', `/sessions?limit=2&cursor=${first.body.next}`);
  expect(second.body.next).toBeNull();
  const listed = [...first.body.sessions, ...second.body.sessions];
  expect(listed[0]).toMatchObject({ session: api.record.relaySession, isRelay: true });
  expect(new Set(listed.slice(1).map((each) => each.session))).toEqual(new Set(own));
  expect((await api.call('ada', 'GET', '/sessions')).body.sessions).toEqual([]);
  expect((await api.call('sam', 'GET', '/sessions?cursor=nonsense')).body.code).toBe('request_malformed');
});

/** A closed session with a statement that was decided so, and its result. */
async function decided(name: string, effect: 'allow' | 'mask' | 'ask' | 'block', rows: string) {
  const id = randomUUID() as SessionId;
  const of = randomUUID();
  await api.record.append(id, opened(name));
  await api.record.append(id, statement('select 1', of));
  await api.record.append(id, { ...DECISION, masks: [], statement: of, effect });
  await api.record.append(id, result(of, [await api.record.keep(Buffer.from(rows))]));
  await api.record.append(id, { type: 'closed', how: 'client' });
  return id;
}

const DECISION = {
  type: 'decision',
  rule: 'some-rule',
  // What stands in a text of a decision is not its effect.
  reason: 'because of "effect":"block"',
  sentence: 'Somebody wants something.',
  range: { start: 0, end: 6 },
  policyVersion: 'v1',
} as const;

it('lists sessions by what was decided in them, and by who opened them with what, for each who may see them', async () => {
  const masked = await decided('alice', 'mask', '["a"]');
  // The one that was opened last is listed first.
  api.clock.now += 1_000;
  const blocked = await decided('bob_1', 'block', '["b"]');
  const list = async (who: string, query: string) =>
    (await api.call(who, 'GET', `/sessions?${query}`)).body.sessions.map(
      ({ session }: { session: string }) => session,
    );
  expect(await list('sam', 'effect=mask')).toEqual([masked]);
  expect(await list('sam', 'effect=block')).toEqual([blocked]);
  expect(await list('sam', 'effect=ask')).toEqual([]);
  expect(await list('sam', 'name=ALI')).toEqual([masked]);
  expect(await list('sam', 'name=B_1')).toEqual([blocked]);
  expect(await list('sam', 'name=l_c')).toEqual([]);
  expect(await list('sam', 'agent=COPI&name=bob')).toEqual([blocked]);
  expect(await list('sam', 'agent=cursor')).toEqual([]);
  expect(await list('ada', 'effect=mask')).toEqual([]);
  const { body } = await api.call('sam', 'GET', '/sessions?name=alice');
  expect(body).toMatchObject({
    whose: 'all',
    sessions: [{ outcomes: { statements: 1, masked: 1, blocked: 0 } }],
  });
  expect((await api.call('ada', 'GET', '/sessions')).body.whose).toBe('own');
  // A page on which none is found leads on.
  const first = await api.call('sam', 'GET', '/sessions?effect=mask&limit=1');
  expect(first.body).toMatchObject({ sessions: [], next: expect.any(String) });
  const second = await api.call('sam', 'GET', `/sessions?effect=mask&limit=1&cursor=${first.body.next}`);
  expect(second.body.sessions).toHaveLength(1);
});

it('finds events of the sessions that are asked for, and says whose they are', async () => {
  const one = await decided('alice', 'mask', '["a"]');
  await decided('bob', 'block', '["b"]');
  const search = async (query: string) =>
    (await api.call('sam', 'GET', `/sessions/search?text=select&${query}`)).body;
  expect((await search('')).found).toHaveLength(2);
  for (const query of ['name=alice', 'effect=mask']) {
    const { found, sessions } = await search(query);
    expect(found.map(({ event }: { event: { session: string } }) => event.session)).toEqual([one]);
    expect(sessions).toMatchObject([{ session: one, name: 'alice' }]);
  }
  expect((await search('agent=cursor')).found).toEqual([]);
  expect(await notices('record_searched')).toContainEqual({ by: sam.id, text: 'select', effect: 'mask' });
});

it('hands out the rows of an event to whoever may read it, and no others', async () => {
  const [one, two] = [await decided('ada', 'mask', '["a"]'), await decided('bob', 'allow', '["b"]')];
  const rows = async (who: string, session: string, place: string) => {
    const { status, text, body } = await api.call(who, 'GET', `/sessions/${session}/events/${place}`);
    return status === 200 ? text : body.code;
  };
  expect(await rows('sam', one, '3/payloads/0')).toBe('["a"]');
  expect(await rows('sam', two, '3/payloads/0')).toBe('["b"]');
  for (const place of ['3/payloads/1', '2/payloads/0', '99/payloads/0']) {
    expect(await rows('sam', one, place)).toBe('result_unavailable');
  }
  expect(await rows('olga', two, '3/payloads/0')).toBe('session_unknown');
});

it('says what it signs with', async () => {
  const { body } = await api.call('ada/agent', 'GET', '/checkpoints/keys');
  const { publicKey } = api.signer;
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  expect(body).toEqual({ version: 1, log: api.record.relaySession, keys: [key], witnesses: [] });
});

it('hands out checkpoints, and takes one for an auditor', async () => {
  const taken = await api.call('sam', 'POST', '/checkpoints');
  expect(parseCheckpoint(taken.body.note)).toEqual(taken.body);
  expect((await api.call('ada/agent', 'GET', '/checkpoints/newest')).body).toEqual(taken.body);
  expect((await api.call('ada', 'GET', `/checkpoints/${taken.body.size}`)).body).toEqual(taken.body);
  expect((await api.call('ada', 'GET', '/checkpoints')).body.checkpoints[0]).toEqual(taken.body);
  expect((await api.call('ada', 'GET', `/checkpoints?below=${taken.body.size}`)).body.checkpoints).toEqual(
    [],
  );
  expect((await api.call('ada', 'POST', '/checkpoints')).body.code).toBe('approver_not_allowed');
});

it('runs retention for a record keeper, by name, and says how far it is', async () => {
  await session('alice');
  api.clock.now += 400 * DAY;
  const preview = await api.call('sam', 'GET', '/retention/preview');
  expect(preview.body.rules).toMatchObject([{ name: 'a-year', sessions: 1, bodies: 3 }]);
  const order = { reason: 'the disk is full' };
  expect((await api.call('sam', 'POST', '/retention/runs', order)).body.code).toBe('approver_not_allowed');
  // Nothing was signed for 400 days.
  expect((await api.call('kim', 'POST', '/retention/runs', order)).body.code).toBe('retention_refused');
  const begun = await api.call('kim', 'POST', '/retention/runs', { ...order, clockIsRight: true });
  expect(begun.body).toMatchObject({ by: { id: kim.id }, reason: 'the disk is full', finishedAt: null });
  const status = async () => (await api.call('sam', 'GET', '/retention')).body;
  await expect.poll(async () => (await status()).run.finishedAt).not.toBeNull();
  expect(await status()).toMatchObject({
    at: '03:00',
    appliesFrom: null,
    run: { problem: null, rules: [{ name: 'a-year', sessions: 1, bodies: 3, payloads: 0 }] },
  });
  expect(await notices('retention_began')).toEqual([
    { by: kim.id, reason: 'the disk is full', clockIsRight: 'true' },
  ]);
});
