import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { packageExtension } from '../../extension/bin/package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'extension/dist');
const vsix = join(folder, 'sluice-0.1.0.vsix');
const probe = join(folder, 'probe.vsix');
const lock = join(root, 'extension/dist.lock');

/** What is installed in the editor of a test: the extension as it ships, and what lets the test speak with its host. */
export async function packed(): Promise<readonly string[]> {
  // Of several files of tests that run at once, one packages.
  while (isStale()) {
    if (!takeLock()) {
      await sleep(100);
      continue;
    }
    try {
      if (isStale()) await packageBoth();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return [vsix, probe];
}

async function packageBoth(): Promise<void> {
  const { log } = console;
  // What vsce has to tell is no news here.
  console.log = () => {};
  try {
    await packageExtension(folder);
    await createVSIX({
      cwd: fileURLToPath(new URL('probe', import.meta.url)),
      packagePath: probe,
      dependencies: false,
      allowMissingRepository: true,
      skipLicense: true,
    });
  } finally {
    console.log = log;
  }
}

/** What a run that was killed leaves behind is taken over after so long. */
const LOCK_MS = 120_000;

function takeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > LOCK_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

/** Everything that the extension may be made of. */
const SOURCES = [
  ...['package.json', 'package.nls.json', 'README.md', 'bin', 'src', 'icons', 'walkthrough'].map(
    (name) => `extension/${name}`,
  ),
  ...['contract', 'snowflake-sql', 'agent-hook', 'record-proof', 'console'].map((name) => `${name}/src`),
  'test/editor/probe',
];

function isStale(): boolean {
  if (!existsSync(vsix) || !existsSync(probe)) return true;
  const at = Math.min(statSync(vsix).mtimeMs, statSync(probe).mtimeMs);
  return SOURCES.some((source) => newest(join(root, source)) > at);
}

function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
