import { chunksOf } from '../../relay/src/encoding/testing.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunStatement } from '../../relay/src/gate.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import { shown } from '../../relay/src/text/index.ts';
import { connect, disconnect, execute } from './node-driver.ts';
import {
  column,
  rowsOutcome,
  type ScriptedRelay,
  type ScriptedSettings,
  startScriptedRelay,
} from './scripted-relay.ts';

let relay: ScriptedRelay;

async function start(script: RunStatement, settings?: ScriptedSettings) {
  relay = await startScriptedRelay(script, settings);
  return connect(relay.port);
}

afterEach(async () => relay.close());

describe('results', () => {
  const decoded: readonly [
    type: Parameters<typeof column>[1],
    shape: object,
    cell: string | null,
    value: unknown,
  ][] = [
    ['fixed', { precision: 38, scale: 0 }, '42', 42],
    ['fixed', { precision: 10, scale: 2 }, '-12.50', -12.5],
    ['real', {}, '1e300', 1e300],
    ['text', { length: 16_777_216 }, 'Zoë "quoted"\n', 'Zoë "quoted"\n'],
    ['text', {}, null, null],
    ['boolean', {}, '1', true],
    ['boolean', {}, '0', false],
    ['date', {}, '19723', new Date('2024-01-01T00:00:00Z')],
    ['date', {}, '-1', new Date('1969-12-31T00:00:00Z')],
    ['time', { scale: 9 }, '45296.123456789', '12:34:56'],
    ['timestamp_ntz', { scale: 9 }, '1704067200.123456789', new Date('2024-01-01T00:00:00.123Z')],
    ['timestamp_ltz', { scale: 3 }, '-1.500', new Date('1969-12-31T23:59:58.500Z')],
    ['timestamp_tz', { scale: 9 }, '1704067200.000000000 1560', new Date('2024-01-01T00:00:00Z')],
    ['binary', { length: 8_388_608 }, 'CAFE', Buffer.from([0xca, 0xfe])],
    ['variant', {}, '{"a":[1,null]}', { a: [1, null] }],
    ['array', {}, '[1,2]', [1, 2]],
  ];

  it('are what the driver decodes them to, type by type', async () => {
    const columns = decoded.map(([type, shape], index) => column(`C${index}`, type, shape));
    const connection = await start(async ({ queryId }) =>
      rowsOutcome(queryId, columns, [decoded.map(([, , cell]) => cell)]),
    );
    const { rows } = await execute(connection, 'SELECT everything');
    const values = columns.map(({ name }) => {
      const value = rows[0]![name];
      if (value instanceof Date) return new Date(value.getTime());
      return Buffer.isBuffer(value) ? Buffer.from(value) : value;
    });
    expect(values).toEqual(decoded.map(([, , , value]) => value));
    await disconnect(connection);
  });

  it('of 300,000 rows come in chunks from the relay itself, and their files go with the session', async () => {
    const { readdir } = await import('node:fs/promises');
    const connection = await start(
      async ({ queryId }) =>
        rowsOutcome(queryId, [column('N', 'fixed', { precision: 38, scale: 0 }), column('T', 'text')], [], {
          chunks: (async function* () {
            for (let start = 0; start < 300_000; start += 1000) {
              yield* chunksOf(
                Array.from({ length: 1000 }, (_, i) => [String(start + i), `row ${start + i}`]),
              );
            }
          })(),
        }),
      { spool: { firstBytes: 64 * 1024, chunkBytes: 1024 * 1024 } },
    );
    const { rows } = await execute(connection, 'SELECT many');
    expect(rows).toHaveLength(300_000);
    expect(rows.every((row, index) => row['N'] === index && row['T'] === `row ${index}`)).toBe(true);
    expect((await readdir(relay.spoolDirectory)).length).toBeGreaterThan(5);
    await disconnect(connection);
    expect(await readdir(relay.spoolDirectory)).toEqual([]);
  });

  it('with what Sluice says of its columns are read as ever', async () => {
    const computedOn = { on: 'tokens', because: shown`SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)` } as const;
    const columns = [
      { ...column('EMAIL', 'text'), masked: { method: 'token', because: computedOn.because } },
      { ...column('N', 'fixed', { precision: 18, scale: 0 }), computedOn },
    ];
    const connection = await start(async ({ queryId }) =>
      rowsOutcome(queryId, columns, [['tok_1', '2']], { computedOn }),
    );
    const { rows, statement } = await execute(connection, 'SELECT EMAIL, COUNT(*) ...');
    expect(rows).toEqual([{ EMAIL: 'tok_1', N: 2 }]);
    expect(statement.getColumns()?.map((one) => [one.getName(), one.getType()])).toEqual([
      ['EMAIL', 'text'],
      ['N', 'fixed'],
    ]);
    await disconnect(connection);
  });

  it('of a statement that changed rows carry the counts', async () => {
    const connection = await start(async ({ queryId }) =>
      rowsOutcome(queryId, [], [], {
        statementTypeId: 0x3400,
        changed: { inserted: 2, updated: 3, deleted: 4 },
      }),
    );
    const { rows, statement } = await execute(connection, 'MERGE');
    expect(rows).toEqual([
      { 'number of rows inserted': 2, 'number of rows updated': 3, 'number of rows deleted': 4 },
    ]);
    expect(statement.getNumUpdatedRows()).toBe(9);
  });
});

describe('errors', () => {
  it.each([
    ['blocked', '003001', '42501', /^SQL access control error:\npayroll is closed\. Ask for it\.$/],
    ['approval_denied', '003001', '42501', /payroll is closed/],
    ['statement_syntax', '001003', '42000', /^SQL compilation error:/],
    ['internal', '370001', 'XX000', /payroll/],
  ] as const)('%s reaches the driver as %s, once', async (code, number, sqlState, message) => {
    let runs = 0;
    const connection = await start(async () => {
      runs += 1;
      throw new SluiceError(code, 'payroll is closed', { advice: 'ask for it' });
    });
    await expect(execute(connection, 'SELECT 1')).rejects.toMatchObject({
      code: number,
      sqlState,
      message: expect.stringMatching(message),
    });
    expect(runs).toBe(1);
  });
});
