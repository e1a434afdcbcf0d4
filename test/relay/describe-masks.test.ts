import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { connectDriver, type DriverSession } from '../support/driver.ts';

let demo: Demo;
const sessions: DriverSession[] = [];
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'fatal' });
});
afterAll(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  await demo.close();
});

async function policyNames(person: string, sql: string) {
  const session = await connectDriver(demo.relay.url, await demo.tokenFor(person));
  sessions.push(session);
  const { rows } = await session.run(sql);
  return Object.fromEntries(rows.map((row) => [row['name'], row['policy name']]));
}

it('a driver sees in DESCRIBE which columns of a table are masked for its person', async () => {
  const ofAda = await policyNames('ada', 'DESCRIBE TABLE CUSTOMERS');
  expect(ofAda).toMatchObject({
    ID: null,
    CITY: null,
    NAME: 'masked by Sluice: partial, because of SHOP.PUBLIC.CUSTOMERS.NAME (pii.name)',
    EMAIL: 'masked by Sluice: token, because of SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)',
  });
  // Security sees names.
  const ofAlan = await policyNames('alan', 'DESCRIBE TABLE CUSTOMERS');
  expect(ofAlan).toMatchObject({ NAME: null, EMAIL: ofAda['EMAIL'] });
});

it('and of a view, by what it reads', async () => {
  expect(await policyNames('ada', 'DESC VIEW CUSTOMER_OVERVIEW')).toMatchObject({
    CONTACT: 'masked by Sluice: token, because of SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)',
    REVENUE: null,
  });
});

it('and also in a transaction that is open', async () => {
  const session = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
  sessions.push(session);
  await session.run('CREATE TABLE SCRATCH.SENT (ID INT, EMAIL VARCHAR)');
  await session.run('BEGIN');
  await session.run("INSERT INTO SCRATCH.SENT VALUES (1, 'a@b.example')");
  const { rows } = await session.run('DESCRIBE TABLE SCRATCH.SENT');
  expect(rows.map((row) => row['policy name'])).toEqual([null, expect.stringMatching('masked by Sluice')]);
  await session.run('DESCRIBE TABLE ORDERS');
  await session.run('COMMIT');
});
