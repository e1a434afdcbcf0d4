import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { conversation, HELD } from './conversation.ts';
import { startScriptedRelay } from './scripted-relay.ts';

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A Python that has `snowflake-connector-python`, 4 or 5. */
const python = process.env['SLUICE_TEST_PYTHON'] ?? 'python3';
const hasPython = spawnSync(python, ['-c', 'import snowflake.connector']).status === 0;

/** Set to any value where Go may fetch its modules; building the driver takes a minute or two. */
const hasGo = process.env['SLUICE_TEST_GO'] !== undefined;

/** The same for Java and Maven. */
const hasJava = process.env['SLUICE_TEST_JAVA'] !== undefined;

/** Milliseconds for a conversation, in which a statement is held twice. */
const PATIENCE = HELD * 2_000 + 60_000;

/** Starts a relay, lets a program have the conversation with it, and answers what the program saw. */
async function converse(command: string, args: readonly string[]) {
  const gate = conversation();
  const relay = await startScriptedRelay(gate.run, { options: { holdMs: HELD * 200 } });
  try {
    const { stdout } = await run(command, [...args, String(relay.port)], {
      env: { ...process.env, NO_PROXY: '127.0.0.1' },
      timeout: PATIENCE,
    });
    await expect.poll(() => gate.cancelled.length).toBe(1);
    return { saw: JSON.parse(stdout) as unknown, seen: gate.seen };
  } finally {
    await relay.close();
  }
}

const common = {
  held: 'released',
  inserted: 1,
  insertedMany: 3,
  many: 200_000,
  manyInOrder: true,
};

it.skipIf(!hasPython)('the Python connector', { timeout: PATIENCE + 30_000 }, async () => {
  const { saw, seen } = await converse(python, [here('python_driver.py')]);
  expect(saw).toEqual({
    ...common,
    types: [
      42,
      '-12.50',
      1.5,
      'Zoë',
      true,
      '2024-01-01',
      '12:34:56.123456',
      '2024-01-01T00:00:00.123456',
      '2024-01-01T02:00:00+02:00',
      'cafe',
      '{"a":[1,null]}',
      null,
    ],
    cancelled: 'ABORTED',
    blocked: [3001, '42501', true],
    described: ['I', 'D', 'F', 'S', 'B', 'DT', 'TM', 'TS', 'TZ', 'BN', 'V', 'N'],
    async: 'released',
    pat: '1',
    invalidToken: 390303,
  });
  // Once synchronously, once asynchronously: no poll and no retry ran it again.
  expect(seen.filter(({ sql }) => sql === 'SELECT held')).toHaveLength(2);
});

it.skipIf(!hasGo)('gosnowflake', { timeout: PATIENCE + 300_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-go-'));
  try {
    const program = join(directory, 'go-driver');
    await run('go', ['build', '-o', program, '.'], { cwd: here('go-driver') });
    const { saw, seen } = await converse(program, []);
    expect(saw).toEqual({
      ...common,
      types: [
        42,
        -12.5,
        1.5,
        'Zoë',
        true,
        '2024-01-01',
        '12:34:56.123456789',
        '2024-01-01T00:00:00.123456789Z',
        '2024-01-01T02:00:00+02:00',
        'cafe',
        '{"a":[1,null]}',
        false,
      ],
      cancelled: true,
      blocked: [3001, '42501'],
      invalidToken: [390303, '08004'],
    });
    expect(seen.filter(({ sql }) => sql === 'SELECT held')).toHaveLength(1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it.skipIf(!hasJava)('JDBC', { timeout: PATIENCE + 300_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-jdbc-'));
  try {
    await cp(here('jdbc-driver'), directory, { recursive: true });
    const goals = ['compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath.txt'];
    await run('mvn', ['-q', '-B', ...goals], { cwd: directory });
    const jars = (await readFile(join(directory, 'classpath.txt'), 'utf8')).trim();
    const classpath = `${join(directory, 'target', 'classes')}:${jars}`;
    const { saw, seen } = await converse('java', ['-cp', classpath, 'Conversation']);
    expect(saw).toEqual({
      ...common,
      types: [
        42,
        -12.5,
        1.5,
        'Zoë',
        true,
        '2024-01-01',
        '2024-01-01 00:00:00.123456789',
        'CAFE',
        '{"a":[1,null]}',
        true,
      ],
      cancelled: [604, '57014'],
      blocked: [3001, '42501'],
      invalidToken: [390303, '08001'],
    });
    expect(seen.filter(({ sql }) => sql === 'SELECT held')).toHaveLength(1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
