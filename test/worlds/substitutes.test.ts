import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '@sluice/relay/warehouse';
import { wasAllowed } from './answer.ts';
import { order } from './order.ts';
import { demoPolicy, openWarehouse, worldRelay, type WorldSession } from './relay-in-process.ts';

let warehouse: Warehouse;
let session: WorldSession;
beforeAll(async () => {
  warehouse = await openWarehouse({ customers: 50 });
  session = await worldRelay({ warehouse, policy: await demoPolicy(), floor: true }).openSession('ada');
});
afterAll(async () => {
  await session.close();
  await warehouse.close();
});

const answerTo = async (sql: string) => (await session.send(order(sql)))[0]!;
const rowsOf = async (sql: string) => {
  const answer = await answerTo(sql);
  expect(answer.result.error).toBeNull();
  expect(wasAllowed(answer)).toBe(true);
  return { rows: answer.result.batches.flat(), ...answer };
};
const EMAIL = { on: 'tokens', because: 'SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)' };

describe('tokens', () => {
  it('group and count as the values do, and the record says so', async () => {
    const { rows, events } = await rowsOf(
      'SELECT COUNT(DISTINCT EMAIL) AS N, COUNT(DISTINCT ID) AS IDS, CITY FROM CUSTOMERS WHERE EMAIL IS NOT NULL GROUP BY CITY',
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const [emails, ids] of rows) expect(emails).toBe(ids);
    expect(events.find(({ type }) => type === 'decision')).toMatchObject({
      computedOn: { rows: null, outputs: [{ output: 0, ...EMAIL }] },
    });
    expect(events.find(({ type }) => type === 'result')).toMatchObject({
      columns: [{ masked: false, computedOn: EMAIL }, { masked: false }, { masked: false }],
    });
  });

  it('may be counted to choose and order by, and to calculate with', async () => {
    const cities =
      'SELECT CITY, COUNT(DISTINCT EMAIL) AS N, COUNT(DISTINCT ID) AS IDS FROM CUSTOMERS GROUP BY CITY';
    const { rows, events } = await rowsOf(`${cities} HAVING COUNT(DISTINCT EMAIL) > 2 ORDER BY N DESC, CITY`);
    const counts = rows.map(([, n]) => Number(n));
    expect(rows.map(([, , ids]) => Number(ids))).toEqual(counts);
    expect(new Set(counts).size).toBeGreaterThan(1);
    expect(counts).toEqual(counts.toSorted((one, other) => other - one));
    expect(counts.every((count) => count > 2)).toBe(true);
    expect(events.find(({ type }) => type === 'result')).toMatchObject({ computedOn: EMAIL });
    const doubled = 'SELECT COUNT(*) - COUNT(DISTINCT EMAIL) AS N FROM CUSTOMERS';
    expect((await rowsOf(doubled)).rows).toEqual([['0']]);
  });

  it('are not there for what is made of a column: nothing is grouped by blanks unsaid', async () => {
    const statements = [
      'SELECT COUNT(*) FROM CUSTOMERS GROUP BY UPPER(EMAIL)',
      'SELECT DISTINCT LEFT(NAME, 1) FROM CUSTOMERS',
      'SELECT COUNT(*) FROM CUSTOMERS GROUP BY PROFILE:contact.email',
      'SELECT COUNT(*) FROM CUSTOMERS GROUP BY EMAIL, UPPER(EMAIL)',
      "SELECT * FROM (SELECT EMAIL, ID FROM CUSTOMERS) PIVOT (COUNT(ID) FOR EMAIL IN ('a@b.example'))",
    ];
    const answered: string[] = [];
    for (const sql of statements) if (wasAllowed(await answerTo(sql))) answered.push(sql);
    expect(answered).toEqual([]);
  });

  it('those who decide are told as well', async () => {
    const sql = "SELECT EMAIL, COUNT(DISTINCT NAME) AS N FROM CUSTOMERS WHERE PHONE = '1' GROUP BY EMAIL";
    const [answer] = await session.send({ ...order(sql), approve: true });
    expect(answer!.views[0]).toMatchObject({
      computedOn: [
        { column: null, ...EMAIL },
        { column: 'N', on: 'tokens', because: 'SHOP.PUBLIC.CUSTOMERS.NAME (pii.name)' },
      ],
    });
  });
});

describe('whether there is a value', () => {
  it.each([
    'SELECT COUNT(EMAIL), COUNT(*) - COUNT(EMAIL) FROM CUSTOMERS',
    'SELECT SUM(IFF(PHONE IS NULL, 1, 0)) FROM CUSTOMERS',
    'SELECT COUNT_IF(EMAIL IS NULL), COUNT_IF(NATIONAL_ID IS NOT NULL) FROM CUSTOMERS',
    'SELECT SUM(NVL2(PHONE, 1, 0)) FROM CUSTOMERS',
    'SELECT SUM(CASE WHEN IBAN IS NULL THEN 1 ELSE 0 END) FROM CUSTOMERS',
    'SELECT CITY, COUNT(PHONE), AVG(IFF(PHONE IS NULL, 0, 1)) FROM CUSTOMERS GROUP BY CITY ORDER BY CITY',
    'SELECT COUNT(*) FROM CUSTOMERS WHERE EMAIL IS NULL OR PHONE IS NULL',
  ])('is told as it is: %s', async (sql) => {
    const { rows, events } = await rowsOf(sql);
    const decision = events.find((event) => event.type === 'decision');
    expect(decision).toMatchObject({ effect: 'allow', masks: [] });
    expect(decision).not.toHaveProperty('computedOn');
    expect(rows.flat().every((cell) => cell !== null && cell !== '***')).toBe(true);
  });
});
