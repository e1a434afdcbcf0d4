import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it } from 'vitest';
import { ada, answer, deleteRequest, holdNow, owners, person, testApprovals } from '../approval/testing.ts';
import { channelsOf, createDeliveries, deliveryConfig } from './index.ts';

const [olga] = owners;
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Answers with the statuses given, the last one for good. */
async function receiver(...statuses: (number | { readonly to: string })[]) {
  const received: { headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!;
      if (typeof status === 'number') return response.writeHead(status).end();
      return response.writeHead(307, { location: status.to }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function mailServer() {
  const mails: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, taken) {
      stream.on('end', () => taken());
      void text(stream).then((mail) => mails.push(mail));
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise<void>((resolve) => server.close(resolve)));
  return { mails, port: (server.server.address() as AddressInfo).port };
}

async function start(config: unknown) {
  const desk = await testApprovals();
  const { store, approvals, recorder, relaySession, clock } = desk;
  const errors: unknown[] = [];
  const run = () =>
    createDeliveries({
      store,
      channels: channelsOf(deliveryConfig.parse(config), () => Date.now()),
      approvals,
      reviews: { onChange: () => () => undefined },
      relaySession,
      consoleUrl: 'https://sluice.example',
      now: () => clock.now,
      newId: randomUUID,
      onError: (error) => errors.push(error),
    });
  const deliveries = run();
  closing.push(() => deliveries.stop());
  const notices = () =>
    recorder.bodies.flatMap((body) =>
      body.type === 'notice' && body.what === 'delivery' ? [body.detail] : [],
    );
  return { ...desk, deliveries, run, notices, errors };
}

it('posts signed webhooks that any Standard Webhooks library verifies, and records each', async () => {
  const { url, received } = await receiver(204);
  const relay = await start({ webhooks: [{ name: 'tickets', url, secret }] });
  const { id, approval } = await holdNow(relay, deleteRequest());
  await relay.approvals.decide(olga, id, answer(approval));
  await expect.poll(() => relay.deliveries.tick().then(() => received.length)).toBe(2);
  const bodies = received.map(({ body, headers }) => new Webhook(secret).verify(body, headers as never));
  expect(bodies).toMatchObject([
    {
      type: 'approval.asked',
      data: { approval: { id, phase: 'asked' }, sql: null, link: `https://sluice.example/approvals/${id}` },
    },
    { type: 'approval.ended', data: { approval: { phase: 'approved' } } },
  ]);
  expect(received[0]!.body).not.toContain('DELETE FROM');
  expect(() => new Webhook(secret).verify(`${received[0]!.body} `, received[0]!.headers as never)).toThrow(
    'signature',
  );
  expect(relay.notices()).toMatchObject([
    { channel: 'tickets', type: 'approval.asked', about: id, outcome: 'delivered', attempts: '1' },
    { type: 'approval.ended', outcome: 'delivered' },
  ]);
});

it('tries again, each time later, under the same id, until it is taken', async () => {
  const { url, received } = await receiver(500, 503, 200);
  const relay = await start({ webhooks: [{ name: 'tickets', url, secret }] });
  await holdNow(relay, deleteRequest());
  await expect.poll(() => relay.deliveries.tick().then(() => received.length)).toBe(1);
  for (const [seconds, count] of [
    [4, 1],
    [1, 2],
    [29, 2],
    [1, 3],
    [10_000, 3],
  ] as const) {
    relay.clock.now += seconds * 1000;
    await relay.deliveries.tick();
    expect(received).toHaveLength(count);
  }
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(relay.notices()).toMatchObject([{ outcome: 'delivered', attempts: '3' }]);
});

it('tries again when the clock was ahead, and is put back', async () => {
  const { url, received } = await receiver(500, 200);
  const relay = await start({ webhooks: [{ name: 'tickets', url, secret }] });
  const right = relay.clock.now;
  relay.clock.now += 400 * 86_400_000;
  await holdNow(relay, deleteRequest());
  await expect.poll(() => relay.deliveries.tick().then(() => received.length)).toBe(1);
  relay.clock.now = right;
  await relay.deliveries.tick();
  expect(received).toHaveLength(2);
  expect(relay.notices()).toMatchObject([{ outcome: 'delivered', attempts: '2' }]);
});

it('follows no redirect', async () => {
  const inside = await receiver(200);
  const { url, received } = await receiver({ to: inside.url });
  const relay = await start({ webhooks: [{ name: 'tickets', url, secret }] });
  await holdNow(relay, deleteRequest());
  await expect.poll(() => relay.deliveries.tick().then(() => received.length)).toBe(1);
  expect(inside.received).toEqual([]);
  expect(relay.notices()).toEqual([]);
});

it('gives up in the end, and says so on the record', async () => {
  const { url, received } = await receiver(500);
  const relay = await start({ webhooks: [{ name: 'tickets', url, secret }] });
  await holdNow(relay, deleteRequest());
  await expect.poll(() => relay.deliveries.tick().then(() => received.length)).toBe(1);
  for (let i = 0; i < 8; i += 1) {
    relay.clock.now += 3_600_000;
    await relay.deliveries.tick();
  }
  expect(received).toHaveLength(6);
  expect(relay.notices()).toMatchObject([{ outcome: 'failed', attempts: '6' }]);
  expect(relay.errors).toHaveLength(1);
});

it('delivers after a restart what was queued, and what was asked but not queued, once', async () => {
  const { url, received } = await receiver(200);
  const relay = await start({ webhooks: [{ name: 'tickets', url, secret }] });
  relay.deliveries.stop();
  await holdNow(relay, deleteRequest());
  const next = relay.run();
  closing.push(() => next.stop());
  await next.resume();
  await next.resume();
  await next.tick();
  await next.tick();
  expect(received).toHaveLength(1);
});

it('mails plain text, the link first, over SMTP', async () => {
  const { mails, port } = await mailServer();
  const mail = {
    name: 'mail',
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'sluice@example.com',
    to: ['owners@example.com'],
  };
  const relay = await start({ mail: [mail] });
  const evil = person('eve', [], { name: 'Eve\r\nBcc: x@evil.example\r\n\r\n<script>alert(1)</script>' });
  const { id } = await holdNow(relay, deleteRequest(evil));
  await expect.poll(() => relay.deliveries.tick().then(() => mails.length)).toBe(1);
  const [mailed] = mails as [string];
  const [head = '', body = ''] = mailed.split('\r\n\r\n');
  expect(head).toMatch(/^To: owners@example.com/m);
  expect(head).toMatch(/^Content-Type: text\/plain; charset=utf-8/m);
  expect(head).not.toMatch(/^Bcc:/im);
  const readable = body.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  expect(readable.split('\r\n').slice(0, 2)).toEqual([
    'Approval wanted',
    `Decide here: https://sluice.example/approvals/${id}`,
  ]);
  expect(readable).not.toContain('DELETE FROM orders');
});

it('posts what Slack shows, with nothing in it that Slack would act on', async () => {
  const { url, received } = await receiver(200);
  const relay = await start({ slack: [{ name: 'slack', url, includeSql: true }] });
  const sql = 'DELETE FROM orders -- <!channel> <https://evil.example|ok>';
  const { id, approval } = await holdNow(relay, { ...deleteRequest(ada), sql });
  await relay.approvals.decide(olga, id, answer(approval));
  await expect.poll(() => relay.deliveries.tick().then(() => received.length)).toBe(1);
  const message = JSON.parse(received[0]!.body);
  expect(message).toMatchObject({ text: 'Approval wanted', mrkdwn: false });
  expect(received[0]!.body).not.toContain('"mrkdwn"}');
  expect(message.blocks[1].elements[0].url).toContain(id);
  expect(message.blocks.at(-1).text).toMatchObject({ type: 'plain_text', emoji: false });
  expect(message.blocks.at(-1).text.text).toContain('<!channel> <https:\\/\\/evil.example|ok>');
});

it.each([
  ['http to another machine', { slack: [{ name: 's', url: 'http://169.254.169.254/latest' }] }],
  ['another scheme', { slack: [{ name: 's', url: 'file:///etc/passwd' }] }],
  [
    'a password in clear',
    {
      mail: [
        {
          name: 'm',
          host: 'mail.example',
          port: 25,
          security: 'none',
          login: { user: 'u', password: 'p' },
          from: 'a@example.com',
          to: ['b@example.com'],
        },
      ],
    },
  ],
  ['a short secret', { webhooks: [{ name: 'w', url: 'https://x.example', secret: 'whsec_AAAA' }] }],
])('refuses a configuration with %s', (_, config) => {
  expect(deliveryConfig.safeParse(config).success).toBe(false);
});
