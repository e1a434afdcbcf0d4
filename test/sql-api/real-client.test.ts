import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { clientProgram, orSkip } from '../drivers/other-drivers.ts';
import { apiClient } from '../support/api.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ customers: 30_000, logLevel: 'silent' });
});
afterAll(() => demo.close());

/** Of another maker (PyPI: snowflake-sql-api, MIT, kept by hampsterx). */
it('an independent client reads, binds, inserts, polls and cancels', { timeout: 180_000 }, async (test) => {
  const script = fileURLToPath(new URL('client.py', import.meta.url));
  const { command } = orSkip(await clientProgram('sql-api', script), test);
  const running = promisify(execFile)(command, [script, demo.relay.url, await demo.tokenFor('ada')]);
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  const approving = approve(grace);
  const { stdout } = await running;
  await approving;
  const said = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [string, unknown]),
  );
  expect(said).toMatchObject({
    'key pair': ['SnowflakeAuthError', 401, '390303', expect.stringContaining('key pair')],
    types: [
      {
        I: 1,
        D: '1.50',
        T: true,
        F: false,
        N: null,
        DAY: '2024-02-29',
        NTZ: '2024-02-29 12:00:00.500000',
        TIME: '12:34:56.500000',
        B: String.raw`b'\xca\xfe'`,
        V: { a: [1, null] },
        R: 0.5,
      },
    ],
    binds: [7, '1.5', true, null, "it's", '1969-12-31', '1969-12-31 23:59:59.500000'],
    masked: [{ CARD_NUMBER: expect.stringMatching(/^\*{12}\d{4}$/) }],
    inserted: 3,
    read: [
      { A: 1, B: 'x' },
      { A: 2, B: null },
      { A: 3, B: 'z' },
    ],
    rows: [30_000, true, 30_000],
    streamed: 30_000,
    submitted: [{ A: 42 }],
    blocked: ['SnowflakeProgrammingError', 422, '003001', expect.stringContaining('no-structure')],
    use: ['SnowflakeProgrammingError', 422, '000002', expect.stringContaining('multi_statement_count')],
    held: 'RUNNING',
    cancelled: ['SnowflakeProgrammingError', 422, '000604', expect.stringContaining('cancelled')],
    waiting: 'RUNNING',
    approved: [{ 'number of rows updated': 1 }],
  });
  await test.annotate('snowflake-sql-api', 'driver');
});

/** Once it waits: another, which is taken back, does before. */
async function approve(grace: ReturnType<typeof apiClient>): Promise<void> {
  for (;;) {
    const request = (await grace.pending()).find(({ sentence }) => sentence.includes('ORDERS'));
    if (request !== undefined) return void (await grace.decide(request, 'approve', 'fine'));
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}
