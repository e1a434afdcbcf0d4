import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it } from 'vitest';
import { startApi } from '../../../../test/support/start-api.ts';
import { deleteRequest, holdNow } from '../../approval/testing.ts';

const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const other = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

async function held() {
  api = await startApi({ integrations: [{ name: 'tickets', secret, groups: ['owners'] }] });
  return holdNow(api, deleteRequest());
}

async function callBack(
  data: object,
  options: { secret?: string; at?: Date; name?: string; tamper?: string } = {},
) {
  const body = JSON.stringify({ type: 'approval.decision', data });
  const at = options.at ?? new Date();
  const response = await fetch(`${api.url}/api/callbacks/${options.name ?? 'tickets'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(options.secret ?? secret).sign('msg_1', at, body),
    },
    body: options.tamper ?? body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const by = { actor: 'Olga', actorEmail: 'olga@example.com', comment: 'CHG-17' };

it('lets a named integration decide, and says on the record who acted there', async () => {
  const { id, outcome, approval } = await held();
  const decision = { approval: id, binding: approval.binding, verdict: 'approve', ...by };
  expect(await callBack(decision)).toMatchObject({ status: 200, body: { phase: 'approved' } });
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  expect(api.recorder.bodies).toContainEqual(
    expect.objectContaining({ type: 'approval_decided', comment: 'Olga: CHG-17' }),
  );
});

it('does not let the requester decide by way of the other system', async () => {
  const { id, approval } = await held();
  const decision = { approval: id, binding: approval.binding, verdict: 'approve', ...by };
  const answered = await callBack({ ...decision, actorEmail: 'Ada@example.com' });
  expect(answered).toMatchObject({ status: 403, body: { code: 'approver_not_allowed' } });
});

it.each([
  ['another secret', { secret: other }],
  ['an old signature', { at: new Date(Date.now() - 10 * 60_000) }],
  ['an unknown integration', { name: 'nobody' }],
  ['a changed body', { tamper: '{}' }],
])('refuses a callback with %s', async (_, options) => {
  const { id, approval } = await held();
  const decision = { approval: id, binding: approval.binding, verdict: 'approve', ...by };
  expect(await callBack(decision, options)).toMatchObject({ status: 401, body: { code: 'token_invalid' } });
});
