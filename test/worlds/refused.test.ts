import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '@sluice/relay/warehouse';
import { type Answer, wasAllowed } from './answer.ts';
import { order } from './order.ts';
import { REFUSED } from './refused/index.ts';
import { demoPolicy, openWarehouse, worldRelay, type WorldSession } from './relay-in-process.ts';

let warehouse: Warehouse;
let session: WorldSession;
beforeAll(async () => {
  warehouse = await openWarehouse({ customers: 50 });
  session = await worldRelay({ warehouse, policy: await demoPolicy(), floor: true }).openSession('ada');
  await session.send(order('CREATE TABLE SHOP.SCRATCH.NOTES (ID NUMBER, TEXT VARCHAR)'));
  await session.send(order('CREATE TABLE SHOP.SCRATCH.PEOPLE_OF_OURS (ID NUMBER, EMAIL VARCHAR)'));
});
afterAll(async () => {
  await session.close();
  await warehouse.close();
});

const decisionOf = ({ events }: Answer) => {
  const decision = events.find((event) => event.type === 'decision');
  if (decision === undefined) throw new Error('nothing was decided');
  return decision;
};
const answerTo = async (sql: string) => (await session.send(order(sql)))[0]!;

describe('what is refused says where, why, and how it passes', () => {
  it.each(REFUSED)('$sql', async ({ sql, names, advice, instead }) => {
    const decision = decisionOf(await answerTo(sql));
    expect(['block', 'ask']).toContain(decision.effect);
    expect(decision.reason).toContain(names);
    expect(decision.advice).toContain(advice);
    expect(decision.reason).not.toContain(decision.advice);
    // What is told as advice is advice, not once more what the statement is.
    expect(decision.sentence).not.toContain(decision.advice);
    const { start, end } = decision.range;
    expect(sql.slice(start, end)).not.toBe('');

    const passed = await answerTo(instead);
    expect(passed.result.error).toBeNull();
    expect(wasAllowed(passed)).toBe(true);
  });

  it('the client is given the advice apart from the reason', async () => {
    const { result } = await answerTo('SELECT ID, NAME FROM CUSTOMERS ORDER BY NAME');
    expect(result.error).toMatchObject({
      code: 'blocked',
      message:
        'blocked by rule `uses`: SHOP.PUBLIC.CUSTOMERS.NAME is masked (pii.name), and ordering by it (ORDER BY) would tell its values',
      advice: 'order by a column that is not masked, such as an id or a date',
    });
  });

  it('covers what can be refused, and is not a handful', () => {
    expect(REFUSED.length).toBeGreaterThan(60);
  });

  it('of several parts, each is told about', async () => {
    const { result } = await answerTo("SELECT ID FROM CUSTOMERS WHERE NAME LIKE 'A%' ORDER BY IBAN");
    expect(result.error?.advice).toMatch(/^filter and choose by .*; order by a column that is not masked/);
  });
});
