import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openPolicyFile, type PolicyReload } from './policy-file.ts';

/** Tells of each look at the file as soon as it has been read: before there can be another one. */
const looked = await vi.hoisted(async () => new (await import('node:events')).EventEmitter());
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof promises>();
  const readFile = async (path: string, encoding: 'utf8') =>
    await real.readFile(path, encoding).finally(() => looked.emit('look'));
  return { ...real, readFile };
});

const GOOD = 'version: 1\nrules: []\n';
const BETTER = 'version: 1\nrules: [{ name: r, effect: allow, when: {} }]\n';

it('takes a good file, keeps the old one for a bad file, and says so', async () => {
  const { path, policy, reloads } = open(GOOD);
  const first = policy.current().version;

  writeFileSync(`${path}.new`, 'version: 1\nrules: nonsense\n');
  renameSync(`${path}.new`, path);
  await expect.poll(() => reloads).toHaveLength(1);
  expect(reloads[0]).toEqual({ loaded: false, problems: [`${path}:2:1: expected a list (at \`rules\`)`] });
  expect(policy.current().version).toBe(first);

  writeFileSync(path, BETTER);
  await expect.poll(() => reloads).toHaveLength(2);
  expect(reloads[1]).toMatchObject({ loaded: true });
  expect(policy.current().rules.map(({ name }) => name)).toEqual(['r']);

  rmSync(path);
  await expect.poll(() => reloads).toHaveLength(3);
  expect(reloads[2]).toEqual({ loaded: false, problems: [`${path}: cannot be read`] });
  expect(policy.current().rules).toHaveLength(1);
});

it('does not take a file that is still being written', async () => {
  const { path, policy, reloads } = open(GOOD);
  for (let rules = 0; rules < 40; rules++) {
    writeFileSync(path, `${GOOD}# ${rules}\n`);
    await new Promise<void>((resolve) => looked.once('look', resolve));
  }
  expect(reloads).toEqual([]);
  writeFileSync(path, BETTER);
  await expect.poll(() => policy.current().rules).toHaveLength(1);
  expect(reloads).toHaveLength(1);
});

it.each([
  ['that is bad', 'version: 1', /policy\.yaml:1:1: missing: expected a list/],
  ['that is not there', null, /cannot be read/],
])('does not start on a file %s', (_title, text, message) => {
  expect(() => open(text)).toThrow(message);
});

function open(text: string | null) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'policy.yaml');
  if (text !== null) writeFileSync(path, text);
  const reloads: PolicyReload[] = [];
  const policy = openPolicyFile({ path, everyMs: 5, onReload: (outcome) => reloads.push(outcome) });
  onTestFinished(() => policy.close());
  return { path, policy, reloads };
}
