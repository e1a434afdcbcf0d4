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

it('is of its account alone, and of no other protocol', async () => {
  const session = await start().open(ada, order());
  expect(isRequestOf(ada)(session)).toBe(true);
  expect(isRequestOf(person('bob', []))(session)).toBe(false);
  expect(isRequestOf(ada)({ ...session, client: { ...session.client, application: 'api' } })).toBe(false);
});
