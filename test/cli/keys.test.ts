import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { signersFromFile } from '../../relay/src/recording/index.ts';
import { runSluice } from '../support/run-sluice.ts';
import { SLUICE } from '../support/sluice-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { recordedPlace } from './recorded-place.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);
/** Somebody to whom permissions apply, where the tests run as somebody to whom they do not. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined;
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

type Place = Awaited<ReturnType<typeof recordedPlace>>;
const keys = async ({ data }: Place, ...args: readonly string[]) =>
  await runSluice(['keys', ...args, '--data', data]);
const listed = async (place: Place) =>
  (await keys(place, 'list', '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; key: string; state: string; mayGo: boolean });
const verify = async (what: string, key: string, ...more: readonly string[]) =>
  (await runSluice(['verify', what, '--key', key, ...more])).code;
const exported = async ({ session, data }: Place, name: string) => {
  const file = join(data, name);
  expect((await runSluice(['export', session, '--data', data, '-o', file])).code).toBe(0);
  return file;
};

it('rotates the signing key: nothing of before or after stops verifying, and the old one goes once it has handed over', async () => {
  const place = await recordedPlace(folder, issuer);
  await place.stop();
  const path = place.files.signingKey;
  const [{ key: oldKey }] = signersFromFile(path, { create: false });
  const before = await exported(place, 'before.sluice');
  const text = readFileSync(path, 'utf8');

  const dry = await keys(place, 'rotate', 'signing', '--dry-run');
  expect([dry.code, readFileSync(path, 'utf8')]).toEqual([0, text]);
  const rotated = await keys(place, 'rotate', 'signing', '--json');
  const { key: newKey } = JSON.parse(rotated.out) as { key: string };
  expect(readFileSync(path, 'utf8').endsWith(text)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await keys(place, 'rotate', 'signing')).toMatchObject({
    code: 2,
    err: expect.stringContaining('that no relay has taken up') as string,
  });
  expect((await keys(place, 'retire')).out).toContain('no key may go');
  expect(await listed(place)).toMatchObject([
    { kind: 'signing', key: newKey, state: 'next', mayGo: false },
    { kind: 'signing', key: oldKey, state: 'current', mayGo: false },
    { kind: 'payload', state: 'current', mayGo: false },
  ]);
  // A relay that has not taken it up yet goes on with the old one, and so does an export.
  expect(await verify(await exported(place, 'between.sluice'), place.key)).toBe(0);

  await place.start();
  await place.query("SELECT 'after the rotation'");
  await place.stop();
  const oldPublic = `${place.key}.${oldKey.slice(0, 16)}`;
  expect(await listed(place)).toMatchObject([
    { key: newKey, state: 'current', handedOver: null, publicKeyFile: 'signing-key.pem.pub' },
    { key: oldKey, state: 'former', handedOver: true, mayGo: true },
    { kind: 'payload' },
  ]);
  const shown = await keys(place);
  expect(shown.out.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(shown.out).toContain('`sluice keys retire` removes what may go');

  const dryRetire = await keys(place, 'retire', '--dry-run', '--json');
  expect(JSON.parse(dryRetire.out)).toEqual({ signing: [oldKey], payload: [], dryRun: true });
  expect(signersFromFile(path, { create: false })).toHaveLength(2);
  expect((await keys(place, 'retire', 'payload')).out).toContain('no key may go');
  expect((await keys(place, 'retire', 'signing')).code).toBe(0);
  expect(signersFromFile(path, { create: false }).map(({ key }) => key)).toEqual([newKey]);

  await place.start();
  await place.query("SELECT 'without the old key'");
  await place.stop();
  const after = await exported(place, 'after.sluice');
  for (const key of [oldPublic, place.key]) {
    expect(await verify(after, key)).toBe(0);
    expect(await verify(place.files.database, key)).toBe(0);
  }
  expect(await verify(before, oldPublic)).toBe(0);
});

it('rotates the payload key: every payload opens, and the old one goes once it wraps nothing', async () => {
  const place = await recordedPlace(folder, issuer);
  const path = place.files.payloadKey;
  const old = readFileSync(path, 'utf8');
  // Beside the running relay, which goes on as it was.
  expect((await keys(place, 'rotate', 'payload')).code).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8').endsWith(old)).toBe(true);
  expect(await keys(place, 'rotate', 'payload')).toMatchObject({ code: 2 });
  await place.query("SELECT 'beside'");
  expect((await keys(place, 'retire')).out).toContain('no key may go');
  await place.stop();
  await place.start();
  await place.query("SELECT 'after'");
  await place.stop();
  const retired = await keys(place, 'retire');
  expect(retired.out).toContain('payload key `key-1` is removed'.replaceAll('`', ''));
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
  expect(await verify(place.files.database, place.key, '--payload-keys', path)).toBe(0);
  const removed = join(place.data, 'removed-keys');
  writeFileSync(removed, old);
  expect(await verify(place.files.database, place.key, '--payload-keys', removed)).not.toBe(0);
  await place.start();
  await place.query("SELECT 'with the new one alone'");
});

it('leaves keys that a relay starts with, wherever it is killed', { timeout: 300_000 }, async () => {
  const place = await recordedPlace(folder, issuer);
  await place.stop();
  const path = place.files.signingKey;
  const before = readFileSync(path, 'utf8');
  const [old] = signersFromFile(path, { create: false });
  let rotated = 0;
  // As long as this machine takes for a whole one, so that some are killed before it and some after it.
  let wholeMs = Infinity;
  for (let round = 0; round <= 12; round += 1) {
    writeFileSync(path, before);
    const started = performance.now();
    const child = spawn(process.execPath, [SLUICE, 'keys', 'rotate', 'signing', '--data', place.data]);
    const ended = once(child, 'exit');
    await (round === 0 ? ended : Promise.race([ended, sleep(Math.random() * wholeMs)]));
    if (round === 0) wholeMs = 1.2 * (performance.now() - started);
    child.kill('SIGKILL');
    await ended;
    const signers = signersFromFile(path, { create: false });
    expect(signers.at(-1)!.key).toBe(old.key);
    rotated += signers.length - 1;
  }
  expect(rotated).toBeGreaterThan(0);
  // One that no relay has taken up yet is not rotated again.
  const isRotated = signersFromFile(path, { create: false }).length > 1;
  expect((await keys(place, 'rotate', 'signing')).code).toBe(isRotated ? 2 : 0);
  await place.start();
  await place.query("SELECT 'again'");
  await place.stop();
  expect(await verify(place.files.database, place.key)).toBe(0);
});

it.each<[string, (place: Place) => void, string]>([
  ['a link', linked, 'is a link'],
  ['a file that is not there', ({ files }) => rmSync(files.signingKey), 'there is no'],
  ['no key', ({ files }) => writeFileSync(files.signingKey, 'x'), 'is not readable as keys'],
])('changes nothing of %s', async (_, change, why) => {
  const place = await recordedPlace(folder, issuer);
  await place.stop();
  change(place);
  const names = readdirSync(place.data)
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .toSorted();
  const ran = await keys(place, 'rotate', 'signing');
  expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(why) as string });
  expect(
    readdirSync(place.data)
      .filter((name) => !/^keys-lock$|-(?:wal|shm)$/.test(name))
      .toSorted(),
  ).toEqual(names);
});

function linked({ files, data }: Place): void {
  renameSync(files.signingKey, join(data, 'elsewhere.pem'));
  symlinkSync(join(data, 'elsewhere.pem'), files.signingKey);
}

it.skipIf(NOBODY === undefined)('says so to somebody who may not, and lists what they may see', async () => {
  const place = await recordedPlace(folder, issuer);
  await place.stop();
  chmodSync(place.data, 0o755);
  chmodSync(place.files.database, 0o644);
  const options = { uid: NOBODY! };
  const rotated = await runSluice(['keys', 'rotate', 'signing', '--data', place.data], options);
  expect(rotated).toMatchObject({ code: 2, err: expect.stringContaining('cannot be written') as string });
  const shown = await runSluice(['keys', '--data', place.data], options);
  expect(shown).toMatchObject({
    code: 0,
    out: expect.not.stringContaining('not in the key file') as string,
    err: expect.stringContaining('signing-key.pem" cannot be read') as string,
  });
  expect(existsSync(join(place.data, 'signing-key.pem.part'))).toBe(false);
});

it.each([
  [['keys', 'rotate'], 'missing required argument'],
  [['keys', 'rotate', 'masking'], 'Allowed choices are signing, payload'],
  [['keys', '--data', '/nowhere'], 'there is no record in'],
  [['keys', 'retire', '--data', '/nowhere', '--config', '/x'], 'both name a folder'],
])('refuses %j', async (args, why) => {
  expect(await runSluice(args)).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining(why) as string,
  });
});
