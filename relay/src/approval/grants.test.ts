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
