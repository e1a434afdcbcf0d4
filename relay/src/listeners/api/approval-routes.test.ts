import { approvalView, approvalSummary } from '@sluice/contract';
import { afterEach, expect, it } from 'vitest';
import { ada, answer, deleteRequest, holdNow } from '../../approval/testing.ts';
import { olga, startApi } from '../../../../test/support/start-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

it('lists, shows and decides for approvers, in the schema that is published', async () => {
  api = await startApi();
  const { id, outcome } = await holdNow(api, deleteRequest());
  const list = await api.call('olga', 'GET', '/approvals?state=pending');
  expect(list.body.approvals.map((item: unknown) => approvalSummary.parse(item).id)).toEqual([id]);

  const { body } = await api.call('olga', 'GET', `/approvals/${id}`);
  const view = approvalView.parse(body);
  expect(view).toMatchObject({
    sql: 'DELETE FROM orders WHERE id = ?',
    writes: ['SHOP.PUBLIC.ORDERS'],
    binds: [{ position: '1', type: 'FIXED', values: ['17'], total: 1 }],
    you: { mayDecide: true },
    plain: {
      who: '"ada" (ada at id.example, in analysts) asks by the agent "copilot", with "JavaScript" "3.3.0" from 10.0.0.7',
    },
  });

  const decided = await api.call('olga', 'POST', `/approvals/${id}/decision`, {
    version: 1,
    verdict: 'approve',
    binding: view.summary.binding,
  });
  expect(decided).toMatchObject({
    status: 200,
    body: { phase: 'approved', approvedBy: [{ subject: 'olga' }] },
  });
  expect(await outcome).toMatchObject({ outcome: 'approved' });
});

it('shows requesters their own, which they cannot decide', async () => {
  api = await startApi();
  const { id, approval } = await holdNow(api, deleteRequest(ada, { approvers: ['owners', 'analysts'] }));
  expect((await api.call('ada', 'GET', `/approvals/${id}`)).body.you).toEqual({
    mayDecide: false,
    because: 'nobody may decide on their own request',
  });
  const { version: _, ...rest } = { version: 1, ...answer(approval) };
  const refused = await api.call('ada', 'POST', `/approvals/${id}/decision`, { version: 1, ...rest });
  expect(refused).toMatchObject({ status: 403, body: { code: 'approver_not_allowed' } });
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
});

it('withholds binds that may be sensitive', async () => {
  api = await startApi();
  const request = deleteRequest(
    ada,
    {},
    { bindsMayBeShown: false, binds: { '1': { type: 'TEXT', value: '123-45-6789' } } },
  );
  const { id } = await holdNow(api, request);
  const { text, body } = await api.call('olga', 'GET', `/approvals/${id}`);
  expect(body.binds).toEqual([{ position: '1', type: 'TEXT', values: null, total: 1 }]);
  expect(text).not.toContain('123-45-6789');
});

it('adds the estimate when it comes, and earlier decisions of the same shape', async () => {
  api = await startApi({
    estimate: async () => ({ rows: 3, bytes: null, partitions: null, note: '', at: 0 }),
  });
  const first = await holdNow(api, deleteRequest());
  await api.approvals.decide(olga, first.id, answer(first.approval, 'deny', { comment: 'keep it' }));
  const second = await holdNow(api, deleteRequest());
  await expect
    .poll(async () => (await api.call('olga', 'GET', `/approvals/${second.id}`)).body.estimate)
    .toMatchObject({ rows: 3 });
  const { body } = await api.call('olga', 'GET', `/approvals/${second.id}`);
  expect(body.similar).toMatchObject([{ id: first.id, phase: 'denied', sameText: true, comment: 'keep it' }]);
});

const id = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const revocation = { target: { type: 'token', tokenId: 't' }, reason: 'left' };
it.each([
  ['no token', null, 'GET', '/approvals', undefined, 401],
  ['an unknown token', 'nobody', 'GET', '/approvals', undefined, 401],
  ['an unknown path', 'olga', 'GET', '/nothing', undefined, 404],
  ['an unknown request', 'olga', 'GET', `/approvals/${id}`, undefined, 404],
  ['an id that is none', 'olga', 'GET', '/approvals/%2e%2e', undefined, 404],
  ['a decision that is none', 'olga', 'POST', `/approvals/${id}/decision`, { verdict: 'maybe' }, 400],
  ['a member too many', 'olga', 'GET', '/approvals?states=pending', undefined, 400],
  ['a revocation by somebody else', 'olga', 'POST', '/revocations', revocation, 403],
  ['a foreign session', 'ada', 'GET', `/sessions/${id}/events`, undefined, 404],
] as const)('refuses %s', async (_, who, method, path, body, status) => {
  api = await startApi();
  const answered = await api.call(who, method, path, body);
  expect(answered.status).toBe(status);
  expect(answered.headers.get('content-type')).toContain('application/problem+json');
});

it('takes JSON only, and no cookie for a token', async () => {
  api = await startApi();
  const form = await fetch(`${api.url}/api/approvals/${id}/decision`, {
    method: 'POST',
    headers: { authorization: 'Bearer olga', 'content-type': 'text/plain' },
    body: '{}',
  });
  expect(form.status).toBe(415);
  const cookie = await fetch(`${api.url}/api/approvals`, {
    headers: { cookie: 'token=olga; authorization=Bearer olga' },
  });
  expect(cookie.status).toBe(401);
});
