import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { conversation } from './conversation.ts';
import { startScriptedRelay } from './scripted-relay.ts';

/** A Python that has `snowflake-connector-python`; the test is skipped when there is none. */
const python = process.env['SLUICE_TEST_PYTHON'] ?? 'python3';
const installed = spawnSync(python, ['-c', 'import snowflake.connector']).status === 0;

it.skipIf(!installed)('the Python connector has the whole conversation', { timeout: 120_000 }, async () => {
  const gate = conversation();
  const relay = await startScriptedRelay(gate.run, { options: { holdMs: 500 } });
  try {
    const program = fileURLToPath(new URL('python_driver.py', import.meta.url));
    const { stdout } = await promisify(execFile)(python, [program, String(relay.port)], {
      env: { ...process.env, NO_PROXY: '127.0.0.1' },
    });
    expect(JSON.parse(stdout)).toEqual({
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
      held: 'released',
      heldSeconds: expect.any(Number),
      cancelled: 'ABORTED',
      blocked: [3001, '42501', true],
      inserted: 1,
      insertedMany: 3,
      many: 200_000,
      manyInOrder: true,
      described: ['I', 'D', 'F', 'S', 'B', 'DT', 'TM', 'TS', 'TZ', 'BN', 'V', 'N'],
      async: 'released',
      pat: '1',
      invalidToken: 390303,
    });
    expect(gate.cancelled).toHaveLength(1);
    expect(gate.seen.filter(({ sql }) => sql === 'SELECT held')).toHaveLength(2);
  } finally {
    await relay.close();
  }
});
