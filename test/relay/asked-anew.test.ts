import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import type { ApprovalSummary, HeldView } from '@sluice/contract';
import { type ApiClient, apiClient } from '../support/api.ts';
import { connectDriver, type DriverSession } from '../support/driver.ts';

let demo: Demo;
let ada: DriverSession;
let other: DriverSession;
let grace: ApiClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 50, logLevel: 'silent' });
  ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
  other = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
  grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
});
afterAll(() => demo.close());

/** A request other than the last, once its rows are counted. */
async function nextRequest(last: ApprovalSummary | null): Promise<HeldView> {
  for (;;) {
    const request = (await grace.pending()).find(({ id }) => id !== last?.id);
    const view = request && (await grace.get<HeldView>(`/api/approvals/${request.id}`));
    if (view !== undefined && view.estimate !== null) return view;
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

it('one call of a driver waits until people have agreed to what it does, not to what it did when it was sent', async () => {
  await ada.run('CREATE TABLE SCRATCH.TODO AS SELECT 1 AS ID');
  const call = ada.run("UPDATE ORDERS SET STATUS = 'lost' WHERE ID IN (SELECT ID FROM SCRATCH.TODO)");
  const first = await nextRequest(null);
  expect(first).toMatchObject({ estimate: { rows: 1 }, summary: { mayChange: ['SHOP.SCRATCH.TODO'] } });

  await other.run('INSERT INTO SCRATCH.TODO SELECT ID FROM ORDERS WHERE ID BETWEEN 2 AND 40');
  await grace.decide(first.summary, 'approve', 'one row');
  const second = await nextRequest(first.summary);
  expect(second.estimate?.rows).toBe(40);
  expect(second.summary.statement).toBe(first.summary.statement);
  const { rows } = await other.run("SELECT COUNT(*) AS N FROM ORDERS WHERE STATUS = 'lost'");
  expect(rows).toEqual([{ N: 0 }]);

  await grace.decide(second.summary, 'approve', 'all forty');
  const { statement } = await call;
  expect(statement.getNumUpdatedRows()).toBe(40);
});
