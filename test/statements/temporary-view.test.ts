import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient, nextPending } from '../support/api.ts';
import { signIn, type Wire } from '../support/wire.ts';

let demo: Demo;
let ada: Wire;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  ada = await signIn(demo.relay.url, await demo.tokenFor('ada'));
});
afterAll(() => demo.close());

async function rowsOf(sql: string, wire = ada): Promise<unknown> {
  const { success, message, data } = await wire.query(sql);
  return success ? data?.['rowset'] : message;
}

it('a temporary view, once it may be made, shows what its query would show: masked, and refused', async () => {
  const create =
    'CREATE TEMPORARY VIEW SCRATCH.OWN AS SELECT ID, EMAIL AS CONTACT, CARD_NUMBER FROM PUBLIC.CUSTOMERS';
  const made = rowsOf(create);
  const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
  await grace.decide(await nextPending(grace), 'approve', '');
  await made;
  const sql = 'SELECT ID, EMAIL, CARD_NUMBER FROM PUBLIC.CUSTOMERS WHERE ID = 7';
  const [direct] = (await rowsOf(sql)) as string[][];
  expect(await rowsOf('SELECT * FROM SCRATCH.OWN WHERE ID = 7')).toEqual([direct]);
  expect(direct?.[1]).toMatch(/^tok_/);
  const guess = "SELECT ID FROM SCRATCH.OWN WHERE CARD_NUMBER LIKE '4%'";
  expect(await rowsOf(guess)).toContain('blocked by rule');
});

it("is its session's own, hides a table of its name, and is gone when it is dropped", async () => {
  const other = await signIn(demo.relay.url, await demo.tokenFor('ada'));
  await rowsOf('CREATE TABLE SCRATCH.HIDDEN (N INT)');
  await rowsOf('CREATE OR REPLACE TEMP VIEW SCRATCH.HIDDEN AS SELECT 7 AS N');
  expect(await rowsOf('SELECT N FROM SCRATCH.HIDDEN')).toEqual([['7']]);
  expect(await rowsOf('SELECT N FROM SCRATCH.HIDDEN', other)).toEqual([]);
  await rowsOf('DROP VIEW SCRATCH.HIDDEN');
  expect(await rowsOf('SELECT N FROM SCRATCH.HIDDEN')).toEqual([]);
});

it('of SCOPED TEMPORARY objects, as Snowpark makes them, each is temporary', async () => {
  await rowsOf('CREATE SCOPED TEMPORARY TABLE SCRATCH.SCOPED_T (N INT)');
  await rowsOf('CREATE SCOPED TEMPORARY VIEW SCRATCH.SCOPED_V AS SELECT N FROM SCRATCH.SCOPED_T');
  const other = await signIn(demo.relay.url, await demo.tokenFor('ada'));
  for (const name of ['SCOPED_T', 'SCOPED_V']) {
    expect(await rowsOf(`SELECT * FROM SCRATCH.${name}`)).toEqual([]);
    expect(await rowsOf(`SELECT * FROM SCRATCH.${name}`, other)).toContain('does not exist');
  }
});
