import { afterEach, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';
import { chunkOf } from '../encoding/index.ts';

let world: GateWorld;
afterEach(() => world.close());

const COLUMNS = ['name', 'type', 'policy name'];
const BATCHES = [
  [
    ['ID', 'NUMBER(38,0)', null],
    ['EMAIL', 'VARCHAR(100)', null],
  ],
  [['SSN', 'VARCHAR(100)', null]],
];

async function* untouched() {
  yield chunkOf([['untouched']]);
}

async function described(sql: string, more = '', columns = COLUMNS) {
  world = await startGate(more);
  world.warehouse.add({
    type: 'view',
    name: { database: 'SHOP', schema: 'PUBLIC', name: 'SEEN' },
    version: '1',
    columns: ['ID', 'EMAIL', 'SSN'].map((name) => ({ name, type: 'VARCHAR(100)' })),
    definition: 'SELECT ID, EMAIL, SSN FROM SHOP.PUBLIC.CUSTOMERS',
  });
  world.warehouse.answers.set(sql, { columns, batches: BATCHES });
  return (await world.run(world.request(sql))).rows;
}

it.each(['DESCRIBE TABLE SHOP.PUBLIC.CUSTOMERS', 'DESC TABLE CUSTOMERS'])(
  '%s says in every row what is masked for whoever asks, how and why',
  async (sql) => {
    expect(await described(sql)).toEqual([
      ['ID', 'NUMBER(38,0)', null],
      [
        'EMAIL',
        'VARCHAR(100)',
        'masked by Sluice: token, because of SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)',
      ],
      ['SSN', 'VARCHAR(100)', 'masked by Sluice: redact, because of SHOP.PUBLIC.CUSTOMERS.SSN (pii.ssn)'],
    ]);
  },
);

it('says so of a view’s columns, too', async () => {
  const told = (await described('DESCRIBE VIEW SEEN')).map((row) => row[2]);
  expect(told).toEqual([null, expect.stringMatching('token'), expect.stringMatching('redact')]);
});

it.each([
  ['policy name', ['name', 'type', 'comment']],
  ['name', ['called', 'type', 'policy name']],
])('leaves a warehouse’s own answer as it is where it has no column %s', async (_, columns) => {
  expect(await described('DESCRIBE TABLE CUSTOMERS', '', columns)).toEqual(BATCHES.flat());
});

it('says nothing of a table of which nothing is masked', async () => {
  expect(await described('DESCRIBE TABLE ORDERS')).toEqual(BATCHES.flat());
});

it('leaves an answer that is not in JSON as it is', async () => {
  const sql = 'DESCRIBE TABLE CUSTOMERS';
  await described(sql);
  world.warehouse.answers.set(sql, {
    columns: COLUMNS,
    batches: BATCHES,
    more: { encoding: 'arrow', chunks: untouched() },
  });
  const progress = { held: () => {}, running: () => {} };
  const request = world.request(sql, { encoding: 'arrow' });
  const { chunks } = await world.gate.run(request, progress, new AbortController().signal);
  for await (const { bytes } of chunks) expect(Buffer.from(bytes).toString()).toBe('["untouched"]');
});

it('says nothing where they may not read it: nothing is masked of what is refused', async () => {
  const shut = '  - { name: shut, effect: block, reason: so, when: { kinds: [query] } }\n';
  expect(await described('DESCRIBE TABLE CUSTOMERS', shut)).toEqual(BATCHES.flat());
});

it('rewrites nothing but DESCRIBE, whatever its columns are called', async () => {
  const sql = 'SELECT NAME AS "name", ID AS "type", ID AS "policy name" FROM CUSTOMERS';
  expect(await described(sql)).toEqual(BATCHES.flat());
});
