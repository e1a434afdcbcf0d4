import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrolmentBytes } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { linesOf, verifyExport, verifyLists, verifyStore } from '../../relay/src/recording/index.ts';
import type { SessionId } from '../../relay/src/session/index.ts';
import { type ApiClient, apiClient, nextPending } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Answer, type AttackedWorld, userAttacks } from './user-attacks/index.ts';

/** In what the victim runs and asks: nobody else is ever shown it. */
const MARK = 'marked4711';
const folder = temporaryFolder();
let demo: Demo;
let world: AttackedWorld;
/** Signs the record. */
let keeper: ApiClient;

beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent', data: folder, longPollMs: 1_000 });
  keeper = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
  world = await prepare();
});
afterAll(() => demo.close());

it.each(userAttacks)('$what', async ({ run, refused, most = 60 }) => {
  const before = await size();
  const answers = await run(world);
  for (const { status, text } of answers) {
    // Not a fault of the relay's; 501 and 503 say what to do instead.
    expect([500, 502, 504]).not.toContain(status);
    expect(text).not.toContain(MARK);
  }
  const allowed = refused === true ? answers.filter(({ status }) => status < 400) : [];
  expect(allowed).toEqual([]);
  await expectSound();
  expect((await size()) - before).toBeLessThanOrEqual(most);
});

it('and after all of them the record proves itself, and the victim’s work goes on', async () => {
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  await grace.decide(await nextPending(grace), 'approve', 'go ahead');
  await expect
    .poll(async () => (await fetchJson(`/api/statements/${world.victim.held}`)).phase)
    .toBe('succeeded');
  for (const session of [world.victim.session, world.log]) {
    const file = join(folder, `${session}.sluice`);
    await demo.relay.exportSession(session as SessionId, createWriteStream(file));
    expect(await verifyExport(linesOf(createReadStream(file)), [publicKey()])).toMatchObject({
      intact: true,
      attested: true,
    });
  }
  await expectSound();
});

async function expectSound(): Promise<void> {
  const { store } = demo.relay;
  await keeper.post('/api/checkpoints', {});
  const report = await verifyStore(store, [publicKey()]);
  expect((await verifyLists(store, report)).problems).toEqual([]);
  // An address that has asked too much has to wait, for this too.
  await expect
    .poll(async () => (await fetch(new URL('/readyz', demo.relay.url))).status, { timeout: 30_000 })
    .toBe(200);
}

const publicKey = () => createPublicKey(readFileSync(join(folder, 'signing-key.pem.pub')));
const size = async () => (await demo.relay.store.events.log())!.size;

/** Ada has run a statement, and another waits for Grace; Grace has a device. */
async function prepare(): Promise<AttackedWorld> {
  const { url, store } = demo.relay;
  const order = (sql: string, wait: number, requestId: string = randomUUID()) =>
    demo.tokenFor('ada').then((token) =>
      fetch(new URL('/api/statements', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ sql, wait, requestId, prompt: `for ${MARK}` }),
      }),
    );
  const ran = (await (await order(`SELECT ID, '${MARK}' AS M FROM CUSTOMERS LIMIT 3`, 20)).json()) as {
    id: string;
  };
  const requestId = randomUUID();
  const asked = (await (
    await order(`UPDATE ORDERS SET STATUS = '${MARK}' WHERE ID = 1`, 0, requestId)
  ).json()) as {
    id: string;
  };
  const grace = apiClient(url, await demo.decidingTokenFor('grace'));
  const { binding, session } = await nextPending(grace);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const device = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const bytes = enrolmentBytes({ identity: demo.idOf('grace'), key: device, at });
  const proof = sign(null, bytes, privateKey).toString('base64');
  await grace.statusOf('POST', '/api/devices', { key: device, name: 'laptop', at, proof, vouchedBy: null });
  const token = await demo.tokenFor('mallory');
  const deciding = await demo.decidingTokenFor('mallory');
  return {
    url,
    token,
    deciding,
    log: (await store.events.log())!.relaySession,
    ids: { own: demo.idOf('mallory'), victims: demo.idOf('ada') },
    victim: { session, statement: ran.id, held: asked.id, requestId, binding, device },
    call: (method, path, body, by = token) => call(method, path, body, `Bearer ${by}`),
    async wire(path, body, login = {}) {
      const signedIn = await call('POST', '/session/v1/login-request', { data: { TOKEN: token, ...login } });
      const { data } = JSON.parse(signedIn.text || '{}') as { data?: { token?: string } | null };
      if (typeof data?.token !== 'string') return signedIn;
      return await call(body === undefined ? 'GET' : 'POST', path, body, `Snowflake Token="${data.token}"`);
    },
  };
}

async function fetchJson(path: string): Promise<{ readonly phase: string }> {
  const { text } = await call('GET', path, undefined, `Bearer ${await demo.tokenFor('ada')}`);
  return JSON.parse(text) as { phase: string };
}

async function call(method: string, path: string, body?: unknown, authorization?: string): Promise<Answer> {
  const response = await fetch(new URL(path, demo.relay.url), {
    method,
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}
