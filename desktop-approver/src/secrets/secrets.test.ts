import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openSecrets, type SystemSecrets } from './secrets.ts';
import { testSystem } from './testing.ts';

const place = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
afterAll(() => rmSync(place, { recursive: true }));

let folders = 0;
const newFolder = () => join(place, String((folders += 1)));
const open = async (folder: string, system: SystemSecrets, platform: NodeJS.Platform = 'linux') =>
  await openSecrets({ folder, system, platform });

const TEXT = 'ed25519 private key';

it('keeps a secret for its owner alone, and not as it is', async () => {
  const folder = newFolder();
  const system = testSystem();
  await (await open(folder, system)).write('one', TEXT);
  expect(await (await open(folder, system)).read('one')).toEqual({ type: 'found', text: TEXT });
  const path = join(folder, 'one.secret');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(path, 'latin1')).not.toContain(TEXT);
  expect(readdirSync(folder)).toEqual(['one.secret']);
});

it.each<[string, SystemSecrets, NodeJS.Platform]>([
  ['a password that everybody knows', testSystem('basic_text'), 'linux'],
  ['nobody knows what', testSystem('unknown'), 'linux'],
  ['nothing', testSystem('gnome_libsecret', false), 'linux'],
  ['a locked keychain', testSystem('unknown', false), 'darwin'],
  [
    'what fails',
    { ...testSystem(), isAsyncEncryptionAvailable: () => Promise.reject(new Error('no bus')) },
    'linux',
  ],
])('keeps nothing on disk by %s, and says so', async (_, system, platform) => {
  const folder = newFolder();
  const secrets = await open(folder, system, platform);
  expect(secrets.problem).toMatchObject({ why: expect.any(String), advice: expect.any(String) });
  await secrets.write('one', TEXT);
  expect(() => readdirSync(folder)).toThrow('ENOENT');
  expect(await secrets.read('one')).toEqual({ type: 'none' });
});

it('asks for a backend on Linux alone: elsewhere there is none to choose', async () => {
  for (const platform of ['darwin', 'win32'] as const) {
    expect((await open(newFolder(), testSystem('unknown'), platform)).problem).toBeNull();
  }
});

it('encrypts anew what the system wants encrypted anew', async () => {
  const folder = newFolder();
  const system = testSystem();
  const secrets = await open(folder, system);
  await secrets.write('one', TEXT);
  system.rotate();
  const path = join(folder, 'one.secret');
  const before = readFileSync(path);
  expect(await secrets.read('one')).toEqual({ type: 'found', text: TEXT });
  const after = readFileSync(path);
  expect(after).not.toEqual(before);
  expect((await system.decryptStringAsync(after)).shouldReEncrypt).toBe(false);
});

it.each([
  ['touched', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)])],
  ['cut off', (bytes: Buffer) => bytes.subarray(0, 20)],
  ['empty', () => Buffer.alloc(0)],
])('says of a file that is %s that it is damaged', async (_, change) => {
  const folder = newFolder();
  const secrets = await open(folder, testSystem());
  await secrets.write('one', TEXT);
  const path = join(folder, 'one.secret');
  writeFileSync(path, change(readFileSync(path)));
  expect(await secrets.read('one')).toEqual({ type: 'damaged' });
});

it('leaves what was there when it cannot write', async () => {
  const folder = newFolder();
  const system = testSystem();
  const secrets = await open(folder, system);
  await secrets.write('one', TEXT);
  const failing = await open(folder, {
    ...system,
    encryptStringAsync: () => Promise.reject(new Error('locked')),
  });
  await expect(failing.write('one', 'other')).rejects.toThrow('locked');
  expect(await secrets.read('one')).toEqual({ type: 'found', text: TEXT });
});

it('forgets', async () => {
  const secrets = await open(newFolder(), testSystem());
  await secrets.write('one', TEXT);
  await secrets.remove('one');
  await secrets.remove('one');
  expect(await secrets.read('one')).toEqual({ type: 'none' });
});
