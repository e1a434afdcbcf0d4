import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';
import { relayBeforeRelay } from './relay-before-relay.ts';

/** A real driver, the relay, and another relay in the place of Snowflake, whose answers are raw. */
let relays: Awaited<ReturnType<typeof relayBeforeRelay>>;
let session: DriverSession;
let raw: DriverSession;
beforeAll(async () => {
  relays = await relayBeforeRelay();
  session = await connectDriver(relays.outer.url, await relays.tokenFor('ada'));
  raw = await connectDriver(relays.inner.relay.url, await relays.inner.tokenFor('ada'));
}, 120_000);
afterAll(async () => {
  await session.close();
  await raw.close();
  await relays.close();
});

const SENSITIVE = ['NAME', 'EMAIL', 'PHONE', 'NATIONAL_ID'];

it('masks what the account gives raw, whole columns in their places', async () => {
  const sql = `SELECT ID, ${SENSITIVE.join(', ')}, COUNTRY FROM CUSTOMERS ORDER BY ID LIMIT 5`;
  const [given, shown] = [await raw.run(sql), await session.run(sql)];
  expect(shown.rows).toHaveLength(5);
  for (const [index, row] of shown.rows.entries()) {
    const before = given.rows[index]!;
    expect([row['ID'], row['COUNTRY']]).toEqual([before['ID'], before['COUNTRY']]);
    for (const column of SENSITIVE) expect(row[column]).not.toBe(before[column]);
  }
});

it('sends the account blanks for what is used, and records both texts with the account’s own id', async () => {
  const sql = 'SELECT MAX(LENGTH(PHONE)) AS LONGEST, COUNT(*) AS N FROM CUSTOMERS';
  const { rows } = await session.run(sql);
  expect(rows).toMatchObject([{ N: 20 }]);
  const lines = (await exported()).split('\n');
  const executed = lines.find((line) => line.includes('"type":"executed"') && line.includes('"sent"'));
  expect(JSON.stringify(executed)).toContain('IFF(');
  expect(executed).not.toContain('MAX(LENGTH(PHONE)) AS LONGEST, COUNT(*) AS N FROM CUSTOMERS"');
  expect(lines.filter((line) => line.includes('"warehouseQueryId"')).length).toBeGreaterThan(0);
});

it('counts, groups and joins by tokens, and gives the masked value of what it groups by', async () => {
  const doubled = 'SELECT COUNT(DISTINCT EMAIL) AS N FROM CUSTOMERS';
  expect((await session.run(doubled)).rows).toEqual((await raw.run(doubled)).rows);
  for (const sql of [
    'SELECT NAME, COUNT(*) AS N FROM CUSTOMERS GROUP BY NAME',
    'WITH q AS (SELECT c.NAME, c.ID FROM CUSTOMERS c) SELECT NAME, COUNT(*) AS N FROM q GROUP BY ALL',
  ]) {
    const [given, shown] = [await raw.run(sql), await session.run(sql)];
    expect(shown.rows).toHaveLength(given.rows.length);
    const names = new Set(given.rows.map((row) => row['NAME']));
    for (const row of shown.rows) expect(names).not.toContain(row['NAME']);
  }
  // The salt of the tokens stands in the account's text, and in no record.
  const own = await exported();
  expect(own).toContain("SHA2('(salt of this statement)'");
  expect(own).not.toMatch(/SHA2\('[0-9a-f]/);
});

/** The session's record as it is exported: a line an event. */
async function exported(): Promise<string> {
  const [summary] = await relays.outer.store.index.sessions({ limit: 1 });
  const output = new PassThrough();
  const read = text(output);
  await relays.outer.exportSession(summary!.session, output);
  return await read;
}

describe('what cannot be kept is not run', () => {
  it.each([
    ['sets of groups have no text', 'SELECT NAME, COUNT(*) FROM CUSTOMERS GROUP BY ROLLUP (NAME)'],
    ['ids are the relay’s', 'SELECT LAST_QUERY_ID()'],
    ['statements in statements', "EXECUTE IMMEDIATE 'SELECT 1'"],
  ])('%s', async (_title, sql) => {
    expect(await errorOf(session.run(sql))).toMatchObject({ code: '000002' });
  });
});
