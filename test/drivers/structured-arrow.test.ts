import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, type TestContext } from 'vitest';
import { compileMasks, type MaskPlan } from '../../relay/src/masking/index.ts';
import { clientProgram, orSkip } from './other-drivers.ts';
import { column, rowsOutcome, startScriptedRelay } from './scripted-relay.ts';

const COLUMNS = [
  column('EMAIL', 'text', { length: 100 }),
  column('PLACE', 'object'),
  column('NUMBERS', 'array'),
  column('DAYS', 'object'),
  column('COSTS', 'array'),
];

interface Read {
  readonly table: readonly unknown[][];
  readonly types: readonly string[];
  readonly rows: readonly unknown[][];
  /** What pyarrow wrote, but for the first column. */
  readonly pyarrow: readonly unknown[][];
}

/** What pyarrow writes, masked, as the connector and pyarrow read it. */
async function masked(
  masks: MaskPlan['masks'],
  test: TestContext,
): Promise<Read & { readonly bytes: Buffer }> {
  const { command, args } = orSkip(await clientProgram('connector-5', './python/structured.py'), test);
  const run = async (...more: string[]) => {
    const { stdout } = await promisify(execFile)(command, [...args, ...more], { maxBuffer: 1 << 24 });
    return stdout;
  };
  const bytes = Buffer.from(await run('write'), 'base64');
  const mask = await compileMasks(
    { encoding: 'arrow', columns: COLUMNS, masks },
    { token: Buffer.alloc(32, 7) },
  );
  const given = mask(bytes, 4);
  const relay = await startScriptedRelay(async ({ queryId }) =>
    rowsOutcome(queryId, COLUMNS, [], {
      encoding: 'arrow',
      chunks: (async function* () {
        yield { rowCount: 4, bytes: given };
      })(),
    }),
  );
  try {
    return {
      ...(JSON.parse(await run('read', String(relay.port), 'ada-token')) as Read),
      bytes: Buffer.from(given),
    };
  } finally {
    await relay.close();
  }
}

const email = { output: 0, policy: { method: 'token', domain: 'd' } } as const;

it('structured types pass beside a masked column as they were sent', { timeout: 120_000 }, async (test) => {
  const { table, rows, types, pyarrow, bytes } = await masked([email], test);
  for (const read of [table, rows])
    expect(read.map(([first]) => first)).toEqual([
      expect.stringMatching(/^tok_/),
      null,
      expect.stringMatching(/^tok_/),
      expect.stringMatching(/^tok_/),
    ]);
  expect(table.map(([, ...rest]) => rest)).toEqual(pyarrow);
  expect(types.slice(1)).toEqual([
    'struct<city: string, parts: list<item: struct<n: int32, w: double>>>',
    'list<element: int64>',
    'map<string, date32[day]>',
    'list<element: decimal128(10, 2)>',
  ]);
  expect(rows.map(([, place, numbers]) => [place, numbers])).toEqual(
    pyarrow.map(([place, numbers]) => [place, numbers]),
  );
  // What was written on the fields beside it.
  expect(bytes.includes('c2VjcmV0')).toBe(false);
  expect(bytes.includes('example.com')).toBe(false);
});

it('a structured type that is masked is null, whatever was in it', { timeout: 120_000 }, async (test) => {
  const redact = [1, 2, 3, 4].map((output) => ({ output, policy: { method: 'redact' } as const }));
  const { table, rows, bytes } = await masked(redact, test);
  for (const read of [table, rows]) {
    expect(read.map(([, ...rest]) => rest)).toEqual(
      Array.from({ length: 4 }, () => [null, null, null, null]),
    );
    expect(read.map(([first]) => first)).toEqual([
      'ada@example.com',
      null,
      'bob@example.com',
      'eve@example.com',
    ]);
  }
  expect(bytes.includes('Zoë')).toBe(false);
});
