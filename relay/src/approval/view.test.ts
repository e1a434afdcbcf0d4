import { describe, expect, it } from 'vitest';
import { shown } from '../text/index.ts';
import type { Approval } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { Vote } from './state.ts';
import { ada, answer, deleteRequest, holdNow, NINE, owners, person, testApprovals } from './testing.ts';
import { summarise, viewOf } from './view.ts';

const [olga, omar] = owners;
const range = { start: 0, end: 6 };

async function held(change: Partial<ApprovalRequest> = {}, more: Partial<Approval> = {}): Promise<Approval> {
  const { approval } = await holdNow(await testApprovals(), deleteRequest(ada, {}, change));
  return { ...approval, ...more };
}
const view = (approval: Approval, viewer = olga, similar: readonly Approval[] = []) => {
  const seen = viewOf(approval, { viewer, now: NINE, similar });
  if (seen.kind !== 'statement') throw new Error('it is about a statement');
  return seen;
};
const vote = (by: typeof olga, change: Partial<Vote> = {}): Vote => ({
  ...answer({ binding: '' }),
  by,
  at: NINE,
  ...change,
});
const estimate = (rows: number | null) => ({ rows, bytes: null, partitions: null, note: '', at: NINE });
const reading = (): Partial<ApprovalRequest> => {
  const { understanding } = deleteRequest();
  const column = { object: { database: 'SHOP', schema: 'PUBLIC', name: 'ORDERS' }, column: 'CARD' };
  const kind = { family: 'query', name: 'select' } as const;
  const output = (name: string) => ({ name, sources: [{ column, how: 'direct' as const }], range });
  return {
    understanding: { ...understanding, kind, outputs: [output('CARD'), output('OTHER')], writes: [] },
  };
};

describe('how many rows it is about', () => {
  it.each<[string, Partial<ApprovalRequest>, Approval['estimate'], string]>([
    [
      'not counted',
      {},
      null,
      'How many rows it would change has not been counted. Your approval is for any number',
    ],
    [
      'not known',
      {},
      estimate(null),
      'How many rows it would change is not known. Your approval is for any number',
    ],
    ['of a query, not counted', reading(), null, 'How many rows it would return has not been counted.'],
    [
      'one',
      {},
      estimate(1),
      'It would change 1 row, counted at 2026-11-20T09:00:00.000Z. If there are more when it runs, it is rolled back',
    ],
    ['none', {}, estimate(0), 'It would change 0 rows, counted at'],
    [
      'of a query',
      reading(),
      estimate(7),
      'It would return 7 rows, counted at 2026-11-20T09:00:00.000Z. If there are more when it runs, its result is stopped',
    ],
  ])('%s', async (_, change, counted, words) => {
    expect(view(await held(change, { estimate: counted })).plain.rows).toContain(words);
  });
});

describe('what it would read', () => {
  const cost = { rows: 7, bytes: 1_250_000, partitions: 3, partitionsTotal: 120, note: '', at: NINE };

  it('is told to those who decide', async () => {
    const { plain, estimate: told } = view(await held({}, { estimate: cost }));
    expect(plain.cost).toBe('It would read 3 of 120 partitions, 1.3 MB, as Snowflake’s EXPLAIN says.');
    expect(told).toMatchObject({ bytes: 1_250_000, partitions: 3, partitionsTotal: 120 });
  });

  it('is not told to the requester, who may read the rest: it depends on values', async () => {
    const seen = view(await held({}, { estimate: cost }), ada);
    expect(seen.plain.cost).toBeUndefined();
    expect(seen.estimate).toMatchObject({ rows: 7, bytes: null, partitions: null, partitionsTotal: null });
    // Ids are random, and may hold any short number.
    expect(JSON.stringify(seen)).not.toMatch(/1250000|1\.3 MB|of 120|:120\b/);
  });

  it('is not told where it is not known', async () => {
    expect(view(await held({}, { estimate: estimate(7) })).plain.cost).toBeUndefined();
  });
});

it('says why it is held, and that it was taken back before', async () => {
  expect(view(await held()).plain.why).toBe('deleting needs the owners');
  expect(view(await held({ again: { rows: 1 } })).plain.why).toBe(
    'deleting needs the owners. It was approved for 1 row, would have affected more, and was rolled back: nothing has changed',
  );
});

