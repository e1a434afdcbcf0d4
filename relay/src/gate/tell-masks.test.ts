import { afterEach, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';

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

async function described(sql: string, more = '', columns = COLUMNS) {
  world = await startGate(more);
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

it('leaves a warehouse’s own answer as it is where it has no such column', async () => {
  expect(await described('DESCRIBE TABLE CUSTOMERS', '', ['name', 'type', 'comment'])).toEqual(
    BATCHES.flat(),
  );
});

it('says nothing where they may not read it: nothing is masked of what is refused', async () => {
  const shut = '  - { name: shut, effect: block, reason: so, when: { kinds: [query] } }\n';
  expect(await described('DESCRIBE TABLE CUSTOMERS', shut)).toEqual(BATCHES.flat());
});

it('rewrites nothing but DESCRIBE, whatever its columns are called', async () => {
  const sql = 'SELECT NAME AS "name", ID AS "type", ID AS "policy name" FROM CUSTOMERS';
  expect(await described(sql)).toEqual(BATCHES.flat());
});
