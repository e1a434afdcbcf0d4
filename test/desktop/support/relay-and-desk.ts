import { rmSync } from 'node:fs';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { openStore } from '@sluice/relay/store';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { filesIn } from '../../../relay/src/composition/files.ts';
import { signCheckpoint } from '../../../relay/src/recording/checkpoints/checkpoint.ts';
import { logTree, signersFromFile } from '../../../relay/src/recording/index.ts';
import { openAttacker } from '../../support/attacker.ts';
import { newDesk, openWitness, watched } from '../../support/desk.ts';
import { connectDriver } from '../../support/driver.ts';
import { relayPlace } from '../../support/relay-place.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SETTINGS = {
  groups: { security: ['security'], auditors: ['security'] },
  approvals: { trustFirstDevice: true },
};

/** Relays with records, each with an auditor's desk beside it. To be called at the top of a file of tests. */
export function relaysAndDesks() {
  let issuer: LocalIssuer;
  beforeAll(async () => {
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  });
  afterAll(() => issuer.close());
  return { aRelayAndADesk: async () => await aRelayAndADesk(issuer) };
}

async function aRelayAndADesk(issuer: LocalIssuer) {
  const [data, memory] = [temporaryFolder(), temporaryFolder()];
  const place = await relayPlace(data, issuer, undefined, SETTINGS);
  let relay: Relay | null = null;
  const stop = async () => {
    await relay?.close();
    relay = null;
  };
  const start = async (options = {}) => {
    relay = await place.start(() => {}, options);
  };
  onTestFinished(stop);
  await start();
  const token = await issuer.decidingTokenFor('alan');
  const seen = watched(() => place.url, token);
  const desk = newDesk();
  await desk.enrol(seen.client);
  const run = async (...statements: readonly string[]) => {
    const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
    for (const sql of statements) await ada.run(sql);
    return await seen.client.checkpoints.take();
  };
  await run("SELECT 'regretted'");
  const clock = { now: Date.now() };
  const open = () => openWitness({ folder: memory, relay: seen, device: desk.device, clock });
  return { data, memory, place, seen, client: seen.client, desk, run, start, stop, clock, open };
}

/** By somebody who has the database, the data folder and the signing key. */
export async function rewrite(data: string): Promise<void> {
  const files = filesIn(data);
  const attacker = openAttacker(files.database);
  attacker.rewrite(attacker.find("SELECT 'regretted'"), 'regretted', 'harmless');
  attacker.rebuildSubtrees();
  attacker.run('DELETE FROM recorded_checkpoint');
  attacker.close();
  for (const path of [files.signedHead, files.highWater]) rmSync(path);
  const store = await openStore({ kind: 'sqlite' }, files, { now: Date.now, onError: () => {} });
  const { relaySession: log, size } = (await store.events.log())!;
  const [signer] = signersFromFile(files.signingKey, { create: false });
  const root = (await logTree(store).root(size)).toString('hex');
  const at = new Date().toISOString();
  const { note } = await signCheckpoint({ log, size, root, at }, signer);
  await store.transaction((tx) => tx.checkpoints.add({ size, key: signer.key, at, note }));
  await store.close();
}
