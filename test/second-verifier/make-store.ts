import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventBody } from '@sluice/contract';
import { headFile } from '../../relay/src/recording/checkpoints/head-file.ts';
import { openRecorder } from '../../relay/src/recording/recorder.ts';
import {
  identity,
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openTestRetention } from '../../relay/src/recording/testing/open-test-retention.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';

/** A store in one file, and the public keys (PEM files) of its log, the newest first. */
export interface MadeStore {
  readonly file: string;
  readonly keys: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * A store with everything on it that a verifier of stores has a rule for: signed decisions, payloads, bodies and payloads that
 * retention has removed, a session that came under hold in time, a revoked device, two signing keys, full subtrees, and
 * a few events that are not signed yet.
 */
export async function makeStore(folder: string): Promise<MadeStore> {
  const file = join(folder, 'sluice.db');
  const [old, fresh] = [newSigner(), newSigner()];
  const record = await openTestRecord({ path: file, signers: [old], heads: headFile(`${file}.head`) });
  const { store, clock } = record;
  const early = await openTestRetention(record, [
    { name: 'a-year', afterDays: 365, removes: 'bodies' },
    { name: 'a-month', afterDays: 30, removes: 'payloads' },
  ]);
  for (const name of ['bob', 'dora', 'eve']) await recordADay(record.recorder, name);
  const held = await recordADay(record.recorder, 'frank');
  await record.recorder.setLegalHold(held, { held: true, by: identity('carol'), reason: 'case 12' });
  await record.recorder.checkpoint();
  await Promise.all(
    Array.from({ length: 70 }, async (_, index) => {
      const session = newSession();
      for (const body of [opened('alice'), statement(`select ${index}`)])
        await record.recorder.append(session, body);
    }),
  );
  await record.recorder.checkpoint();
  clock.now += 400 * DAY_MS;
  await early.run();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  await recordADay(recorder, 'gina');
  const enrolled = await store.events.ofTypes(recorder.relaySession, ['device_enrolled']);
  const {
    identity: owner,
    key,
    name,
  } = JSON.parse(enrolled[0]!.body!) as Extract<EventBody, { type: 'device_enrolled' }>;
  await recorder.append(recorder.relaySession, { type: 'device_revoked', identity: owner, key, name });
  await Promise.all(Array.from({ length: 60 }, () => recorder.append(newSession(), opened('zoe'))));
  await recorder.checkpoint();
  const tail = newSession();
  for (const body of [opened('yves'), statement('select last')]) await recorder.append(tail, body);
  await store.close();
  // All of it in one file.
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = DELETE');
  db.close();
  const keys = [fresh, old].map(({ publicKey }, index) => {
    const path = join(folder, `key-${index}.pub`);
    writeFileSync(path, publicKey.export({ type: 'spki', format: 'pem' }));
    return path;
  });
  return { file, keys };
}
