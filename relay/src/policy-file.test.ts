import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openPolicyFile, type PolicyReload } from './policy-file.ts';

const GOOD = 'version: 1\nrules: []\n';
const BETTER = 'version: 1\nrules: [{ name: r, effect: allow, when: {} }]\n';

it('takes a good file, keeps the old one for a bad file, and says so', async () => {
  const { path, policy, reloads, lookTwice } = open(GOOD);
  const first = policy.current().version;

  writeFileSync(`${path}.new`, 'version: 1\nrules: nonsense\n');
  renameSync(`${path}.new`, path);
  await lookTwice();
  expect(reloads).toHaveLength(1);
  expect(reloads[0]).toEqual({
    loaded: false,
    problems: [`${path}:2:1: expected a list, found \`nonsense\` (at \`rules\`)`],
  });
  expect(policy.current().version).toBe(first);

  writeFileSync(path, BETTER);
  await lookTwice();
  expect(reloads).toHaveLength(2);
  expect(reloads[1]).toMatchObject({ loaded: true });
  expect(policy.current().rules.map(({ name }) => name)).toEqual(['r']);

  rmSync(path);
  await lookTwice();
  expect(reloads).toHaveLength(3);
  expect(reloads[2]).toEqual({ loaded: false, problems: [`${path}: cannot be read`] });
  expect(policy.current().rules).toHaveLength(1);
});

it('does not take a file that is still being written', async () => {
  const { path, policy, reloads, lookTwice } = open(GOOD);
  for (let rules = 0; rules < 40; rules++) {
    writeFileSync(path, `${GOOD}# ${rules}\n`);
    await policy.look();
  }
  expect(reloads).toEqual([]);
  writeFileSync(path, BETTER);
  await lookTwice();
  expect(policy.current().rules).toHaveLength(1);
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
  const policy = openPolicyFile({ path, onReload: (outcome) => reloads.push(outcome) });
  /** It has to hold still for two looks. */
  const lookTwice = async () => {
    await policy.look();
    await policy.look();
  };
  return { path, policy, reloads, lookTwice };
}
