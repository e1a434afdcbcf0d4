import { createRelayClient } from '@sluice/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { unpainted } from '../../relay/src/cli/paint.ts';
import { runSql } from '../../relay/src/cli/run-sql.ts';
import { apiClient } from '../support/api.ts';

interface View {
  readonly id: string;
  readonly phase: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly next?: number | null;
  readonly columns?: readonly object[];
  readonly computedOn?: object;
  readonly approval?: { readonly id: string };
  readonly error?: { readonly code: string; readonly message: string };
  readonly changed?: { readonly updated: number };
}

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ customers: 200 });
});
afterAll(() => demo.close());

const as = async (subject: string) => apiClient(demo.relay.url, await demo.tokenFor(subject));
const deciding = async (subject: string) => apiClient(demo.relay.url, await demo.decidingTokenFor(subject));

it('answers rows, masked, page by page', async () => {
  const ada = await as('ada');
  const sql = 'SELECT ID, CARD_NUMBER FROM CUSTOMERS ORDER BY ID';
  const first = await ada.post<View>('/api/statements', { sql, wait: 20 });
  expect(first).toMatchObject({ phase: 'succeeded', next: null });
  expect(first.rows?.[0]).toEqual([1, expect.stringMatching(/^\*{12}\d{4}$/)]);
  const page = await ada.get<View>(`/api/statements/${first.id}?from=10&limit=5`);
  expect(page.rows?.map(([id]) => id)).toEqual([11, 12, 13, 14, 15]);
  expect(page.next).toBe(15);
});

it('says what is masked, and what is computed on something else than values', async () => {
  const ada = await as('ada');
  const because = 'SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)';
  const sql = 'SELECT EMAIL, COUNT(*) AS N, COUNT(DISTINCT EMAIL) AS D FROM CUSTOMERS GROUP BY EMAIL';
  const view = await ada.post<View>('/api/statements', { sql, wait: 20 });
  expect(view.computedOn).toEqual({ on: 'tokens', because });
  const size = { precision: expect.any(Number), scale: 0 };
  expect(view.columns).toEqual([
    {
      name: 'EMAIL',
      type: 'text',
      precision: null,
      scale: null,
      masked: { method: 'token', because, rule: 'masks' },
    },
    { name: 'N', type: 'fixed', ...size },
    { name: 'D', type: 'fixed', ...size, computedOn: { on: 'tokens', because } },
  ]);
  const plain = await ada.post<View>('/api/statements', {
    sql: 'SELECT COUNT(EMAIL) FROM CUSTOMERS',
    wait: 20,
  });
  expect(plain).not.toHaveProperty('computedOn');
  expect(plain.columns?.[0]).not.toHaveProperty('computedOn');
});

it('`sluice sql` says it under the table', async () => {
  const printed: string[] = [];
  const terminal = {
    print: (line: string) => void printed.push(line),
    note: () => {},
    width: null,
    paint: { printed: unpainted, noted: unpainted },
  };
  const relay = createRelayClient({ url: demo.relay.url, token: await demo.tokenFor('ada') });
  const sql = 'SELECT COUNT(DISTINCT NAME) AS N FROM CUSTOMERS GROUP BY EMAIL LIMIT 1';
  await runSql(relay, { sql, as: 'table', onHeld: async () => {} }, terminal);
  expect(printed.slice(2)).toEqual([
    '1',
    '1 row',
    'note: the rows were computed on tokens, because of SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)',
    'note: N was computed on tokens, because of SHOP.PUBLIC.CUSTOMERS.NAME (pii.name)',
  ]);
});

it('gives a handle at once for what waits for people, and the outcome once they have decided', async () => {
  const [ada, grace] = [await as('ada'), await deciding('grace')];
  const sql = "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 3";
  const handle = await ada.post<View>('/api/statements', { sql, prompt: 'mark order 3 as seen', wait: 1 });
  expect(handle).toMatchObject({ phase: 'held', approval: { id: expect.any(String) } });
  const request = (await grace.pending()).find(({ id }) => id === handle.approval?.id);
  await grace.decide(request!, 'approve', '');
  const done = await ada.get<View>(`/api/statements/${handle.id}?wait=20`);
  expect(done).toMatchObject({ phase: 'succeeded', changed: { updated: 1 } });
});

it('says why when it is refused, and cancels', async () => {
  const ada = await as('ada');
  const refused = await ada.post<View>('/api/statements', { sql: 'DROP TABLE CUSTOMERS', wait: 20 });
  expect(refused).toMatchObject({
    phase: 'failed',
    error: { code: 'blocked', message: expect.stringContaining('no-structure') },
  });
  const held = await ada.post<View>('/api/statements', { sql: 'DELETE FROM ORDERS WHERE ID = 5', wait: 1 });
  const response = await fetch(new URL(`/api/statements/${held.id}`, demo.relay.url), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${await demo.tokenFor('ada')}` },
  });
  expect(await response.json()).toMatchObject({ phase: 'failed' });
});

it("hides one person's statements from another", async () => {
  const [ada, alan] = [await as('ada'), await as('alan')];
  const { id } = await ada.post<View>('/api/statements', { sql: 'SELECT 1', wait: 20 });
  expect(await alan.statusOf('GET', `/api/statements/${id}`, undefined)).toBe(410);
});
