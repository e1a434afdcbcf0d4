import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../relay/src/recording/index.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { createWitnesses, witnessesConfig, witnessesOf } from '../../relay/src/witness/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = 'a-very-secret-access-key';
const HOOK = `whsec_${Buffer.from('another very secret key of a hook').toString('base64')}`;
const TOKEN = 'Bearer a-very-secret-token';

const CHUNK = Buffer.alloc(64 * 1024);
const MOST = 256 * 1024 * 1024;

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Behaviour = (request: Received, response: ServerResponse) => void;

/** An HTTPS server with a certificate of its own making; it answers as it is told to. */
async function startServer(pem: { readonly key: string; readonly cert: string } | null) {
  const received: Received[] = [];
  let behave: Behaviour = (_, response) => response.end();
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: await text(incoming) };
    received.push(request);
    behave(request, response);
  };
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) =>
    void handle(incoming, response).catch(() => response.destroy());
  const server = pem === null ? createServer(onRequest) : createTlsServer(pem, onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    received,
    url: `${pem === null ? 'http' : 'https'}://127.0.0.1:${port}/checkpoints`,
    behaves(next: Behaviour) {
      behave = next;
      received.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
type Server = Awaited<ReturnType<typeof startServer>>;

const folder = temporaryFolder();
let [store, stranger, thief]: Server[] = [];
let checkpoints: readonly Checkpoint[];
const trusted = getCACertificates('default');

function certificate(name: string) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  const of = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...made, ...of, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

beforeAll(async () => {
  const known = certificate('known');
  store = await startServer(known);
  stranger = await startServer(certificate('stranger'));
  thief = await startServer(null);
  setDefaultCACertificates([...trusted, known.cert]);
  const { recorder } = await openTestRecord({ signers: [newSigner()] });
  const session = newSession();
  const made: Checkpoint[] = [];
  for (let count = 0; count < 2; count += 1) {
    await recorder.append(session, opened('ann'));
    made.push(await recorder.checkpoint());
  }
  checkpoints = made;
});
afterAll(() => {
  setDefaultCACertificates(trusted);
  for (const server of [store, stranger, thief]) server?.close();
});

let now: number;
beforeEach(() => {
  now = Date.parse('2026-03-01T09:00:00.000Z');
  for (const server of [store!, stranger!, thief!]) server.behaves((_, response) => response.end());
});

/** As a relay tells them; the clock is the test's. */
function told(config: unknown, attemptTimeoutMs?: number) {
  const log = { size: async () => 10, proof: async () => [] };
  const witnesses = createWitnesses({
    witnesses: witnessesOf(witnessesConfig.parse([config]), { log, now: () => now }),
    now: () => now,
    keep: async () => {},
    onConflict: () => {},
    onStatus: () => {},
    ...(attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs }),
  });
  return {
    async offer(checkpoint: Checkpoint) {
      witnesses.offer(checkpoint);
      await witnesses.settled(checkpoint, 60_000);
      return witnesses.status()[0]!;
    },
    async after(seconds: number) {
      now += seconds * 1_000;
      witnesses.tick();
      await witnesses.settled(checkpoints[1]!, 60_000);
      return witnesses.status()[0]!;
    },
    stop: witnesses.stop,
  };
}

const put = (url: string) => ({
  kind: 'put',
  name: 'bucket',
  url,
  s3: { region: 'eu-central-1', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET },
});
const webhook = (url: string) => ({ kind: 'webhook', name: 'siem', url, secret: HOOK });
const withToken = (url: string) => ({ kind: 'put', name: 'tokens', url, headers: { authorization: TOKEN } });

/** As S3 is: an object that is there is not replaced by who says so, and whoever does not say so is turned away. */
function objectStore(objects: Map<string, string>): Behaviour {
  return ({ method, url, headers, body }, response) => {
    if (method !== 'PUT' || headers['if-none-match'] !== '*') response.writeHead(400);
    else if (objects.has(url)) response.writeHead(412);
    else objects.set(url, body);
    response.end();
  };
}

it('puts each checkpoint once, over TLS, and signs for it', async () => {
  const objects = new Map<string, string>();
  store!.behaves(objectStore(objects));
  const witnesses = told(put(store!.url));
  for (const checkpoint of checkpoints)
    expect(await witnesses.offer(checkpoint)).toMatchObject({ size: checkpoint.size, problem: null });
  const [first] = checkpoints;
  const name = `/checkpoints/${first!.log}/${String(first!.size).padStart(16, '0')}-${first!.root.slice(0, 16)}.checkpoint`;
  expect(objects.get(name)).toBe(first!.note);
  expect(objects.size).toBe(2);
  for (const { headers } of store!.received)
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260301\/eu-central-1\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*if-none-match[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
    );
  // Another relay, or this one after a restart: what is there stays as it is.
  objects.set(name, 'as somebody else has left it');
  expect(await told(put(store!.url)).offer(first!)).toMatchObject({ size: first!.size, problem: null });
  expect(objects.get(name)).toBe('as somebody else has left it');
});

it('posts to a hook what its secret signs, again and again under one id until it is taken', async () => {
  let answers = [500, 503, 429, 502, 204];
  store!.behaves((_, response) => response.writeHead(answers.shift() ?? 200).end());
  const witnesses = told(webhook(store!.url));
  expect(await witnesses.offer(checkpoints[1]!)).toMatchObject({
    size: 0,
    failures: 1,
    problem: 'the receiver answered 500',
  });
  expect(await witnesses.after(0.9), 'not yet').toMatchObject({ failures: 1 });
  expect(await witnesses.after(0.1)).toMatchObject({ failures: 2, problem: 'the receiver answered 503' });
  expect(await witnesses.after(5)).toMatchObject({ failures: 3, problem: 'the receiver answered 429' });
  // The clock was ahead, and is put back: it does not wait for as long.
  expect(await witnesses.after(-86_400)).toMatchObject({ failures: 4, problem: 'the receiver answered 502' });
  const takenAt = now + 60_000;
  expect(await witnesses.after(60)).toMatchObject({
    size: checkpoints[1]!.size,
    failingSince: null,
    takenAt,
  });
  answers = [];
  expect(new Set(store!.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  for (const { body, headers } of store!.received) {
    const signed = headers as Record<string, string>;
    const hook = new Webhook(HOOK);
    // The library wants a time of today: the signature is over the one that was sent.
    const sentAt = new Date(Number(signed['webhook-timestamp']) * 1_000);
    expect(hook.sign(signed['webhook-id']!, sentAt, body)).toBe(signed['webhook-signature']);
    expect(JSON.parse(body)).toMatchObject({
      type: 'checkpoint.signed',
      data: { note: checkpoints[1]!.note },
    });
  }
});

describe.each([
  ['put', put, [SECRET]],
  ['put with a token', withToken, [SECRET]],
  ['webhook', webhook, [HOOK, HOOK.slice('whsec_'.length)]],
] as const)('%s', (_, config, secrets) => {
  const said = (status: unknown) => JSON.stringify(status);
  const expectNoSecret = (status: unknown) => {
    for (const secret of [...secrets, TOKEN, '127.0.0.1']) expect(said(status)).not.toContain(secret);
    for (const { url, headers, body } of store!.received)
      for (const secret of secrets) expect(said([url, headers, body])).not.toContain(secret);
  };

  it.each([500, 403, 404, 301])('does not take an answer %i for a yes', async (code) => {
    store!.behaves((_request, response) => response.writeHead(code).end('no'));
    const status = await told(config(store!.url)).offer(checkpoints[0]!);
    expect(status).toMatchObject({ size: 0, failures: 1, problem: expect.any(String) as string });
    expectNoSecret(status);
  });

  it.each([301, 302, 307, 308])('follows no redirect %i', async (code) => {
    const location = thief!.url;
    store!.behaves((_request, response) => response.writeHead(code, { location }).end());
    const status = await told(config(store!.url)).offer(checkpoints[0]!);
    expect(status).toMatchObject({ size: 0, problem: 'the request failed, or was redirected' });
    expect(thief!.received).toEqual([]);
    expectNoSecret(status);
  });

  it('tells nothing to who has another certificate', async () => {
    const status = await told(config(stranger!.url)).offer(checkpoints[0]!);
    expect(status).toMatchObject({ size: 0, problem: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(stranger!.received).toEqual([]);
    expectNoSecret(status);
  });

  it('waits so long for an answer, and no longer', async () => {
    store!.behaves(() => {});
    const status = await told(config(store!.url), 300).offer(checkpoints[0]!);
    expect(status).toMatchObject({ size: 0, problem: 'TimeoutError' });
    store!.behaves((_request, response) =>
      response.writeHead(200, { 'content-length': '99' }).flushHeaders(),
    );
    // What was said is enough; nobody waits for the rest.
    expect(await told(config(store!.url)).offer(checkpoints[0]!)).toMatchObject({
      size: checkpoints[0]!.size,
    });
  });

  it('takes in nothing of an answer without end', async () => {
    const closed = Promise.withResolvers<void>();
    let sent = 0;
    store!.behaves((_request, response) => {
      response.on('close', closed.resolve);
      const more = () => {
        if (response.destroyed || sent > MOST) return;
        sent += CHUNK.length;
        response.write(CHUNK);
        setImmediate(more);
      };
      more();
    });
    expect(await told(config(store!.url)).offer(checkpoints[0]!)).toMatchObject({
      size: checkpoints[0]!.size,
    });
    await closed.promise;
    expect(sent).toBeLessThan(MOST);
  });

  it('tries again after a connection that broke', async () => {
    store!.behaves((_request, response) => response.destroy());
    const witnesses = told(config(store!.url));
    expect(await witnesses.offer(checkpoints[1]!)).toMatchObject({ size: 0, failures: 1 });
    store!.behaves((_request, response) => response.writeHead(201).end());
    expect(await witnesses.after(1)).toMatchObject({
      size: checkpoints[1]!.size,
      problem: null,
      failures: 1,
    });
  });

  it('stops at once while it waits', async () => {
    const asked = Promise.withResolvers<void>();
    store!.behaves(() => asked.resolve());
    const witnesses = told(config(store!.url));
    const offered = witnesses.offer(checkpoints[0]!);
    await asked.promise;
    await witnesses.stop();
    expect(await offered).toMatchObject({ size: 0 });
  });
});
