import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it, type TestContext } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeCorpus } from './corpus.ts';
import { type RecordedDay, recordADay } from './record-a-day.ts';
import { askBoth, disagreements, findPython, type Opinions } from './two-verifiers.ts';

const folder = temporaryFolder();
let found: Awaited<ReturnType<typeof findPython>>;
let day: RecordedDay;

beforeAll(async () => {
  found = await findPython();
  if ('python' in found) day = await recordADay(folder);
});

function pythonOrSkip(test: TestContext): string {
  return 'python' in found ? found.python : test.skip(found.missing);
}

it('finds intact what a relay exports', async (test) => {
  const python = pythonOrSkip(test);
  const exports = day.exports.flatMap((file) =>
    day.publicKeys.map((key) => ({ file, keys: [key], what: `an export, with ${key}` })),
  );
  expect(exports.length).toBeGreaterThan(5);
  expectIntact(await askBoth(python, exports));
});

it('reads the example of the document, which has not changed', async (test) => {
  const python = pythonOrSkip(test);
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
  const program = fileURLToPath(new URL('example.py', import.meta.url));
  const { stdout: vectors } = await promisify(execFile)(python, [program, folder]);
  expect(readFileSync(join(docs, 'recording-format-example.md'), 'utf8')).toContain(vectors);
  for (const name of ['example.sluice', 'example.pub', 'example-old.pub'])
    expect(readFileSync(join(folder, `recording-format-${name}`))).toEqual(
      readFileSync(join(docs, `recording-format-${name}`)),
    );
  const file = join(docs, 'recording-format-example.sluice');
  const exports = ['example', 'example-old'].map((name) => ({
    file,
    keys: [join(docs, `recording-format-${name}.pub`)],
    what: `the example, with ${name}.pub`,
  }));
  expectIntact(await askBoth(python, exports));
});

it('agrees with `sluice verify` about everything that is tampered with', async (test) => {
  const python = pythonOrSkip(test);
  const corpus = await writeCorpus(python, join(folder, 'corpus'), { seed: 1, count: 300 });
  const opinions = await askBoth(python, corpus);
  expect(disagreements(opinions)).toEqual([]);
  const verdicts = opinions.map(({ first }) => first.split(/[ ,:]/)[0]);
  expect(new Set(verdicts)).toEqual(
    new Set(['{"intact"', 'unreadable', 'altered', 'reordered', 'removed', 'forged', 'unsigned']),
  );
});

function expectIntact(opinions: readonly Opinions[]) {
  for (const { first, second } of opinions) {
    expect(first).toContain('{"intact":true');
    expect(second).toBe(first);
  }
}
