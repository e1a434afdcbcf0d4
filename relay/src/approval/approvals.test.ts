import { expect, it } from 'vitest';
import { SluiceError } from '../errors.ts';
import { ada, answer, deleteRequest, holdNow, owners, person, testApprovals } from './testing.ts';

const [olga, omar] = owners;

it('holds a statement until it is approved, then lets it run once', async () => {
  const desk = await testApprovals();
  const request = deleteRequest();
  const { id, outcome, approval } = await holdNow(desk, request);
  await desk.approvals.decide(olga, id, answer(approval));
  expect(await outcome).toEqual({ outcome: 'approved', approval: id });
  await desk.use(id, request);
  await expect(desk.use(id, request)).rejects.toMatchObject({ code: 'approval_void' });
  expect(desk.recorder.bodies.map(({ type }) => type)).toEqual([
    'approval_asked',
    'approval_decided',
    'approval_ended',
  ]);
});

it('tells the agent who denied, why, and what they propose', async () => {
  const desk = await testApprovals();
  const { id, outcome, approval } = await holdNow(desk, deleteRequest());
  const proposal = "DELETE FROM orders WHERE id = 17 AND status = 'test'";
  await desk.approvals.decide(olga, id, answer(approval, 'deny', { comment: 'too wide', proposal }));
  expect(await outcome).toEqual({
    outcome: 'denied',
    by: '"olga" (olga at id.example)',
    reason: 'too wide',
    proposal,
  });
});

it.each([
  ['the requester', ada, 'approver_not_allowed'],
  ['the requester with all groups', person('ada', ['owners', 'admins']), 'approver_not_allowed'],
  ['the requester by e-mail', person('x', ['owners'], { email: 'Ada@Example.com' }), 'approver_not_allowed'],
  [
    'the requester by another name in common',
    person('x', ['owners'], { person: { email: 'x@example.com', employee: '17' } }),
    'approver_not_allowed',
  ],
  ['the requester in capitals', person('ADA ', ['owners'], { email: null }), 'approver_not_allowed'],
  ['who has no address to be told apart by', person('x', ['owners'], { email: null }), 'person_unclear'],
  [
    'the token that an approver’s agent has',
    person('olga', ['owners'], { mayDecide: false }),
    'approval_unknown',
  ],
  ['a pipeline', person('ci', ['owners'], { kind: 'workload' }), 'approver_not_allowed'],
  ['somebody of another group', person('mallory', ['analysts']), 'approval_unknown'],
])('refuses a decision by %s', async (_, by, code) => {
  const desk = await testApprovals();
  const asker = { ...ada, person: { email: 'ada@example.com', employee: '17' } };
  const { id, approval } = await holdNow(desk, deleteRequest(asker));
  for (const verdict of ['approve', 'deny'] as const) {
    await expect(desk.approvals.decide(by, id, answer(approval, verdict))).rejects.toMatchObject({ code });
  }
  expect((await desk.approvals.find(olga, id)).state).toEqual({ phase: 'asked', votes: [] });
});

it('counts people, not votes', async () => {
  const desk = await testApprovals();
  const { id, outcome, approval } = await holdNow(desk, deleteRequest(ada, { needed: 2 }));
  await desk.approvals.decide(olga, id, answer(approval));
  const again = person('olga2', ['owners'], { email: 'olga@example.com' });
  for (const by of [olga, again]) {
    await expect(desk.approvals.decide(by, id, answer(approval))).rejects.toThrow('already approved this');
  }
  await desk.approvals.decide(omar, id, answer(approval));
  expect(await outcome).toMatchObject({ outcome: 'approved' });
});

it.each([
  ['SQL', { sql: 'DELETE FROM orders WHERE id =  ?' }],
  ['a bind', { binds: { '1': { type: 'FIXED', value: '18' } } }],
  ['session variables', { sessionContext: '1' }],
  ['an object', { objects: [] }],
  ['the kind of request', { describeOnly: true }],
])('is void when %s changed between approval and run', async (_, change) => {
  const desk = await testApprovals();
  const request = deleteRequest();
  const { id, approval } = await holdNow(desk, request);
  await desk.approvals.decide(olga, id, answer(approval));
  const changed = { ...request, ...change };
  await expect(desk.use(id, changed)).rejects.toMatchObject({ code: 'approval_void' });
  await expect(desk.use(id, request)).rejects.toMatchObject({ code: 'approval_void' });
});

it.each([
  ['USE ROLE', { role: 'ADMIN' }],
  ['USE SCHEMA', { schema: 'OTHER' }],
])('is void after %s in the same session while it waited', async (_, state) => {
  const desk = await testApprovals();
  const request = deleteRequest();
  const { id, approval } = await holdNow(desk, request);
  request.session.state = { ...request.session.state, ...state };
  await desk.approvals.decide(olga, id, answer(approval));
  await expect(desk.use(id, request)).rejects.toMatchObject({ code: 'approval_void' });
});

it('expires: the request, and the approval', async () => {
  const desk = await testApprovals();
  const first = await holdNow(desk, deleteRequest());
  desk.clock.now += 599_999;
  const request = deleteRequest();
  const second = await holdNow(desk, request);
  await desk.approvals.decide(olga, second.id, answer(second.approval));
  desk.clock.now += 1;
  await desk.approvals.tick();
  expect(await first.outcome).toEqual({ outcome: 'expired' });
  await expect(desk.approvals.decide(olga, first.id, answer(first.approval))).rejects.toMatchObject({
    code: 'approval_expired',
  });
  desk.clock.now += 60_000;
  await expect(desk.use(second.id, request)).rejects.toMatchObject({
    code: 'approval_expired',
  });
});

