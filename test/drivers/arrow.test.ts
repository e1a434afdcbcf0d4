import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Binary, Bool, type Data, Int64, Utf8 } from 'apache-arrow';
import { expect, it } from 'vitest';
import { compileMasks, type MaskPlan } from '../../relay/src/masking/index.ts';
import { built, days, decimals, instant, ipc } from '../../relay/src/encoding/arrow/testing.ts';
import type { ResultColumn } from '@sluice/relay/warehouse';
import { orSkip, pythonProgram } from './other-drivers.ts';
import { column, rowsOutcome, startScriptedRelay } from './scripted-relay.ts';

const TOKEN = Buffer.alloc(32, 7);

/** Three chunks of two rows, as a warehouse that sends Arrow would. */
const given: readonly (readonly [
  ResultColumn,
  (chunk: number) => Data,
  MaskPlan['masks'][number]['policy'] | null,
])[] = [
  [
    column('ID', 'fixed', { precision: 38, scale: 0 }),
    (chunk) => built(new Int64(), [BigInt(2 * chunk), BigInt(2 * chunk + 1)]),
    null,
  ],
  [
    column('EMAIL', 'text', { length: 100 }),
    () => built(new Utf8(), ['ada@example.com', null]),
    { method: 'token', domain: 'pii.email' },
  ],
  [
    column('CARD', 'text', { length: 100 }),
    () => built(new Utf8(), ['4111-1111-1111-1111', 'Zoë']),
    { method: 'partial', keepFirst: 0, keepLast: 4 },
  ],
  [column('BORN', 'date'), () => days(19_750, 19_000), { method: 'date', to: 'year' }],
  [
    column('LIMIT', 'fixed', { precision: 38, scale: 2 }),
    () => decimals(2, 123_456n, -1n),
    { method: 'number', step: 1_000 },
  ],
  [
    column('AT', 'timestamp_ntz', { scale: 9 }),
    () =>
      built(instant(['epoch', 'fraction']), [
        { epoch: 1_717_243_200n, fraction: 5 },
        { epoch: -2n, fraction: 500_000_000 },
      ]),
    { method: 'date', to: 'month' },
  ],
  [column('OK', 'boolean'), () => built(new Bool(), [true, false]), { method: 'redact' }],
  [
    column('BYTES', 'binary', { length: 4 }),
    () => built(new Binary(), [Buffer.from('ada'), Buffer.from('bob')]),
    { method: 'token', domain: 'd' },
  ],
  [column('PLAIN', 'text', { length: 100 }), () => built(new Utf8(), ['Łucja', 'Zoë']), null],
];

it('a real driver reads masked Arrow, in the answer and in chunks', { timeout: 120_000 }, async (test) => {
  const { command } = orSkip(await pythonProgram(), test);
  const columns = given.map(([column]) => column);
  const masks = given.flatMap(([, , policy], output) => (policy === null ? [] : [{ output, policy }]));
  const mask = await compileMasks({ encoding: 'arrow', columns, masks }, { token: TOKEN });
  const relay = await startScriptedRelay(async ({ queryId }) =>
    rowsOutcome(queryId, columns, [], {
      encoding: 'arrow',
      chunks: (async function* () {
        for (let chunk = 0; chunk < 3; chunk += 1) {
          const rows = given.map(([column, data]) => ({ column, data: data(chunk) }));
          yield { rowCount: 2, bytes: mask(ipc(rows), 2) };
        }
      })(),
    }),
  );
  try {
    const script = fileURLToPath(new URL('./python/arrow.py', import.meta.url));
    const { stdout } = await promisify(execFile)(command, [script, String(relay.port), 'ada-token']);
    const rows = JSON.parse(stdout) as string[][];
    expect(rows.map(([id]) => id)).toEqual(['0', '1', '2', '3', '4', '5']);
    const [first, second] = rows;
    expect(first).toEqual([
      '0',
      expect.stringMatching(/^tok_[a-z2-7]{20}$/),
      '****-****-****-1111',
      '2024-01-01',
      '1000.00',
      '2024-06-01 00:00:00',
      'None',
      expect.stringMatching(/^[0-9a-f]{8}$/),
      'Łucja',
    ]);
    expect(second?.slice(1, 6)).toEqual(['None', '***', '2022-01-01', '-1000.00', '1969-12-01 00:00:00']);
    expect(stdout).not.toContain('example.com');
  } finally {
    await relay.close();
  }
});
