import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { enrolmentBytes } from '@sluice/contract';
import { identityId } from '@sluice/relay/identity';
import { expect, it } from 'vitest';
import { verifyStore } from '../../relay/src/recording/index.ts';
import type { SessionId } from '../../relay/src/session/index.ts';
import { openTestStore } from '../../relay/src/store/testing/open-test-store.ts';
import { apiClient } from '../support/api.ts';
import { issuerAndPostgres } from '../support/issuer-and-postgres.ts';
import { ended, spawnNode } from '../support/relay-process.ts';
import { relayPlace } from '../support/relay-place.ts';
import { twoRelaysOnPostgres } from '../support/relays-on-postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KILLS = Number(process.env['SLUICE_KILLS'] ?? 15);
const ENROLLER = fileURLToPath(new URL('../support/enrol-until-killed.ts', import.meta.url));
const FIRST_USE = { approvals: { trustFirstDevice: true } };

const folder = temporaryFolder();
const { issuer, hasPostgres, postgres } = issuerAndPostgres();

/** A new device of Grace's, each time another. */
function enrolment() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const bytes = enrolmentBytes({ identity: identityId(issuer().trusted.issuer, 'grace'), key, at });
  return {
    key,
    name: 'laptop',
    at,
    proof: sign(null, bytes, privateKey).toString('base64'),
    vouchedBy: null,
  };
}

/** Sends first devices of one person to these relays, all at once; how many were accepted. */
async function atOnce(urls: readonly string[]): Promise<readonly number[]> {
  const token = await issuer().decidingTokenFor('grace');
  const sent = urls.map((url) => apiClient(url, token).statusOf('POST', '/api/devices', enrolment()));
  return (await Promise.all(sent)).toSorted((a, b) => a - b);
}

it('accepts one of four first devices that are enrolled at once', async () => {
  const data = join(folder, 'one');
  mkdirSync(data);
  const place = await relayPlace(data, issuer(), undefined, FIRST_USE);
  const relay = await place.start(() => {});
  expect(await atOnce(Array.from({ length: 4 }, () => place.url))).toEqual([201, 202, 202, 202]);
  await relay.close();
  const { store } = await openTestStore(join(data, 'sluice.db'));
  const key = createPublicKey(readFileSync(join(data, 'signing-key.pem.pub')));
  expect(await verifyStore(store, [key])).toMatchObject({ intact: true });
  await store.close();
});

it.skipIf(!hasPostgres)('accepts one of four at two relays on one database', async () => {
  const url = await postgres().newDatabase();
  const [one, other] = await twoRelaysOnPostgres(folder, url, issuer(), { config: FIRST_USE });
  const places = [one.place.url, other.place.url, one.place.url, other.place.url];
  expect(await atOnce(places)).toEqual([201, 202, 202, 202]);
  const rows = await postgres().query(url, 'SELECT key FROM approver_device');
  expect(rows).toHaveLength(1);
  const { relaySession } = (await one.relay.store.events.log())!;
  expect(await one.relay.store.events.ofTypes(relaySession, ['device_enrolled'])).toHaveLength(1);
  await one.relay.exportSession(relaySession as SessionId, new PassThrough().resume());
  const key = createPublicKey(readFileSync(join(one.data, 'signing-key.pem.pub')));
  expect(await verifyStore(one.relay.store, [key])).toMatchObject({ intact: true });
});

it(
  `has an event and a row of each device, or neither, after ${KILLS} kills`,
  { timeout: 120_000 + KILLS * 30_000 },
  async () => {
    const data = join(folder, 'killed');
    mkdirSync(data);
    const path = join(data, 'record.db');
    let enrolled = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawnNode([ENROLLER, path, data]);
      let left = 1 + Math.floor(Math.random() * 12);
      for await (const _ of createInterface({ input: child.stdout! })) {
        left -= 1;
        if (left === 0) break;
      }
      await ended(child, 'SIGKILL');
      const database = new DatabaseSync(path);
      const keys = (sql: string) =>
        database
          .prepare(sql)
          .all()
          .map(({ key }) => String(key))
          .toSorted();
      const inRows = keys('SELECT key FROM approver_device');
      const inEvents = keys(
        "SELECT json_extract(body, '$.key') AS key FROM recorded_event WHERE type = 'device_enrolled'",
      );
      database.close();
      expect(inEvents).toEqual(inRows);
      expect(inRows.length).toBeGreaterThan(enrolled);
      enrolled = inRows.length;
    }
    const { store } = await openTestStore(path);
    const key = createPublicKey(readFileSync(join(data, 'signing.key.pub')));
    // It was always killed before it signed.
    const { problems } = await verifyStore(store, [key]);
    expect(problems.filter(({ what }) => what !== 'unsigned')).toEqual([]);
    await store.close();
  },
);