it('refuses a decision that comes too late even when no clock has ticked', async () => {
  const desk = await testApprovals();
  const { id, approval, outcome } = await holdNow(desk, deleteRequest());
  desk.clock.now += 600_000;
  await expect(desk.approvals.decide(olga, id, answer(approval))).rejects.toMatchObject({
    code: 'approval_expired',
  });
  expect(await outcome).toEqual({ outcome: 'expired' });
});

it('cancels when the client goes away', async () => {
  const desk = await testApprovals();
  const client = new AbortController();
  const { id, outcome, approval } = await holdNow(desk, deleteRequest(), client.signal);
  client.abort();
  expect(await outcome).toMatchObject({ outcome: 'cancelled' });
  await expect(desk.approvals.decide(olga, id, answer(approval))).rejects.toMatchObject({
    code: 'approval_void',
  });
});

it("cancels what a revoked requester asked, and discards a revoked approver's votes", async () => {
  const desk = await testApprovals();
  const mine = await holdNow(desk, deleteRequest(person('bob')));
  const two = await holdNow(desk, deleteRequest(ada, { needed: 2 }));
  const request = deleteRequest();
  const done = await holdNow(desk, request);
  await desk.approvals.decide(olga, two.id, answer(two.approval));
  await desk.approvals.decide(olga, done.id, answer(done.approval));
  await desk.approvals.revoked(({ subject }) => subject === 'olga' || subject === 'bob');
  expect(await mine.outcome).toMatchObject({ outcome: 'cancelled', why: 'the requester was revoked' });
  expect((await desk.approvals.find(omar, two.id)).state).toEqual({ phase: 'asked', votes: [] });
  await expect(desk.use(done.id, request)).rejects.toMatchObject({ code: 'approval_void' });
});

it('lets nobody in who is put out while their request or vote is on its way', async () => {
  const out = new Set<string>();
  const desk = await testApprovals({
    confirmIdentity: ({ subject }) => {
      if (out.has(subject)) throw new SluiceError('identity_revoked', 'your access has been revoked');
    },
  });
  const request = deleteRequest();
  const { id, approval } = await holdNow(desk, request);
  out.add('olga');
  await expect(desk.approvals.decide(olga, id, answer(approval))).rejects.toMatchObject({
    code: 'identity_revoked',
  });
  await desk.approvals.decide(omar, id, answer(approval));
  out.add('ada');
  await expect(desk.use(id, request)).rejects.toMatchObject({ code: 'identity_revoked' });
  expect(await (await holdNow(desk, deleteRequest())).outcome).toMatchObject({ outcome: 'cancelled' });
});

it('escalates when nobody decides', async () => {
  const desk = await testApprovals();
  const boss = person('boss', ['bosses']);
  const { id, approval } = await holdNow(
    desk,
    deleteRequest(ada, { escalate: { afterSeconds: 60, to: ['bosses'] } }),
  );
  await expect(desk.approvals.decide(boss, id, answer(approval))).rejects.toMatchObject({
    code: 'approval_unknown',
  });
  desk.clock.now += 60_000;
  await desk.approvals.tick();
  expect(await desk.approvals.pending(boss)).toHaveLength(1);
  await desk.approvals.decide(boss, id, answer(approval));
  expect(desk.recorder.bodies).toContainEqual(
    expect.objectContaining({ type: 'notice', what: 'approval_escalated' }),
  );
});

it('stays pending through a stop, and the same statement held again goes on with it', async () => {
  const desk = await testApprovals();
  const request = deleteRequest();
  const client = new AbortController();
  const before = await holdNow(desk, request, client.signal);
  desk.approvals.stop();
  expect(await before.outcome).toEqual({ outcome: 'suspended' });
  client.abort();

  const [resumed] = await desk.approvals.held();
  expect(resumed).toMatchObject({ id: before.id, request: { binds: request.binds } });
  expect(resumed?.request.understanding).toEqual(request.understanding);
});

it('asks anew when a statement is held again that is no longer the same', async () => {
  const desk = await testApprovals();
  const request = deleteRequest();
  const first = await holdNow(desk, request);
  const same = await holdNow(desk, request);
  expect(same.id).toBe(first.id);
  const decision = { ...request.decision, policyVersion: 'policy-2' };
  const second = await holdNow(desk, { ...request, decision });
  expect(second.id).not.toBe(first.id);
  expect(await first.outcome).toMatchObject({ outcome: 'void' });
});

it('moves nothing that cannot be recorded', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest());
  desk.recorder.break();
  await expect(desk.approvals.decide(olga, id, answer(approval))).rejects.toThrow('disk full');
  await expect(holdNow(desk, deleteRequest())).rejects.toThrow('disk full');
  expect((await desk.approvals.find(olga, id)).state.phase).toBe('asked');
  expect(await desk.approvals.pending(olga)).toHaveLength(1);
});

it('keeps no binds once it is over', async () => {
  const desk = await testApprovals();
  const { id, approval } = await holdNow(desk, deleteRequest());
  await desk.approvals.decide(olga, id, answer(approval, 'deny'));
  expect((await desk.approvals.find(olga, id)).request).toHaveProperty('binds', {});
});

it('refuses an answer to something else than what is held', async () => {
  const desk = await testApprovals();
  const one = await holdNow(desk, deleteRequest());
  const other = await holdNow(desk, deleteRequest());
  await expect(desk.approvals.decide(olga, one.id, answer(other.approval))).rejects.toMatchObject({
    code: 'approval_void',
  });
});
