import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AccessOrder,
  type AccessSummary,
  createRelayClient,
  decisionBytes,
  enrolmentBytes,
  type RelayClient,
} from '@sluice/contract';
import { DEMO_POLICY, demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { identityId } from '@sluice/relay/identity';
import type { Relay } from '@sluice/relay';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../relay/src/cli/cli.ts';
import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const data = temporaryFolder();
let issuer: LocalIssuer;
let place: RelayPlace;
let relay: Relay | null = null;
const clock = { ahead: 0 };
const reached: string[] = [];

beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const policy = join(data, 'policy.yaml');
  const signed = readFileSync(DEMO_POLICY, 'utf8').replace(
    'access_up_to: 4h',
    'access_up_to: 4h\n    signed: true',
  );
  writeFileSync(policy, signed);
  place = await relayPlace(data, issuer, policy, { approvals: { trustFirstDevice: true } });
});
afterEach(async () => {
  await relay?.close();
  clock.ahead = 0;
});
afterAll(() => issuer.close());

const start = async () => {
  await relay?.close();
  const now = () => Date.now() + clock.ahead;
  relay = await place.start(({ sql }) => void reached.push(sql), { longPollMs: 2_000, now });
};
const client = (token: string) => createRelayClient({ url: place.url, token });

/** Somebody who decides, with a device of their own. */
async function withDevice(person: string) {
  const relay = client(await issuer.decidingTokenFor(person));
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const bytes = enrolmentBytes({ identity: identityId(issuer.trusted.issuer, person), key, at });
  const proof = sign(null, bytes, privateKey).toString('base64');
  await relay.devices.enrol({ body: { key, name: 'laptop', at, proof, vouchedBy: null } });
  return { relay, key, privateKey };
}

async function approve(
  { relay, key, privateKey }: { relay: RelayClient; key: string; privateKey: KeyObject },
  { id, binding }: Pick<AccessSummary, 'id' | 'binding'>,
) {
  const said = { verdict: 'approve', comment: 'this afternoon', proposal: null } as const;
  const numbers = { mostRows: null, grantSeconds: null, grantRows: null };
  const decidedAt = new Date().toISOString();
  const bytes = decisionBytes({ binding, approval: id, ...said, ...numbers, decidedAt });
  const value = sign(null, bytes, privateKey).toString('base64');
  const signature = { key, algorithm: 'Ed25519', value, decidedAt } as const;
  return await relay.approvals.decide({
    params: { id },
    body: { version: 1, binding, ...said, ...numbers, signature },
  });
}

const EXAMPLE = "UPDATE ORDERS SET STATUS = 'lost' WHERE ID = 1";
const like = (id: number) => `UPDATE ORDERS SET STATUS = 'found' WHERE ID = ${id}`;
const driverOrder: AccessOrder = {
  version: 1,
  sql: EXAMPLE,
  purpose: 'ticket 4711: parcels that were lost',
  seconds: 900,
  rows: 1,
  rowsInAll: 3,
  program: { application: 'JavaScript', protocol: 'snowflake' },
};
const ask = async (order: AccessOrder = driverOrder) => {
  const asked = await client(await issuer.tokenFor('ada')).access.ask({ body: order });
  if (!('kind' in asked)) throw new Error('nobody is asked');
  return asked;
};
/** Whether people are asked about it: then it is taken back. */
async function isHeld(sql: string): Promise<boolean> {
  const driver = await connectDriver(place.url, await issuer.tokenFor('ada'));
  const grace = client(await issuer.decidingTokenFor('grace'));
  const call = errorOf(driver.run(sql));
  const done = call.then(() => 'done' as const);
  for (;;) {
    const waiting = (await grace.approvals.list()).approvals.find(
      ({ kind, phase }) => kind === 'statement' && phase === 'asked',
    );
    if (waiting !== undefined) {
      await driver.close();
      await call;
      return true;
    }
    const pause = new Promise<null>((resolve) => {
      setTimeout(resolve, 20, null);
    });
    if ((await Promise.race([done, pause])) === 'done') {
      const failed = await call;
      if (failed !== null) throw new Error(failed.message);
      await driver.close();
      return false;
    }
  }
}

it('is asked for, agreed to on a device, and used by the driver, through two restarts, until it is over', async () => {
  await start();
  const asked = await ask();
  expect(asked).toMatchObject({
    kind: 'access',
    phase: 'asked',
    access: { program: { application: 'JavaScript' } },
  });
  const grace = await withDevice('grace');

  // Nothing runs because a relay starts again: there is nothing that waits.
  await start();
  expect((await client(await issuer.tokenFor('ada')).approvals.list()).approvals).toMatchObject([
    { id: asked.id },
  ]);
  expect(reached).toEqual([]);
  const unsigned = { version: 1, verdict: 'approve', binding: asked.binding } as const;
  await expect(
    grace.relay.approvals.decide({ params: { id: asked.id }, body: unsigned }),
  ).rejects.toMatchObject({
    code: 'approver_not_allowed',
  });
  expect((await approve(grace, asked)).phase).toBe('granted');
  expect(await isHeld(like(2))).toBe(false);

  await start();
  expect(reached.filter((sql) => sql === EXAMPLE)).toEqual([]);
  expect(await isHeld(like(3))).toBe(false);
  // Outside of what was asked for: another shape, and another program.
  expect(await isHeld('UPDATE ORDERS SET TOTAL = 0 WHERE ID = 3')).toBe(true);
  const byApi = await client(await issuer.tokenFor('ada')).statements.submit({
    body: { sql: like(4), wait: 5 },
  });
  expect(byApi.phase).toBe('held');
  await client(await issuer.tokenFor('ada')).statements.cancel({ params: { id: byApi.id } });
  const { grants } = await client(await issuer.tokenFor('ada')).grants.list();
  expect(grants).toMatchObject([{ rowsLeft: 1, purpose: driverOrder.purpose }]);

  clock.ahead = 900_000;
  expect(await isHeld(like(5))).toBe(true);
  expect(reached.filter((sql) => sql.startsWith("UPDATE ORDERS SET STATUS = 'found'"))).toEqual([
    like(2),
    like(3),
  ]);
  await relay?.close();

  const key = `${filesIn(data).signingKey}.pub`;
  expect(await runCli(['verify', '--config', place.config, '--key', key])).toBe(0);
});

it('is taken back by who asked for it, and is nobody else’s to ask for', async () => {
  await start();
  const asked = await ask({ ...driverOrder, purpose: 'ticket 4712: more of them' });
  const mallory = client(await issuer.tokenFor('mallory'));
  await expect(mallory.access.cancel({ params: { id: asked.id } })).rejects.toMatchObject({
    code: 'approval_unknown',
  });
  const ada = client(await issuer.tokenFor('ada'));
  expect((await ada.access.cancel({ params: { id: asked.id } })).phase).toBe('cancelled');
  await expect(ada.access.cancel({ params: { id: asked.id } })).rejects.toMatchObject({
    code: 'approval_void',
  });
  await expect(ada.access.ask({ body: { ...driverOrder, sql: 'DROP TABLE ORDERS' } })).rejects.toMatchObject({
    code: 'blocked',
  });
  expect(
    await ada.access.ask({ body: { ...driverOrder, sql: 'SELECT ID, EMAIL FROM CUSTOMERS' } }),
  ).toMatchObject({
    decision: { effect: 'mask' },
  });
  expect((await ada.approvals.list()).approvals).toEqual([]);
});