it('says who asks, with what', async () => {
  const approval = await held();
  expect(view(approval).plain.who).toBe(
    '"ada" (ada at id.example, in analysts) asks by the agent "copilot", with "JavaScript" "3.3.0" from 10.0.0.7',
  );
  const { session } = approval.request;
  const alone = { ...session, client: { ...session.client, agent: null } };
  const without = { ...approval, request: { ...approval.request, session: alone } };
  expect(view(without).plain.who).toContain(') asks, with "JavaScript"');
  expect([summarise(approval).client, summarise(without).client]).toEqual(['copilot', 'JavaScript']);
});

describe('values', () => {
  const binds = {
    '1': { type: 'FIXED', value: '17' },
    '2': { type: 'TEXT', value: null },
    '3': { type: 'TEXT', value: Array.from({ length: 21 }, (_, index) => String(index)) },
  } as const;
  const variables = [{ name: 'X', value: 'secret', from: ['SHOP.PUBLIC.ORDERS.CARD'] }];

  it('are shown as far as one can read them', async () => {
    const { binds: seen, variables: named } = view(await held({ binds, variables }));
    expect(seen).toEqual([
      { position: '1', type: 'FIXED', values: ['17'], total: 1 },
      { position: '2', type: 'TEXT', values: [null], total: 1 },
      { position: '3', type: 'TEXT', values: binds['3'].value.slice(0, 20), total: 21 },
    ]);
    expect(named).toEqual([
      { name: 'X', value: 'secret', withheld: false, from: ['SHOP.PUBLIC.ORDERS.CARD'] },
    ]);
  });

  it('are not shown where they may be somebody’s', async () => {
    const { binds: seen, variables: named } = view(await held({ binds, variables, bindsMayBeShown: false }));
    expect(seen.map(({ type, values, total }) => ({ type, values, total }))).toEqual([
      { type: 'FIXED', values: null, total: 1 },
      { type: 'TEXT', values: null, total: 1 },
      { type: 'TEXT', values: null, total: 21 },
    ]);
    expect(named).toMatchObject([{ name: 'X', value: null, withheld: true }]);
  });
});

it('names what is read and what is written, each once', async () => {
  const object = (name: string, access: string) => ({
    type: 'table',
    name,
    access,
    fingerprint: 'f'.repeat(64),
  });
  const objects = [
    object('A', 'read'),
    object('A', 'describe'),
    object('B', 'use'),
    object('C', 'write'),
    object('D', 'create'),
  ];
  expect(view(await held({ objects }))).toMatchObject({ reads: ['A', 'B'], writes: ['C', 'D'] });
});

it('names what of the result is masked, and what is not computed on values', async () => {
  const approval = await held(reading());
  const because = shown`it is tagged`;
  const decision = {
    ...approval.request.decision,
    masks: [1, 4].map((output) => ({ output, policy: { method: 'redact' as const }, because, rule: null })),
    computedOn: {
      rows: { on: 'tokens' as const, because },
      outputs: [0, 4].map((output) => ({ output, on: 'blanks' as const, because })),
    },
  };
  const seen = view({ ...approval, request: { ...approval.request, decision } });
  expect(seen.masks).toEqual([
    { column: 'OTHER', method: 'redact', because },
    { column: '5', method: 'redact', because },
  ]);
  expect(seen.computedOn).toEqual([
    { column: null, on: 'tokens', because },
    { column: 'CARD', on: 'blanks', because },
    { column: '5', on: 'blanks', because },
  ]);
  expect(view(approval).computedOn).toEqual([]);
});

