import { DuckDBInstance } from '@duckdb/node-api';
import { startDemo } from '@sluice/demo';
import { signIn, type Wire, type WireAnswer } from '../test/support/wire.ts';
import { type Benchmark, percentile, timeInTurnAsync } from './benchmark.ts';

const ROWS_IN = 10_000;
const ROWS_OUT = 50_000;
const ROUNDS = 10;

/** Of one row, as drivers bind them (driver protocol, section 4.1). */
const columns: readonly { readonly type: string; readonly of: (row: number) => string }[] = [
  { type: 'FIXED', of: String },
  { type: 'TEXT', of: (row) => `customer "${row}"` },
  { type: 'REAL', of: (row) => String(row / 3) },
  { type: 'TIMESTAMP_NTZ', of: (row) => `${1_704_067_200 + row}000000000` },
  { type: 'FIXED', of: (row) => (row / 100).toFixed(2) },
];
const OUT = { integer: 'I', timestamp: 'T', json: 'V', text: 'S' };

/**
 * Rows on their way in and out of a relay's embedded warehouse, by the driver protocol. In: an INSERT with binds for 10,000 rows,
 * beside an INSERT of one row, and beside the same rows given to a bare DuckDB by its own appender. Out: 50,000 rows of one column,
 * of several types, beside integers.
 */
export const rows: Benchmark = async () => {
  const demo = await startDemo({ customers: 1000, logLevel: 'silent' });
  const bare = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const wire = await signIn(demo.relay.url, await demo.tokenFor('grace'));
    await answered(
      wire.query(
        'CREATE TABLE SHOP.SCRATCH.ROWS_IN (I INT, S VARCHAR, F FLOAT, T TIMESTAMP_NTZ, D NUMBER(12,2))',
      ),
    );
    await answered(
      wire.query(`CREATE TABLE SHOP.SCRATCH.ROWS_OUT AS
        SELECT A.ID * 1000 + B.ID AS I, DATEADD(second, A.ID * 1000 + B.ID, '2024-01-01'::TIMESTAMP_NTZ) AS T,
          OBJECT_CONSTRUCT('id', A.ID, 'tags', ARRAY_CONSTRUCT('a', 'b'), 'name', 'a text of some length') AS V,
          'a text of some length ' || B.ID AS S
        FROM SHOP.PUBLIC.PRODUCTS A, SHOP.PUBLIC.PRODUCTS B LIMIT ${ROWS_OUT}`),
    );
    await bare.run(
      'CREATE TABLE rows_in (i DECIMAL(38, 0), s VARCHAR, f DOUBLE, t TIMESTAMP, d DECIMAL(12, 2))',
    );
    const insert = (count: number) => async () => {
      const answer = await answered(bindInsert(wire, count));
      if (Number((answer.data?.['rowset'] as string[][] | undefined)?.[0]?.[0]) !== count)
        throw new Error('not all rows are there');
    };
    const select = (column: string) => async () => {
      const { data } = await answered(wire.query(`SELECT ${column} FROM SHOP.SCRATCH.ROWS_OUT`));
      if (data?.['total'] !== ROWS_OUT) throw new Error('not all rows came');
      for (const { url } of (data['chunks'] ?? []) as { readonly url: string }[]) {
        const response = await fetch(url, { headers: data['chunkHeaders'] as Record<string, string> });
        await response.arrayBuffer();
      }
    };
    const times = await timeInTurnAsync(
      {
        batch: insert(ROWS_IN),
        single: insert(1),
        appender: async () => append(bare),
        ...Object.fromEntries(Object.entries(OUT).map(([name, column]) => [name, select(column)])),
      },
      ROUNDS,
    );
    const median = (name: string) => percentile(times[name]!, 0.5);
    return {
      name: 'rows',
      figures: {
        boundRowUs: (median('batch') / ROWS_IN) * 1000,
        singleRowUs: median('single') * 1000,
        appendedRowUs: (median('appender') / ROWS_IN) * 1000,
        ...Object.fromEntries(
          Object.keys(OUT).map((name) => [`${name}RowUs`, (median(name) / ROWS_OUT) * 1000]),
        ),
      },
      ratios: {
        boundRowVsSingle: median('batch') / ROWS_IN / median('single'),
        boundRowVsAppender: median('batch') / median('appender'),
        timestampVsInteger: median('timestamp') / median('integer'),
        jsonVsInteger: median('json') / median('integer'),
        textVsInteger: median('text') / median('integer'),
      },
    };
  } finally {
    bare.closeSync();
    await demo.close();
  }
};

async function bindInsert(wire: Wire, count: number): Promise<WireAnswer> {
  const bindings = Object.fromEntries(
    columns.map(({ type, of }, index) => [
      String(index + 1),
      { type, value: Array.from({ length: count }, (_, row) => of(row)) },
    ]),
  );
  const sqlText = 'INSERT INTO SHOP.SCRATCH.ROWS_IN VALUES (?, ?, ?, ?, ?)';
  return await wire.post(`/queries/v1/query-request?requestId=${crypto.randomUUID()}`, { sqlText, bindings });
}

async function append(connection: Awaited<ReturnType<DuckDBInstance['connect']>>): Promise<void> {
  const appender = await connection.createAppender('rows_in');
  for (let row = 0; row < ROWS_IN; row += 1) {
    appender.appendVarchar(columns[0]!.of(row));
    appender.appendVarchar(columns[1]!.of(row));
    appender.appendDouble(row / 3);
    appender.appendVarchar(new Date(1_704_067_200_000 + row * 1000).toISOString());
    appender.appendVarchar(columns[4]!.of(row));
    appender.endRow();
  }
  appender.closeSync();
}

async function answered(asked: Promise<WireAnswer>): Promise<WireAnswer> {
  const answer = await asked;
  if (!answer.success) throw new Error(answer.message ?? 'refused');
  return answer;
}
