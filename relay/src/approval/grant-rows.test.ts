import { describe, expect, it } from 'vitest';
import { ada, answer, deleteRequest, granted, holdNow, owners, testApprovals } from './testing.ts';

const [olga] = owners;
const terms = { grantUpToSeconds: 1800 };

describe('the rows of a grant', () => {
  const like = () => deleteRequest(ada, terms);
  const left = async (desk: Awaited<ReturnType<typeof granted>>['desk']) =>
    (await desk.grants.list(ada)).map(({ rowsLeft }) => rowsLeft);

  it('are used up by what statements hit, at least one each', async () => {
    const { desk } = await granted(1, { mostRows: 3, grantRows: 8 });
    const first = await desk.useGrant(like());
    expect(await left(desk)).toEqual([5]);
    await first?.settle(2);
    expect(await left(desk)).toEqual([6]);
    await (await desk.useGrant(like()))?.settle(0);
    expect(await left(desk)).toEqual([5]);
    // What nobody settles counts as all that it might have hit.
    expect((await desk.useGrant(like()))?.rows).toBe(3);
    const last = await desk.useGrant(like());
    expect(last?.rows).toBe(2);
    expect(await desk.useGrant(like())).toBeNull();
    await last?.settle(99);
    expect(await left(desk)).toEqual([0]);
  });

  it('are not the same for two statements at once, nor anew after a restart', async () => {
    const { desk } = await granted(1, { mostRows: 3, grantRows: 10 });
    const uses = await Promise.all(Array.from({ length: 9 }, () => desk.useGrant(like())));
    expect(uses.map((use) => use?.rows ?? 0).sort((one, other) => one - other)).toEqual([
      0, 0, 0, 0, 0, 1, 3, 3, 3,
    ]);
    const { opened: store, clock, recorder } = desk;
    const next = await testApprovals({ store, clock, recorder });
    expect(await next.useGrant(like())).toBeNull();
    await uses[0]?.settle(1);
    expect((await next.useGrant(like()))?.rows).toBe(2);
  });

  it('are what the approver was shown, ten times over, unless they say otherwise', async () => {
    const estimate = async () => ({ rows: 4, bytes: null, partitions: null, note: '', at: 0 });
    const desk = await testApprovals({ estimate });
    const { id, approval } = await holdNow(desk, like());
    await expect.poll(async () => (await desk.approvals.find(olga, id)).estimate).not.toBeNull();
    await desk.approvals.decide(olga, id, answer(approval, 'approve', { grantSeconds: 600 }));
    expect(await desk.grants.list(ada)).toMatchObject([{ rows: 4, rowsInAll: 40, rowsLeft: 40 }]);
  });

  it('are not what is counted once the approver has agreed: that stays what it was', async () => {
    const counted = Promise.withResolvers<{ rows: number; bytes: null; partitions: null; note: ''; at: 0 }>();
    const desk = await testApprovals({ estimate: () => counted.promise });
    const request = like();
    const { id, approval } = await holdNow(desk, request);
    await desk.approvals.decide(olga, id, answer(approval));
    counted.resolve({ rows: 4, bytes: null, partitions: null, note: '', at: 0 });
    // What it does with it is begun; what follows has its turn behind it.
    await new Promise(setImmediate);
    expect(await desk.use(id, request)).toEqual({ mostRows: null });
    const told = desk.recorder.bodies.map((body) => (body.type === 'notice' ? body.what : body.type));
    expect(told).not.toContain('approval_estimated');
    expect(desk.errors).toEqual([]);
  });

  it.each([
    ['a number, where none is known', {}, {}, 'request_malformed'],
    ['more each than the policy lets', {}, { mostRows: 1_001 }, 'approver_not_allowed'],
    [
      'more in all than the policy lets',
      { grantRows: 20 },
      { mostRows: 5, grantRows: 21 },
      'approver_not_allowed',
    ],
    ['fewer in all than each', {}, { mostRows: 5, grantRows: 4 }, 'request_malformed'],
    ['none at all', {}, { mostRows: 0 }, 'request_malformed'],
  ])('are refused when it is %s', async (_, ask, more, code) => {
    const desk = await testApprovals();
    const { id, approval } = await holdNow(desk, deleteRequest(ada, { ...terms, ...ask }));
    const given = answer(approval, 'approve', { grantSeconds: 600, ...more });
    await expect(desk.approvals.decide(olga, id, given)).rejects.toMatchObject({ code });
    expect(await desk.grants.list(ada)).toEqual([]);
  });

  it('are on the record with the grant, in words', async () => {
    const { desk } = await granted(1, { mostRows: 3, grantRows: 8 });
    const given = desk.recorder.bodies.find((body) => body.type === 'notice' && body.what === 'grant_given');
    expect(given).toMatchObject({ detail: { rows: '3', rowsInAll: '8' } });
    expect(given?.type === 'notice' && given.detail['covers']?.split('\n')).toEqual([
      'The same statement, with any value in the place of each ?: "DELETE FROM ORDERS WHERE ID = ?"',
      'It changes SHOP.PUBLIC.ORDERS (delete of whole rows).',
      'It uses SHOP.PUBLIC.ORDERS.ID (equal).',
      'Every statement may change or return at most 3 rows each, and 8 in all; one that hits none counts as one.',
      `For "ada" (ada at id.example), with "JavaScript", by the agent "copilot", under the role ANALYST, until ${new Date(desk.clock.now + 600_000).toISOString()}.`,
      'Anything else, and any change of these tables, of the policy or of the role, is asked about anew.',
    ]);
  });
});
