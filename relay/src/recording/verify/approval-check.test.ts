import { createHash, randomUUID } from 'node:crypto';
import {
  bindingOf,
  type BoundAccess,
  type BoundRequest,
  canonicalJson,
  type EventBody,
  type SessionEvent,
} from '@sluice/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { identity, statement } from '../testing/open-test-record.ts';
import { approvalOf, newDevice } from '../testing/record-a-day.ts';
import { approvalCheck } from './approval-check.ts';

const session = randomUUID();
const id = randomUUID();
const bob = newDevice();

type Asked = Extract<EventBody, { type: 'approval_asked' }>;
type Decided = Extract<EventBody, { type: 'approval_decided' }>;
type Ended = Extract<EventBody, { type: 'approval_ended' }>;
let asked: Asked;
let decided: Decided;
let ended: Ended;
beforeEach(async () => {
  const day = await approvalOf({ session, statement: id, device: bob, approver: 'bob' });
  [asked, decided, ended] = day as [Asked, Decided, Ended];
});

/** What is wrong with these events of one session, and how many signatures were right. */
async function check(bodies: readonly EventBody[], lost: readonly string[] = []) {
  const counts = { signedDecisions: 0 };
  const next = approvalCheck({
    session,
    counts,
    devices: () => ({ problems: [], voided: [], isVoided: () => false, objection: () => null }),
    hasLost: (type) => lost.includes(type),
  });
  const found: string[] = [];
  for (const [seq, body] of bodies.entries()) {
    found.push(...(await next({ body, at: '2026-03-01T09:00:10.000Z' } as SessionEvent, seq)));
  }
  return { found, signed: counts.signedDecisions };
}

/** As asked, but for this, and bound to it rightly. */
async function askedWith(change: Partial<BoundRequest>): Promise<Asked> {
  const bound = { ...asked.bound, ...change };
  return { ...asked, bound, binding: await bindingOf(bound) };
}

it('finds nothing wrong with an approval of the statement on the record', async () => {
  const day = [statement(asked.bound.sql, id), asked, decided, ended];
  expect(await check(day)).toEqual({ found: [], signed: 1 });
});

describe('a request', () => {
  const otherText = 'it binds another SQL text than the statement has';
  const otherApproval = 'it binds another approval';

  it.each([
    ['another text', () => 'DELETE FROM customers'],
    ['a text with a space more', (sql: string) => `${sql} `],
  ])('of %s than the statement is found', async (_, change) => {
    expect((await check([statement(change(asked.bound.sql), id), asked])).found).toEqual([otherText]);
  });

  it('of a statement that is not on the record is not held against it', async () => {
    expect((await check([statement('another one'), asked])).found).toEqual([]);
  });

  it.each<[string, Partial<BoundRequest>]>([
    ['approval', { approval: randomUUID() }],
    ['statement', { statement: randomUUID() }],
    ['session', { session: randomUUID() }],
    ['number of people', { needed: 2 }],
  ])('that binds another %s is found', async (_, change) => {
    expect((await check([await askedWith(change)])).found).toEqual([otherApproval]);
  });

  it('whose binding is of something else is found', async () => {
    const bound = { ...asked.bound, role: 'OWNER' };
    expect((await check([{ ...asked, bound }])).found).toEqual(['its binding is not that of what it binds']);
  });
});

describe('a decision', () => {
  const unsigned = (change: Partial<Decided>): Decided => ({ ...decided, signature: null, ...change });
  const other = 'it decides another request than was asked';

  it.each<[string, () => Decided, readonly string[]]>([
    ['without a signature', () => unsigned({}), []],
    ['on another binding', () => unsigned({ binding: 'a'.repeat(64) }), [other]],
    ['on another statement', () => unsigned({ statement: randomUUID() }), [other]],
    ['by who asked', () => unsigned({ by: identity('alice') }), ['who asked approves it']],
    ['by who asked, against it', () => unsigned({ by: identity('alice'), verdict: 'deny' }), []],
    [
      'with another comment than was signed',
      () => ({ ...decided, comment: 'no' }),
      ["its signature is not the approver's key's"],
    ],
  ])('%s', async (_, decision, found) => {
    const counted = await check([asked, decision()]);
    expect(counted).toEqual({ found, signed: 0 });
  });

  it('on what nobody asked for is found, unless the asking may have been removed', async () => {
    expect((await check([unsigned({})])).found).toEqual(['it decides what nobody asked for']);
    expect((await check([unsigned({})], ['approval_asked'])).found).toEqual([]);
  });
});

describe('an end', () => {
  const vote = (who: string, verdict: 'approve' | 'deny' = 'approve'): Decided => ({
    ...decided,
    by: identity(who),
    verdict,
    signature: null,
  });
  const two = async () => ({ ...(await askedWith({ needed: 2 })), needed: 2 });

  it.each<[string, readonly string[], string[]]>([
    ['with two people', ['bob', 'carol'], []],
    ['with one of two', ['bob'], ['it ends approved, with 1 of 2 votes']],
    ['with one person twice', ['bob', 'bob'], ['it ends approved, with 1 of 2 votes']],
    ['with nobody', [], ['it ends approved, with 0 of 2 votes']],
  ])('%s', async (_, people, found) => {
    const request = await two();
    const votes = people.map((who) => ({ ...vote(who), binding: request.binding }));
    expect((await check([request, ...votes, ended])).found).toEqual(found);
  });

  it('counts no denial, and asks no votes of what was denied', async () => {
    expect((await check([asked, vote('bob', 'deny'), ended])).found).toEqual([
      'it ends approved, with 0 of 1 votes',
    ]);
    expect((await check([asked, { ...ended, how: 'denied' }])).found).toEqual([]);
  });

  it('is not held against votes that were removed', async () => {
    expect((await check([asked, ended], ['approval_decided'])).found).toEqual([]);
  });
});

