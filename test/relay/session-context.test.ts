import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import type { SessionSummary } from '../../relay/src/recording/index.ts';
import { type ApiClient, apiClient } from '../support/api.ts';
import { signIn } from '../support/wire.ts';

interface View {
  readonly id: string;
  readonly phase: string;
  readonly rows?: readonly (readonly unknown[])[];
}

let demo: Demo;
let ada: ApiClient;
let alan: ApiClient;

beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  ada = apiClient(demo.relay.url, await demo.tokenFor('ada'));
  alan = apiClient(demo.relay.url, await demo.decidingTokenFor('alan'));
  // Two tables of one name: which one a statement reads, shows in its answer.
  await run('CREATE TABLE SCRATCH.PRODUCTS AS SELECT 4711 AS ID');
});
afterAll(() => demo.close());

it('decides a statement in the state that it runs in, whatever is sent beside it', async () => {
  const [inShop, inScratch] = ['SHOP.PUBLIC.PRODUCTS', 'SHOP.SCRATCH.PRODUCTS'];
  const sent: Promise<View>[] = [];
  for (let round = 0; round < 20; round += 1) {
    sent.push(run(`USE SCHEMA ${round % 2 === 0 ? 'SCRATCH' : 'PUBLIC'}`, 'at-once'));
    sent.push(run('SELECT MAX(ID) FROM PRODUCTS', 'at-once'));
  }
  const answers = await Promise.all(sent);
  expect(answers.map(({ phase }) => phase)).toEqual(answers.map(() => 'succeeded'));

  const meant = await meaningsOf();
  const read = answers.filter((_, index) => index % 2 === 1);
  for (const { id, rows } of read)
    expect({ id, read: meant.get(id) }).toEqual({
      id,
      read: String(rows?.[0]?.[0]) === '4711' ? inScratch : inShop,
    });
  expect(new Set(read.map(({ id }) => meant.get(id)))).toEqual(new Set([inShop, inScratch]));
});

it.each([
  ['USE SCHEMA SCRATCH', 'SELECT MAX(ID) <> 4711 FROM PRODUCTS', true],
  ["SET V = 'PUBLIC.ORDERS'", 'SELECT $V', false],
  ['DROP TABLE SCRATCH.PRODUCTS', 'SELECT COUNT(*) = 1 FROM SCRATCH.PRODUCTS', true],
])('describes `%s` and changes nothing', async (sqlText, question, isAnswered) => {
  const driver = await signIn(demo.relay.url, await demo.tokenFor('ada'));
  const described = await driver.post(`/queries/v1/query-request?requestId=${randomUUID()}`, {
    sqlText,
    describeOnly: true,
  });
  expect(described.success).toBe(true);
  const { success, data } = await driver.query(question);
  expect({ success, rows: data?.['rowset'] }).toEqual({
    success: isAnswered,
    rows: isAnswered ? [['1']] : undefined,
  });
});

async function run(sql: string, agent = 'setup'): Promise<View> {
  let view = await ada.post<View>('/api/statements', { sql, agent, wait: 20 });
  while (view.phase === 'submitted' || view.phase === 'running')
    view = await ada.get<View>(`/api/statements/${view.id}?wait=10`);
  return view;
}

/** By statement, the object that the record says it was taken to read. */
async function meaningsOf(): Promise<ReadonlyMap<string, string>> {
  const { sessions } = await alan.get<{ sessions: SessionSummary[] }>('/api/sessions?limit=500');
  const found = new Map<string, string>();
  for (const { session } of sessions) {
    for (const event of await alan.events(session)) {
      if (!('body' in event) || event.body.type !== 'understanding') continue;
      const [object] = event.body.objects;
      if (object !== undefined && object.access === 'read') found.set(event.body.statement, object.name);
    }
  }
  expect(found.size).toBeGreaterThan(0);
  return found;
}
