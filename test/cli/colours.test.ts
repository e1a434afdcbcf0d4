import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { openRecordedStore } from '../../relay/src/recording/testing/open-recorded-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
const POLICY = fileURLToPath(new URL('../../demo/policy.yaml', import.meta.url));
const folder = temporaryFolder();
const bad = join(folder, 'bad.yaml');
writeFileSync(bad, 'version: 2\nrules: []\n');
const references = join(folder, 'references.json');
writeFileSync(references, '[]');

beforeAll(async () => await (await openRecordedStore(join(folder, 'sluice.db'))).close());

it.each([
  ['what is printed', ['policy', 'check', POLICY], 'stdout'],
  ['what is wrong', ['policy', 'check', bad], 'stdout'],
  ['an error', ['policy', 'check', join(folder, 'nowhere.yaml')], 'stderr'],
] as const)('%s is coloured where somebody wants that, and says the same without', (_, args, stream) => {
  const plain = sluice(args, {})[stream];
  expect(plain).not.toBe('');
  expect(plain).toBe(stripVTControlCharacters(plain));
  const coloured = sluice(args, { FORCE_COLOR: '1' })[stream];
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
  expect(sluice(args, { NO_COLOR: '1' })[stream]).toBe(plain);
});

it.each([
  ['policy check', ['policy', 'check', bad, '--json']],
  ['policy test', ['policy', 'test', POLICY, '--json']],
  ['doctor', ['doctor', '--config', join(folder, 'nowhere.yaml'), '--json']],
  ['tags import', ['tags', 'import', references, '--policy', POLICY, '--data', folder, '--json']],
] as const)('`%s --json` is JSON and never coloured', (_, args) => {
  const { stdout, stderr } = sluice(args, { FORCE_COLOR: '1' });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'));
});

it('imports tags with their numbers for programs', () => {
  const { status, stdout } = sluice(
    ['tags', 'import', references, '--policy', POLICY, '--data', folder, '--json'],
    {},
  );
  expect([status, stdout]).toEqual([0, '{"tags":0,"unmapped":0,"notColumns":0}\n']);
});

function sluice(args: readonly string[], colours: Readonly<Record<string, string>>) {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env;
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env: { ...env, ...colours } });
}
