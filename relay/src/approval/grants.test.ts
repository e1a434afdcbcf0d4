import { expect, it } from 'vitest';
import type { ApprovalRequest } from './approval-request.ts';
import { ada, answer, deleteRequest, holdNow, owners, person, testApprovals } from './testing.ts';

const [olga, omar] = owners;
const terms = { grantUpTo: 1800 };

async function granted(needed = 1) {
  const desk = await testApprovals();
  const request = deleteRequest(ada, { ...terms, needed });
  const { id, approval } = await holdNow(desk, request);
  for (const by of owners.slice(0, needed)) {
    await desk.approvals.decide(by, id, answer(approval, 'approve', { grantSeconds: 600 }));
  }
  return { desk, request };
}

it('lets like statements of the same person through until it ends, each on the record', async () => {
  const { desk } = await granted();
  const like = { ...deleteRequest(ada, terms), sql: 'DELETE FROM orders WHERE id = 18' };
  expect(await desk.grants.findGrant(like)).toMatchObject({ givenBy: [{ subject: 'olga' }] });
  expect(desk.recorder.bodies.at(-1)).toMatchObject({
    what: 'grant_used',
    detail: { statement: like.queryId },
  });
  desk.clock.now += 600_000;
  expect(await desk.grants.findGrant(like)).toBeNull();
});

const range = { start: 0, end: 1 };
const table = (name: string) => ({ database: 'SHOP', schema: 'PUBLIC', name });
type Change = (request: ApprovalRequest) => ApprovalRequest;
const means =
  (change: Partial<ApprovalRequest['understanding']>): Change =>
  (request) => ({ ...request, understanding: { ...request.understanding, ...change } });
const column = { object: table('ORDERS'), column: 'CUSTOMER' };
const opaque = { opaque: true, reason: 'dynamic SQL', range } as const;

it.each<[string, Change]>([
  ['of another person', (request) => ({ ...request, session: deleteRequest(person('bob')).session })],
  ['of another kind', means({ kind: { family: 'dml', name: 'update' } })],
  [
    'on another object',
    (request) => ({ ...request, objects: [{ ...request.objects[0]!, name: 'SHOP.PUBLIC.X' }] }),
  ],
  [
    'on a replaced object',
    (request) => ({ ...request, objects: [{ ...request.objects[0]!, fingerprint: '0'.repeat(64) }] }),
  ],
  ['on another column', means({ uses: [{ column, as: 'equal', range }] })],
  [
    'reading another column',
    means({ outputs: [{ name: 'X', sources: [{ column, how: 'direct' }], range }] }),
  ],
  [
    'with a column that is not known',
    means({ outputs: [{ name: 'X', sources: [], unresolved: opaque, range }] }),
  ],
  ['with a part that is not known', means({ opaque: [opaque] })],
  ['with another function', means({ functions: [{ name: table('F'), builtIn: false, range }] })],
  [
    'to a stage',
    means({ flows: [{ from: { column, how: 'direct' }, to: { type: 'location', location: '@s' }, range }] }),
  ],
  ['without a WHERE', means({ missingWhere: true })],
  [
    'under another role',
    (request) => ({
      ...request,
      session: { ...request.session, state: { ...request.session.state, role: 'ADMIN' } },
    }),
  ],
  [
    'under another policy',
    (request) => ({ ...request, decision: { ...request.decision, policyVersion: 'policy-2' } }),
  ],
  ['held by another rule', (request) => ({ ...request, decision: { ...request.decision, rule: 'other' } })],
])('does not cover a statement %s', async (_, change) => {
  const { desk } = await granted();
  expect(await desk.grants.findGrant(change(deleteRequest(ada, terms)))).toBeNull();
});

it('is given only when everybody who had to approve gives it', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { ...terms, needed: 2 }));
  await desk.approvals.decide(olga, id, answer(approval, 'approve', { grantSeconds: 600 }));
  await desk.approvals.decide(omar, id, answer(approval));
  expect(await desk.grants.list(olga)).toEqual([]);
  const both = await granted(2);
  expect(await both.desk.grants.list(olga)).toHaveLength(1);
});

it.each([
  ['longer than the policy lets', terms, 1801],
  ['where the policy lets none', {}, 1],
])('is not given %s', async (_, ask, grantSeconds) => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, ask));
  await expect(
    desk.approvals.decide(olga, id, answer(approval, 'approve', { grantSeconds })),
  ).rejects.toMatchObject({ code: 'approver_not_allowed' });
});

it('is taken back by an approver, and with the revocation of who gave or has it', async () => {
  const like = deleteRequest(ada, terms);
  const first = await granted();
  const [grant] = await first.desk.grants.list(omar);
  await expect(first.desk.grants.revoke(person('mallory'), grant!.id)).rejects.toMatchObject({
    code: 'approval_unknown',
  });
  await first.desk.grants.revoke(omar, grant!.id);
  expect(await first.desk.grants.findGrant(like)).toBeNull();
  for (const out of [olga, ada]) {
    const { desk } = await granted();
    await desk.approvals.revoked(({ id }) => id === out.id);
    expect(await desk.grants.findGrant(like)).toBeNull();
  }
});

it('lasts as long as the shortest that was given, and starts with the last vote', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { ...terms, needed: 2 }));
  await desk.approvals.decide(olga, id, answer(approval, 'approve', { grantSeconds: 900 }));
  desk.clock.now += 1_000;
  await desk.approvals.decide(omar, id, answer(approval, 'approve', { grantSeconds: 300 }));
  const [grant] = await desk.grants.list(ada);
  expect(grant).toMatchObject({ givenAt: desk.clock.now, expiresAt: desk.clock.now + 300_000 });
  expect(grant?.givenBy.map(({ subject }) => subject)).toEqual(['olga', 'omar']);
  desk.clock.now += 299_999;
  expect(await desk.grants.list(ada)).toHaveLength(1);
  desk.clock.now += 1;
  expect(await desk.grants.list(ada)).toEqual([]);
  await expect(desk.grants.revoke(ada, grant!.id)).rejects.toMatchObject({ code: 'approval_unknown' });
});

it('is listed for who has it and who may take it back, and for nobody else', async () => {
  const { desk } = await granted();
  const seen = async (who: typeof ada) => (await desk.grants.list(who)).length;
  expect(await seen(ada)).toBe(1);
  expect(await seen(person('a2', [], { email: ada.email }))).toBe(1);
  expect(await seen(omar)).toBe(1);
  expect(await seen(person('eve', ['analysts']))).toBe(0);
});

const inner = (change: Partial<ApprovalRequest['understanding']>): Change =>
  means({ inner: [{ ...deleteRequest().understanding, ...change }] });
it.each<[string, Change, boolean]>([
  ['that does the same inside', inner({}), true],
  ['that does more inside', inner({ kind: { family: 'dml', name: 'update' } }), false],
  ['with a part inside that is not known', inner({ opaque: [opaque] }), false],
  ['without a WHERE inside', inner({ missingWhere: true }), false],
  [
    'to a variable',
    means({ flows: [{ from: { column, how: 'direct' }, to: { type: 'variable', name: 'X' }, range }] }),
    false,
  ],
  [
    'from what is not known',
    means({ flows: [{ from: opaque, to: { type: 'variable', name: 'X' }, range }] }),
    false,
  ],
  ['of less', means({ uses: [] }), true],
])('and a statement %s', async (_, change, covered) => {
  const { desk } = await granted();
  const found = await desk.grants.findGrant(change(deleteRequest(ada, terms)));
  expect(found !== null).toBe(covered);
});
