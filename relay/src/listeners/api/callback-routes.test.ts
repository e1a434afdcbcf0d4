import { fastify } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it } from 'vitest';
import { startApi } from '../../../../test/support/start-api.ts';
import { deleteRequest, holdNow } from '../../approval/testing.ts';
import { isStranger } from '../door/stranger.ts';
import { createRouter } from '../router/index.ts';
import { callbackRoutes } from './callback-routes.ts';

const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const other = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
let api: Awaited<ReturnType<typeof startApi>> | null = null;
afterEach(async () => {
  await api?.close();
  api = null;
});

async function held() {
  api = await startApi({ integrations: [{ name: 'tickets', secret, groups: ['owners'] }] });
  return { ...(await holdNow(api, deleteRequest())), bodies: api.recorder.bodies };
}

async function callBack(
  data: object,
  options: { secret?: string; at?: Date; name?: string; tamper?: string } = {},
) {
  const body = JSON.stringify({ type: 'approval.decision', data });
  const at = options.at ?? new Date();
  const response = await fetch(`${api!.url}/api/callbacks/${options.name ?? 'tickets'}`, {
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
  const { id, outcome, approval, bodies } = await held();
  const decision = { approval: id, binding: approval.binding, verdict: 'approve', ...by };
  expect(await callBack(decision)).toMatchObject({ status: 200, body: { phase: 'approved' } });
  expect(await outcome).toMatchObject({ outcome: 'approved' });
  expect(bodies).toContainEqual(
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

it('is a stranger’s until it is found to be signed, whatever it says then', async () => {
  const app = fastify();
  let known = 0;
  app.addHook('onRequest', async (request) =>
    isStranger(request, { known: () => void (known += 1), end: () => {} }),
  );
  const never = () => Promise.reject(new Error('nobody has a token here'));
  const router = createRouter(app, {
    authenticate: never,
    guard: () => {},
    onRefused: () => {},
    onError: () => {},
  });
  await callbackRoutes(router, {
    approvals: { decide: never },
    integrations: [{ name: 'tickets', secret, groups: ['owners'] }],
    mailboxOf: () => null,
    now: () => 0,
  } as never);
  const payload = '{}';
  const send = async (by: string) => {
    const signature = new Webhook(by).sign('msg_1', new Date(), payload);
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/api/callbacks/tickets',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
        'webhook-signature': signature,
      },
      payload,
    });
    return [statusCode, known];
  };
  expect(await send(other)).toEqual([401, 0]);
  expect(await send(secret)).toEqual([400, 1]);
  await app.close();
});
