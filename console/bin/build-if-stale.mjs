import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * Builds the pages unless they have been, since anything that they are made of was changed. A few seconds; where nothing
 * has changed, a few milliseconds. Runs before `npm start` and before tests in a browser, on whatever Node there is.
 */
export async function buildIfStale() {
  if (!isStale()) return;
  // Of several programs that start at once, one builds.
  while (!takeLock()) await sleep(100);
  try {
    if (isStale()) await build();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function build() {
  const started = performance.now();
  process.stderr.write('Building the console ... ');
  const vite = await import('vite');
  const { NODE_ENV } = process.env;
  // In a test runner it is `test`, for which React is four times as large.
  process.env.NODE_ENV = 'production';
  try {
    await vite.build({ root, logLevel: 'error' });
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
  process.stderr.write(`done in ${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = join(root, 'node_modules', '.build-lock');
/** What a program that was killed leaves behind is taken over after so long. Milliseconds. */
const LOCK_MS = 120_000;

function takeLock() {
  try {
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > LOCK_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isStale() {
  const built = join(root, 'dist', 'index.html');
  if (!existsSync(built)) return true;
  const at = statSync(built).mtimeMs;
  const sources = [
    'index.html',
    'vite.config.ts',
    'package.json',
    'src',
    '../contract/src',
    '../record-proof/src',
    '../snowflake-sql/src',
  ];
  return sources.some((source) => newest(join(root, source)) > at);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildIfStale();