describe('access that is asked for ahead', () => {
  const approval = randomUUID();
  const bounds = { skeleton: 'SELECT ID FROM T WHERE ID = ?' };
  const bound: BoundAccess = {
    kind: 'access',
    approval,
    session,
    statement: id,
    requester: identity('alice').id,
    sql: 'SELECT ID FROM T WHERE ID = 1',
    bindTypes: {},
    role: null,
    warehouse: null,
    database: 'SHOP',
    schema: 'PUBLIC',
    policyVersion: 'p',
    rule: 'r',
    objects: [],
    needed: 2,
    approvers: ['owners'],
    expiresAt: '2026-03-01T10:00:00.000Z',
    purpose: 'ticket 4711',
    seconds: 3600,
    from: null,
    rows: 5,
    rowsInAll: 50,
    program: { application: 'JDBC', protocol: 'snowflake', agent: null, tokenClient: null },
    covers: createHash('sha256').update(canonicalJson(bounds)).digest('hex'),
  };
  const ahead = async (change: Partial<BoundAccess> = {}): Promise<EventBody> => ({
    type: 'access_asked',
    statement: id,
    approval,
    bound: { ...bound, ...change },
    binding: await bindingOf({ ...bound, ...change }),
    approvers: ['owners'],
    needed: bound.needed,
    expiresAt: bound.expiresAt,
  });
  const vote = async (who: string): Promise<EventBody> => ({
    ...decided,
    approval,
    binding: await bindingOf(bound),
    by: identity(who),
    signature: null,
  });
  const end = (how: Ended['how']): EventBody => ({ ...ended, approval, how });
  const given = (change: Record<string, string> = {}): EventBody => ({
    type: 'notice',
    what: 'grant_given',
    detail: {
      approval,
      bounds: JSON.stringify(bounds),
      rows: '5',
      rowsInAll: '50',
      startsAt: '2026-03-01T09:30:00.000Z',
      expiresAt: '2026-03-01T10:30:00.000Z',
      ...change,
    },
  });
  const all = async () => [await ahead(), await vote('bob'), await vote('carol'), end('granted')];

  it('is fine when it was given as it was asked for', async () => {
    expect((await check([...(await all()), given()])).found).toEqual([]);
    const less = { rows: '1', rowsInAll: '2', expiresAt: '2026-03-01T09:31:00.000Z' };
    expect((await check([...(await all()), given(less)])).found).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'something else',
      { bounds: '{"skeleton":"SELECT * FROM T"}' },
      'it covers something else than was asked for',
    ],
    ['what cannot be read', { bounds: '{' }, 'it covers something else than was asked for'],
    ['more rows each', { rows: '6' }, 'it is for more rows than were asked for'],
    ['more rows in all', { rowsInAll: '51' }, 'it is for more rows than were asked for'],
    ['longer', { expiresAt: '2026-03-01T10:30:00.001Z' }, 'it is for longer than was asked for'],
    ['ever', { expiresAt: '' }, 'it is for longer than was asked for'],
  ])('that was given for %s is found', async (_, change, found) => {
    expect((await check([...(await all()), given(change)])).found).toEqual([found]);
  });

  it.each<[string, () => Promise<readonly EventBody[]>, readonly string[]]>([
    [
      'was given with too few votes',
      async () => [await ahead(), await vote('bob'), given()],
      ['it is given with 1 of 2 votes'],
    ],
    [
      'ended with too few votes',
      async () => [await ahead(), await vote('bob'), end('granted')],
      ['it ends granted, with 1 of 2 votes'],
    ],
    ['who asked approves', async () => [await ahead(), await vote('alice')], ['who asked approves it']],
    [
      'ended as a statement does',
      async () => [await ahead(), await vote('bob'), await vote('carol'), end('approved')],
      ['access ends as a statement would'],
    ],
    [
      'has a statement sent under its id',
      async () => [await ahead(), statement(bound.sql, id)],
      ['it is of a statement that access was only asked for'],
    ],
    [
      'is asked for with the id of a statement',
      async () => [statement(bound.sql, id), await ahead()],
      ['it is of a statement that was sent'],
    ],
    [
      'has a run under its id',
      async () => [await ahead(), { type: 'executed', statement: id }],
      ['it is of a statement that access was only asked for'],
    ],
    [
      'binds another session',
      async () => [await ahead({ session: randomUUID() })],
      ['it binds another approval'],
    ],
    [
      'was altered',
      async () => [{ ...(await ahead()), bound: { ...bound, rows: 6 } } as EventBody],
      ['its binding is not that of what it binds'],
    ],
  ])('that %s is found', async (_, bodies, found) => {
    expect((await check(await bodies())).found).toEqual(found);
  });

  it('ends no statement', async () => {
    expect((await check([asked, decided, { ...ended, how: 'granted' }])).found).toEqual([
      'a statement ends as access would',
    ]);
  });
});
