import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkpointText, isSignedBy, namesKey, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { signerOf } from './signer.ts';

const head = {
  log: '6a0c45c1-4f2f-4d0f-9a0e-5b2b5c9d3c11',
  size: 20_852_163,
  root: '0ac5186a91863e0e1d90c8080149aa6bf5da8e3edf1f6074f0f00fd9e3ea8f6c',
  at: '2026-11-22T02:30:00.000Z',
};
const TEXT = `sluice/log/6a0c45c1-4f2f-4d0f-9a0e-5b2b5c9d3c11
20852163
CsUYapGGPg4dkMgIAUmqa/Xajj7fH2B08PAP2ePqj2w=
at 2026-11-22T02:30:00.000Z
`;
// Of RFC 8032, section 7.1, the first test's key. docs/recording-format.md shows the same checkpoint.
const SECRET = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const der = Buffer.from(`302e020100300506032b657004220420${SECRET}`, 'hex');
const signer = signerOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
const signed = await signCheckpoint(head, signer);

it('is the text of tlog-checkpoint with one extension line', () => {
  expect(checkpointText(head)).toBe(TEXT);
  const document = readFileSync(join(import.meta.dirname, '../../../../docs/recording-format.md'), 'utf8');
  expect(document).toContain(`\`\`\`\n${signed.note}\`\`\`\n`);
  expect(parseCheckpoint(signed.note)).toEqual(signed);
});

it.each([
  ['another origin', ['sluice/log/6a', 'sluice.example/log/6a']],
  ['a log in capitals', ['6a0c45c1', '6A0C45C1']],
  ['a size with a zero before it', ['\n20852163', '\n020852163']],
  ['an empty tree', ['\n20852163', '\n0']],
  ['a size beyond all numbers', ['\n20852163', '\n9007199254740993']],
  ['a root of another length', ['CsUYapGG', 'CsUY']],
  ['a time of another form', ['.000Z', 'Z']],
  ['no time', ['at 2026-11-22T02:30:00.000Z\n', '']],
  ['one line more', ['.000Z\n', '.000Z\nmore\n']],
] as const)('is not a checkpoint: %s', (_, [from, to]) => {
  expect(signed.note).toContain(from);
  expect(parseCheckpoint(signed.note.replace(from, to))).toBeNull();
});

it('is signed by the key that signed it, over everything that it says', () => {
  expect(isSignedBy(signed, signer.publicKey)).toBe(true);
  const other = signerOf(generateKeyPairSync('ed25519').privateKey);
  expect(isSignedBy(signed, other.publicKey)).toBe(false);
  expect(namesKey(signed, other.publicKey)).toBe(false);
  for (const [from, to] of [
    ['20852163', '20852162'],
    ['CsUY', 'DsUY'],
    ['.000Z', '.001Z'],
  ] as const) {
    const changed = parseCheckpoint(signed.note.replace(from, to))!;
    expect(namesKey(changed, signer.publicKey)).toBe(true);
    expect(isSignedBy(changed, signer.publicKey)).toBe(false);
  }
  // What is said beside the note is not what was signed.
  expect(isSignedBy({ ...signed, size: 1 }, signer.publicKey)).toBe(false);
});

it('passes over signatures by others, but not over a wrong one by this key', async () => {
  const other = signerOf(generateKeyPairSync('ed25519').privateKey);
  const line = (await signCheckpoint(head, other)).note.slice(TEXT.length + 1);
  const both = parseCheckpoint(signed.note + line)!;
  expect(isSignedBy(both, signer.publicKey)).toBe(true);
  expect(isSignedBy(both, other.publicKey)).toBe(true);
  const [stale] = [await signCheckpoint({ ...head, size: 1 }, signer)].map(
    ({ note }) => note.split('\n\n')[1],
  );
  expect(isSignedBy(parseCheckpoint(signed.note + stale)!, signer.publicKey)).toBe(false);
});
