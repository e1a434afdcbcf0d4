import { beforeEach, expect, it } from 'vitest';
import { ada, person, sessionOf } from '../../approval/testing.ts';
import type { Identity } from '../../identity/index.ts';
import type { Query, QueryStatus } from '../../queries/index.ts';
import type { Session, Sessions } from '../../session/index.ts';
import { createRequestSessions, isRequestOf } from './request-sessions.ts';

let time: number;
let ended: string[];
let asked: { key: string; once: boolean | undefined }[];
beforeEach(() => {
  time = 0;
  ended = [];
  asked = [];
});

const state = { database: null, schema: null, warehouse: null, role: null };
const sessions: Pick<Sessions, 'share' | 'end'> = {
  async share(key, identity, client, begin, { once } = {}) {
    asked.push({ key, once });
    return {
      ...sessionOf(identity),
      id: `s${asked.length}` as Session['id'],
      client,
      ...(await begin()),
    };
  },
  end: async (id) => void ended.push(id),
};
const start = (each?: number) =>
  createRequestSessions({
    sessions,
    openingState: async (_, wanted) => wanted,
    now: () => time,
    limits: { readMs: 10, unreadMs: 100, ...(each === undefined ? {} : { each }) },
  });

const order = (requestId = 'r') => ({
  requestId,
  address: '::1',
  agent: null,
  state,
  parameters: {},
  form: { nullable: true, formats: null },
});
const settled: QueryStatus = { phase: 'failed', error: new Error('x') as never };
const queryOf = (session: Session, status: QueryStatus = settled): Query =>
  ({ session, status, parts: [] }) as unknown as Query;

it('asks for each request once, by its id and whose it is', async () => {
  const requests = start();
  for (const [who, id] of [
    [ada, 'r'],
    [ada, 'R'],
    [ada, 'other'],
    [person('bob', []), 'r'],
  ] as [Identity, string][])
    await requests.open(who, order(id));
  const [one, same, other, bobs] = asked.map(({ key }) => key);
  expect(same).toBe(one);
  expect(new Set([one, other, bobs]).size).toBe(3);
  expect(asked.every(({ once }) => once === true)).toBe(true);
});

it('ends what was read soon, what nobody reads later, and what is under way not at all', async () => {
  const requests = start();
  const [read, unread, running] = [
    await requests.open(ada, order('1')),
    await requests.open(ada, order('2')),
    await requests.open(ada, order('3')),
  ];
  requests.touched(queryOf(read), true);
  requests.touched(queryOf(unread), false);
  requests.touched(queryOf(running, { phase: 'running' }), false);
  time = 9;
  await requests.endRead();
  expect(ended).toEqual([]);
  time = 10;
  await requests.endRead();
  expect(ended).toEqual(['s1']);
  time = 100;
  await requests.endRead();
  expect(ended).toEqual(['s1', 's2']);
  await requests.close();
  expect(ended).toEqual(['s1', 's2']);
});

it('ends a request of several statements when all of it is over', async () => {
  const requests = start();
  const session = await requests.open(ada, order());
  requests.touched(queryOf(session, { phase: 'running' }), false);
  requests.touched(queryOf(session), true);
  time = 1_000;
  await requests.endRead();
  expect(ended).toEqual([]);
});

it('ends one that came to nothing', async () => {
  const requests = start();
  await requests.open(ada, order());
  time = 99;
  await requests.endRead();
  expect(ended).toEqual([]);
  time = 100;
  await requests.endRead();
  expect(ended).toEqual(['s1']);
});

it('keeps so many of one account, those that were asked for last', async () => {
  const requests = start(1);
  const first = await requests.open(ada, order('1'));
  const second = await requests.open(ada, order('2'));
  const bobs = await requests.open(person('bob', []), order('3'));
  for (const session of [first, second, bobs]) requests.touched(queryOf(session), false);
  requests.touched(queryOf(first), false);
  await requests.endRead();
  expect(ended).toEqual(['s2']);
});

it('knows how a result is to be written as long as it has the session, and else writes it plainly', async () => {
  const requests = start();
  const form = { nullable: false, formats: null };
  const session = await requests.open(ada, { ...order(), form });
  requests.touched(queryOf(session), true);
  expect(requests.form(session)).toEqual(form);
  time = 10;
  await requests.endRead();
  expect(requests.form(session)).toEqual({ nullable: true, formats: null });
});

it('takes a repeat for the request that it is: what was said first holds, and its statement goes on', async () => {
  const requests = createRequestSessions({
    sessions: { ...sessions, share: async () => session },
    openingState: async (_, wanted) => wanted,
    now: () => time,
    limits: { readMs: 10, unreadMs: 100 },
  });
  const session = await start().open(ada, order());
  await requests.open(ada, { ...order(), form: { nullable: false, formats: null } });
  requests.touched(queryOf(session, { phase: 'running' }), false);
  await requests.open(ada, order());
  expect(requests.form(session).nullable).toBe(false);
  time = 1_000;
  await requests.endRead();
  expect(ended).toEqual([]);
});

it('ends what an earlier relay had begun as its own, and nothing of other protocols', async () => {
  const requests = start();
  const others = sessionOf(ada);
  const earlier = {
    ...others,
    id: 'earlier' as Session['id'],
    client: { ...others.client, application: 'sql-api' },
  };
  for (const session of [others, earlier]) requests.touched(queryOf(session), true);
  time = 9;
  await requests.endRead();
  expect(ended).toEqual([]);
  time = 10;
  await requests.endRead();
  expect(ended).toEqual(['earlier']);
});

it('ends all that has nothing under way when the relay stops', async () => {
  const requests = start();
  const [done, running] = [await requests.open(ada, order('1')), await requests.open(ada, order('2'))];
  await requests.open(ada, order('3'));
  requests.touched(queryOf(done), false);
  requests.touched(queryOf(running, { phase: 'running' }), false);
  await requests.close();
  expect(ended.toSorted()).toEqual(['s1', 's3']);
});

it('is of its account alone, and of no other protocol', async () => {
  const session = await start().open(ada, order());
  expect(isRequestOf(ada)(session)).toBe(true);
  expect(isRequestOf(person('bob', []))(session)).toBe(false);
  expect(isRequestOf(ada)({ ...session, client: { ...session.client, application: 'api' } })).toBe(false);
});
