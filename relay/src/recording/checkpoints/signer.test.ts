import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fingerprint, signersFromFile } from './signer.ts';

it('writes the public key that signs now, and keeps the earlier ones', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-signer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'signing.pem');
  const published = (name = 'signing.pem.pub') =>
    fingerprint(createPublicKey(readFileSync(join(folder, name))));
  const [first] = signersFromFile(path, { create: true });
  expect(published()).toBe(first.key);

  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(path, pem + readFileSync(path, 'utf8'));
  // A program that only reads changes nothing.
  expect(signersFromFile(path, { create: false })[0].key).not.toBe(first.key);
  expect(published()).toBe(first.key);

  const [second, former] = signersFromFile(path, { create: true });
  expect(former?.key).toBe(first.key);
  expect(published()).toBe(second.key);
  expect(published(`signing.pem.pub.${first.key.slice(0, 16)}`)).toBe(first.key);
  signersFromFile(path, { create: true });
  expect(readdirSync(folder)).toHaveLength(3);
});