describe('a grant', () => {
  it('is offered with what it would cover, where the policy has one', async () => {
    const desk = await testApprovals();
    const { approval } = await holdNow(desk, deleteRequest(ada, { grantUpToSeconds: 600, grantRows: 30 }));
    expect(view(approval)).toMatchObject({
      terms: { grantUpTo: 600 },
      grant: { rows: null, rowsInAll: null, rowsUpTo: 30 },
    });
    const counted = view({ ...approval, estimate: estimate(2) });
    expect(counted.grant).toMatchObject({ rows: 2, rowsInAll: 20, rowsUpTo: 30 });
    expect(counted.grant?.covers.join('\n')).toContain('for at most 600 seconds');
    expect(counted.estimate).toEqual({ ...estimate(2), at: '2026-11-20T09:00:00.000Z' });
  });

  it('is not, where it has none, or where like statements cannot be told from others', async () => {
    expect(view(await held())).toMatchObject({ grant: null, terms: { grantUpTo: 0, signed: false } });
    const desk = await testApprovals();
    const request = deleteRequest(ada, { grantUpToSeconds: 600 }, { describeOnly: true });
    expect(view((await holdNow(desk, request)).approval).grant).toBeNull();
  });
});

it('shows who has voted how, and a denial last', async () => {
  const signature = { key: 'k', algorithm: 'Ed25519', value: 'v', decidedAt: 'x' } as const;
  const votes = [vote(olga, { comment: 'fine', mostRows: 3, signature })];
  const denial = vote(omar, { comment: 'no', proposal: 'SELECT 1' });
  const approval = await held({}, { state: { phase: 'denied', votes, denial } });
  expect(view(approval).votes).toMatchObject([
    { by: { name: 'olga' }, verdict: 'approve', comment: 'fine', mostRows: 3, signed: true },
    { by: { name: 'omar' }, verdict: 'deny', comment: 'no', proposal: 'SELECT 1', signed: false },
  ]);
  expect(summarise(approval)).toMatchObject({ phase: 'denied', approvedBy: [{ name: 'olga' }] });
});

it('shows what was said of similar ones', async () => {
  const approval = await held();
  const asked = { ...approval, state: { phase: 'asked', votes: [] } } as const;
  const used = {
    ...approval,
    state: { phase: 'used', votes: [vote(olga), vote(omar, { comment: 'again' })] },
  } as const;
  const denied = {
    ...approval,
    request: { ...approval.request, sql: 'DELETE FROM orders' },
    state: {
      phase: 'denied',
      votes: [vote(olga, { comment: 'fine' })],
      denial: vote(omar, { comment: 'no' }),
    },
  } as const;
  expect(view(approval, olga, [asked, used, denied]).similar).toMatchObject([
    { phase: 'asked', sameText: true, comment: '', requester: { name: 'ada' } },
    { phase: 'used', sameText: true, comment: 'again' },
    { phase: 'denied', sameText: false, comment: 'no', sql: 'DELETE FROM orders' },
  ]);
});

describe('whoever looks is told whether they may decide', () => {
  it.each<[string, typeof olga, object]>([
    ['an approver', olga, { mayDecide: true, because: '' }],
    ['who asked', ada, { mayDecide: false, because: 'nobody may decide on their own request' }],
    [
      'who is in no group of approvers',
      person('sam', ['security']),
      { mayDecide: false, because: 'you are in none of the groups that decide' },
    ],
    [
      'an approver’s agent',
      { ...olga, mayDecide: false },
      { mayDecide: false, because: 'this token is for running SQL, not for deciding' },
    ],
  ])('%s', async (_, viewer, you) => {
    expect(view(await held(), viewer).you).toEqual(you);
  });

  it('that nobody may any more once it is over', async () => {
    for (const state of [
      { phase: 'used', votes: [] },
      { phase: 'approved', votes: [], usableUntil: NINE + 1 },
    ] as const) {
      expect(view(await held({}, { state })).you).toEqual({
        mayDecide: false,
        because: 'this request has been decided or has ended',
      });
    }
  });
});

it('is for those it was escalated to as well, and until it may no longer be used', async () => {
  const desk = await testApprovals();
  const ask = { escalate: { afterSeconds: 60, to: ['bosses'] } };
  const { approval } = await holdNow(desk, deleteRequest(ada, ask));
  expect(summarise(approval)).toMatchObject({
    approvers: ['owners'],
    askedAt: '2026-11-20T09:00:00.000Z',
    expiresAt: '2026-11-20T09:10:00.000Z',
  });
  const state = { phase: 'approved', votes: [], usableUntil: NINE + 1_000 } as const;
  expect(summarise({ ...approval, escalated: true, state })).toMatchObject({
    approvers: ['owners', 'bosses'],
    expiresAt: '2026-11-20T09:00:01.000Z',
  });
});
