import { spawn } from 'node:child_process';
import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { filesIn } from '../composition/files.ts';
import {
  headFile,
  highWaterFile,
  linesOf,
  openRecorder,
  signersFromFile,
  vaultFromFile,
  verifyExport,
} from '../recording/index.ts';
import { newSession, opened } from '../recording/testing/open-test-record.ts';
import { recordADay } from '../recording/testing/record-a-day.ts';
import type { SessionId } from '../session/index.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'sluice.ts');
/** Somebody to whom permissions apply, where the tests run as somebody to whom they do not. */
const NOBODY = 65_534;

let folder: string;
let session: SessionId;
/** A relay's data folder, with events behind the newest checkpoint. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'data'));
  const files = filesIn(join(folder, 'data'));
  const { store } = await openTestStore(files.database);
  const onError = (error: unknown) => {
    throw error;
  };
  const recorder = await openRecorder({
    store,
    now: Date.now,
    random: randomBytes,
    newId: randomUUID,
    vault: vaultFromFile(files.payloadKey, { create: true }),
    signers: signersFromFile(files.signingKey, { create: true }),
    heads: headFile(files.signedHead),
    highWater: highWaterFile(files.highWater),
    patrolEveryMs: null,
    onContradicted: onError,
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: onError,
    onIndexFailed: () => {},
  });
  session = await recordADay(recorder);
  await recorder.checkpoint();
  await recorder.append(newSession(), opened('later'));
  await store.compact();
  await store.close();
});

/** A copy of the record, with these of the relay's keys, that nobody can write. */
function copied(keys: readonly string[]): string {
  const copy = join(folder, randomUUID());
  mkdirSync(copy);
  for (const file of ['sluice.db', ...keys]) {
    copyFileSync(join(folder, 'data', file), join(copy, file));
    chmodSync(join(copy, file), 0o444);
  }
  chmodSync(copy, 0o555);
  return copy;
}

async function exported(data: string) {
  const child = spawn(process.execPath, [PROGRAM, 'export', session, '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const [file, notes] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const key = createPublicKey(readFileSync(join(folder, 'data', 'signing-key.pem.pub')));
  const lines = (async function* () {
    yield Buffer.from(file);
  })();
  return { notes, report: await verifyExport(linesOf(lines), [key]) };
}

it('exports from a copy that nobody can write, without the signing key, and says what is not attested', async () => {
  const { notes, report } = await exported(copied(['payload-keys']));
  expect(notes).toContain('exported without the signing key');
  expect(report).toMatchObject({ intact: true, attested: false, withoutPayloads: false, payloads: 2 });
});

it('leaves payloads out without the keys to them: neither whole nor tampered with', async () => {
  const { notes, report } = await exported(copied([]));
  expect(notes).toContain('exported without the payload keys');
  expect(report).toMatchObject({
    intact: true,
    attested: false,
    withoutPayloads: true,
    payloadsOpened: false,
    payloads: 0,
  });
});

it('leaves nothing behind in the copy', async () => {
  const copy = copied(['payload-keys']);
  await exported(copy);
  const bytes = await text(createReadStream(join(copy, 'sluice.db'), 'latin1'));
  expect(bytes).toBe(await text(createReadStream(join(folder, 'data', 'sluice.db'), 'latin1')));
});
