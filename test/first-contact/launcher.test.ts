import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { oldNode } from '../support/nodes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LAUNCHER = fileURLToPath(new URL('../../relay/bin/sluice.cjs', import.meta.url));
const folder = temporaryFolder();

const nodes: [name: string, path: string][] = [['the Node that runs the tests', process.execPath]];
if (oldNode !== null) nodes.push(['an older Node', oldNode.path]);

it.each(nodes)('%s prints what it should, and exits as it should', (_, node) => {
  const help = run(node, ['--help']);
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Usage: sluice /);
  expect(run(node, ['nonsense'])).toMatchObject({ status: 2, stdout: '' });
  expect(run(node, ['policy', 'check', '/nowhere.yaml'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^`\/nowhere\.yaml` cannot be read\n$/),
  });
});

it.each(nodes)('%s passes a signal on, and ends when the program has ended', async (_, node) => {
  const child = spawn(node, [LAUNCHER, 'demo', '--port', '0', '--customers', '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line.startsWith('Ctrl-C')) child.kill('SIGTERM');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(said.at(-1)).toBe('Stopping ...');
  expect(child.exitCode).toBe(0);
});

it.skipIf(oldNode === null)('says in one line which Node is wanted, where it brings none', () => {
  const bin = join(folder, 'alone', 'bin');
  mkdirSync(bin, { recursive: true });
  cpSync(LAUNCHER, join(bin, 'sluice.cjs'));
  const { status, stderr } = run(oldNode!.path, [], join(bin, 'sluice.cjs'));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^sluice needs Node 24 or newer: this is v\d+\.\d+\.\d+, [^\n]+\n$/);
});

it('is what `npx sluice` and `npm start` run', () => {
  const { bin } = JSON.parse(readFileSync(new URL('../../relay/package.json', import.meta.url), 'utf8'));
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(bin.sluice).toBe('./bin/sluice.cjs');
  expect(scripts.start).toBe('node console/bin/build-if-stale.mjs && node relay/bin/sluice.cjs demo');
});

function run(node: string, args: readonly string[], launcher = LAUNCHER) {
  return spawnSync(node, [launcher, ...args], { encoding: 'utf8' });
}
