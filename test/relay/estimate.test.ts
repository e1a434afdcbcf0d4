import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import type { HeldView } from '@sluice/contract';
import { type ApiClient, apiClient, nextPending } from '../support/api.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';

let demo: Demo;
let ada: DriverSession;
let grace: ApiClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 50, logLevel: 'silent' });
  ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
  grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
});
afterAll(() => demo.close());

it.each([
  ['an UPDATE', () => ada.run('UPDATE ORDERS SET STATUS = ? WHERE ID <= ?', ['x', 7]), 7],
  ['a DELETE', () => ada.run('DELETE FROM ORDERS WHERE ID BETWEEN 1 AND 5'), 5],
  ['an INSERT', () => ada.run("INSERT INTO ORDERS (ID, STATUS) VALUES (9998, 'x'), (9999, 'y')"), 2],
  [
    'an INSERT of a query',
    () => ada.run('INSERT INTO ORDERS (ID) SELECT ID + ? FROM ORDERS WHERE ID < ?', [9000, 4]),
    3,
  ],
  [
    'a MERGE',
    () =>
      ada.run(
        'MERGE INTO ORDERS O USING (SELECT ID FROM ORDERS WHERE ID < ?) S ON O.ID = S.ID WHEN MATCHED THEN UPDATE SET STATUS = ?',
        [5, 'x'],
      ),
    4,
  ],
  [
    'a copy of names',
    () => ada.run('CREATE TABLE SCRATCH.C AS SELECT NAME AS N FROM CUSTOMERS WHERE ID < 4'),
    3,
  ],
  ['a text that runs', () => ada.run("EXECUTE IMMEDIATE 'UPDATE ORDERS SET STATUS = NULL WHERE ID <= 6'"), 6],
])('approvers of %s see how many rows it hits', async (_, run, rows) => {
  const call = errorOf(run());
  const request = await nextPending(grace);
  const view = await viewOnceEstimated(request.id);
  expect(view.estimate?.rows).toBe(rows);
  expect(Date.parse(view.estimate?.at ?? '')).toBeGreaterThan(Date.now() - 600_000);
  await grace.decide(view.summary, 'deny', 'only looking');
  await call;
});

/** The estimate comes after the request: people are told first. */
async function viewOnceEstimated(id: string): Promise<HeldView> {
  const view = await grace.get<HeldView>(`/api/approvals/${id}`);
  if (view.estimate !== null) return view;
  await new Promise((resolve) => {
    setTimeout(resolve, 25);
  });
  return await viewOnceEstimated(id);
}
