import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { createAuthenticator, createRelayIssuer, identityConfig, relayKeysFromFile } from './index.ts';

const folder = temporaryFolder();
const newKey = (namedCurve = 'P-256') =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the file of token keys', () => {
  it('is made when it is not there, for its owner alone, and read again', () => {
    const path = join(folder, 'made.pem');
    const [made, ...others] = relayKeysFromFile(path);
    expect(others).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(relayKeysFromFile(path)[0].equals(made)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('may hold former keys, after the current one', () => {
    const path = join(folder, 'rotated.pem');
    const [current, former] = [newKey(), newKey()];
    writeFileSync(path, `# two of them\n${current}${former}`);
    const keys = relayKeysFromFile(path);
    expect(keys.map((key) => key.export({ type: 'pkcs8', format: 'pem' }))).toEqual([current, former]);
  });

  it.each([
    ['nothing', ''],
    ['another curve', newKey('P-384')],
    [
      'another kind of key',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    ],
    ['no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['a good one and a bad one', `${newKey()}${newKey('P-384')}`],
  ])('is refused with %s in it', (what, content) => {
    const path = join(folder, `${what}.pem`);
    writeFileSync(path, content);
    expect(() => relayKeysFromFile(path)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });
});

it('signs with the current key, and former ones go on counting', async () => {
  const path = join(folder, 'two.pem');
  const [old, fresh] = [newKey(), newKey()];
  const url = 'https://sluice.example';
  const now = () => Date.UTC(2026, 10, 20);
  const issuerOf = (content: string) => {
    writeFileSync(path, content);
    return createRelayIssuer({
      url,
      personNames: ['email'],
      keys: relayKeysFromFile(path),
      now,
      newId: () => 'id',
    });
  };
  const before = await issuerOf(old);
  const after = await issuerOf(`${fresh}${old}`);
  const person = {
    subject: 'ada',
    name: 'Ada',
    email: null,
    person: {},
    groups: ['a'],
    signedInAt: now(),
    acr: null,
    toDecide: false,
    expiresAt: now() + 60_000,
  };
  const { token, expiresInSeconds } = await before.mint(person);
  expect(expiresInSeconds).toBe(60);
  const config = identityConfig.parse({ issuers: [{ issuer: 'https://id.example', audience: 'sluice' }] });
  const revocations = { check: () => {} };
  const authenticate = createAuthenticator({ config, revocations, relayIssuer: after, now });
  expect(await authenticate(token)).toMatchObject({
    subject: 'ada',
    name: 'Ada',
    person: { email: null },
    groups: ['a'],
    tokenId: 'id',
    signedInAt: now(),
    mayDecide: false,
  });
  const minted = await after.mint({ ...person, email: 'ada@example.com' });
  expect(await authenticate(minted.token)).toMatchObject({ person: { email: 'ada@example.com' } });
  const late = createAuthenticator({ config, revocations, relayIssuer: before, now });
  await expect(late(minted.token)).rejects.toMatchObject({ code: 'token_invalid' });
});
