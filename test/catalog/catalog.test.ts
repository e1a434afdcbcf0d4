import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRelayClient, type RelayClient, type StatementView } from '@sluice/contract';
import { type Demo, DEMO_POLICY, startDemo } from '@sluice/demo';
import { catalogCommand } from '../../relay/src/cli/catalog.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
let demo: Demo;
let ada: RelayClient;
let alan: RelayClient;
let mallory: RelayClient;

/** The demo's, in which names of tables are a secret, and Alan of security reads but some of what is in SCRATCH. */
function policyFile(): string {
  const path = join(folder, 'policy.yaml');
  const text = readFileSync(DEMO_POLICY, 'utf8')
    .replace('kinds: [show, describe, use_database,', 'kinds: [use_database,')
    .replace(
      '\nrules:\n',
      "\nrules:\n  - { name: open, effect: allow, when: { groups: [security], kinds: [query], objects: [{ access: [read], names: ['SHOP.SCRATCH.OPEN*'] }] } }\n" +
        "  - { name: views, effect: allow, when: { groups: [developers], kinds: [create_view], flows: [{ tags: ['*'] }] } }\n",
    );
  writeFileSync(path, text);
  return path;
}

async function run(client: RelayClient, sql: string) {
  const done = await client.statements.submit({ body: { sql, wait: 30 } });
  if (done.phase !== 'succeeded') throw new Error(`${sql}: ${JSON.stringify(done)}`);
  return done;
}

const TABLES = Array.from({ length: 12 }, (_, at) => String(at).padStart(2, '0'));

beforeAll(async () => {
  demo = await startDemo({ customers: 20, policy: policyFile() });
  const clientOf = async (subject: string) =>
    createRelayClient({ url: demo.relay.url, token: await demo.tokenFor(subject) });
  [ada, alan, mallory] = await Promise.all([clientOf('ada'), clientOf('alan'), clientOf('mallory')]);
  for (const at of TABLES) {
    await run(ada, `CREATE TABLE SCRATCH.OPEN_${at} (A NUMBER)`);
    await run(ada, `CREATE TABLE SCRATCH.CLOSED_${at} (A NUMBER)`);
  }
  await run(
    ada,
    'CREATE VIEW SCRATCH.PEOPLE AS SELECT ID, EMAIL AS E, PROFILE, 1 AS ONE FROM PUBLIC.CUSTOMERS',
  );
});
afterAll(() => demo.close());

const inPublic = { database: 'SHOP', schema: 'PUBLIC' };
const inScratch = { database: 'SHOP', schema: 'SCRATCH' };

async function pages(client: RelayClient, limit: number) {
  const found: string[][] = [];
  for (let after: string | undefined; ;) {
    const { objects, next } = await client.catalog.objects({ query: { ...inScratch, limit, after } });
    found.push(objects.map(({ name }) => name));
    if (next === null) return found;
    after = next;
  }
}

it('lists databases and schemas', async () => {
  expect(await ada.catalog.databases()).toEqual({ version: 1, databases: ['SHOP'] });
  const { schemas } = await ada.catalog.schemas({ query: { database: 'SHOP' } });
  expect(schemas).toEqual(['INFORMATION_SCHEMA', 'PUBLIC', 'SCRATCH']);
});

it('lists in pages, in the order of names, and each object once', async () => {
  const found = await pages(ada, 5);
  expect(found.map(({ length }) => length)).toEqual([5, 5, 5, 5, 5]);
  const closed = TABLES.map((at) => `CLOSED_${at}`);
  expect(found.flat()).toEqual([...closed, ...TABLES.map((at) => `OPEN_${at}`), 'PEOPLE']);
  await expect(ada.catalog.objects({ query: { ...inScratch, limit: 1_001 } })).rejects.toMatchObject({
    code: 'request_malformed',
  });
});

describe('what no rule lets somebody do anything with', () => {
  it('is not listed, and leaves no gap', async () => {
    const found = await pages(alan, 5);
    expect(found.flat()).toEqual(TABLES.map((at) => `OPEN_${at}`));
    expect(found.map(({ length }) => length)).toEqual([5, 5, 2]);
  });

  it('is answered as what is not there', async () => {
    const refusal = async (name: string) =>
      await alan.catalog.object({ query: { ...inScratch, name } }).catch((error: unknown) => error);
    const [hidden, missing, knownMissing] = await Promise.all(
      ['CLOSED_01', 'NOWHERE', 'OPEN_99'].map(refusal),
    );
    expect(hidden).toMatchObject({ code: 'object_unknown' });
    expect(JSON.stringify(missing)).toBe(JSON.stringify(hidden));
    expect(String(missing)).toBe(String(hidden));
    expect(String(knownMissing)).toBe(String(hidden));
  });

  it.each([
    ['a database', async () => await ada.catalog.schemas({ query: { database: 'NOPE' } })],
    ['a schema', async () => await ada.catalog.objects({ query: { ...inPublic, schema: 'NOPE' } })],
    ['a schema’s database', async () => await ada.catalog.objects({ query: { ...inPublic, database: 'X' } })],
    ['a table', async () => await ada.catalog.object({ query: { ...inPublic, name: 'orders' } })],
  ])('of %s too', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ code: 'object_unknown' });
  });
});

/** What the answer to a `SELECT` says of the decision on it. */
function ofSelect(done: StatementView) {
  if (done.phase === 'failed') return { effect: 'block', rule: done.error.rule };
  if (done.phase !== 'succeeded') throw new Error(done.phase);
  return {
    effect: done.columns.some(({ masked }) => masked !== undefined) ? 'mask' : 'allow',
    columns: done.columns.map((column) => [column.name, column.masked ?? null]),
  };
}

describe('the masks of a table', () => {
  it.each(['ada', 'alan', 'mallory'] as const)('are those of the SELECT that %s runs', async (subject) => {
    const client = { ada, alan, mallory }[subject];
    const { objects } = await client.catalog.objects({ query: inPublic });
    expect(objects.length).toBeGreaterThan(3);
    for (const { name } of objects) {
      const { select, columns } = await client.catalog.object({ query: { ...inPublic, name } });
      const done = await client.statements.submit({
        body: { sql: `SELECT * FROM PUBLIC.${name}`, wait: 30 },
      });
      const told = { ...select, columns: columns.map((column) => [column.name, column.mask]) };
      expect(told).toMatchObject(ofSelect(done));
    }
  });

  it('are of whoever asks', async () => {
    const nameFor = async (client: RelayClient) => {
      const { columns } = await client.catalog.object({ query: { ...inPublic, name: 'CUSTOMERS' } });
      return columns.find(({ name }) => name === 'NAME');
    };
    expect(await nameFor(ada)).toMatchObject({ tags: [{ tag: 'pii.name' }], mask: { method: 'partial' } });
    expect(await nameFor(alan)).toMatchObject({ tags: [{ tag: 'pii.name' }], mask: null });
    const payments = async (client: RelayClient) =>
      (await client.catalog.object({ query: { ...inPublic, name: 'PAYMENTS' } })).select;
    expect(await payments(ada)).toMatchObject({ effect: 'mask' });
    expect(await payments(mallory)).toMatchObject({ effect: 'block', rule: 'contractors-see-no-payments' });
  });

  it('follow a view to what it reads', async () => {
    const { type, columns } = await ada.catalog.object({ query: { ...inScratch, name: 'PEOPLE' } });
    expect(type).toBe('view');
    expect(columns.map(({ name, tags, mask }) => [name, tags, mask?.method])).toEqual([
      ['ID', [], undefined],
      ['E', [{ tag: 'pii.email' }], 'token'],
      [
        'PROFILE',
        [
          { tag: 'pii.email', path: ['contact', 'email'] },
          { tag: 'pii.phone', path: ['contact', 'phone'] },
          { tag: 'pii.national_id', path: ['identity'] },
        ],
        'json',
      ],
      ['ONE', [], undefined],
    ]);
  });
});

it('tells of columns what DESCRIBE TABLE tells', async () => {
  await run(
    ada,
    'CREATE TABLE SCRATCH.OPEN_TYPES (N NUMBER NOT NULL, D NUMBER(12, 2), V VARCHAR, T TIMESTAMP_NTZ, L TIMESTAMP_LTZ, ' +
      'Y DATE, H TIME, B BOOLEAN NOT NULL, X BINARY, F FLOAT, J VARIANT)',
  );
  const { columns } = await alan.catalog.object({ query: { ...inScratch, name: 'OPEN_TYPES' } });
  expect(columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' NOT NULL'}`)).toEqual([
    'N NUMBER(38,0) NOT NULL',
    'D NUMBER(12,2)',
    'V VARCHAR(16777216)',
    'T TIMESTAMP_NTZ(9)',
    'L TIMESTAMP_LTZ(9)',
    'Y DATE',
    'H TIME(9)',
    'B BOOLEAN NOT NULL',
    'X BINARY(8388608)',
    'F FLOAT',
    'J VARIANT',
  ]);
  await run(ada, 'DROP TABLE SCRATCH.OPEN_TYPES');
});

it('shows a temporary table to its own session alone', async () => {
  await run(ada, 'CREATE TEMPORARY TABLE SCRATCH.OPEN_MINE (SECRET_COLUMN NUMBER)');
  const own = await ada.catalog.object({ query: { ...inScratch, name: 'OPEN_MINE' } });
  expect(own.columns).toMatchObject([{ name: 'SECRET_COLUMN' }]);
  const listed = (await pages(ada, 5)).flat();
  expect(listed).toEqual(listed.toSorted());
  expect(listed.filter((name) => name === 'OPEN_MINE')).toHaveLength(1);
  for (const other of [alan, mallory]) {
    expect((await pages(other, 1_000)).flat()).not.toContain('OPEN_MINE');
    const asked = other.catalog.object({ query: { ...inScratch, name: 'OPEN_MINE' } });
    await expect(asked).rejects.toMatchObject({ code: 'object_unknown' });
  }
});

it('puts on its person’s record what was looked at', async () => {
  await ada.catalog.objects({ query: inScratch });
  const { sessions } = await ada.sessions.list();
  const seen: string[] = [];
  for (const { session } of sessions) {
    for await (const event of await ada.sessions.events({ params: { id: session } })) {
      if ('body' in event) seen.push(JSON.stringify(event.body));
    }
  }
  expect(seen).toContain('{"type":"notice","what":"catalog","detail":{"at":"SHOP.SCRATCH"}}');
});

describe('sluice catalog', () => {
  const printedBy = async (client: RelayClient, name: string | null, json = false) => {
    const lines: string[] = [];
    await catalogCommand(client, { name, json }, (text) => void lines.push(text));
    return lines;
  };

  it('lists', async () => {
    expect(await printedBy(ada, null)).toEqual(['DATABASE', '────────', 'SHOP']);
    expect(await printedBy(ada, 'shop')).toContain('SCRATCH');
    const [titles, , first] = await printedBy(ada, 'shop.scratch');
    expect([titles, first]).toEqual(['NAME       TYPE', 'CLOSED_00  table']);
    expect(await printedBy(alan, 'SHOP."SCRATCH"', true)).toContain('{"name":"OPEN_00","type":"table"}');
  });

  it('shows a table', async () => {
    const lines = await printedBy(ada, 'shop.public.customers');
    expect(lines.find((line) => line.startsWith('EMAIL'))).toMatch(/^EMAIL +VARCHAR\S* +pii\.email +token$/);
    expect(lines.find((line) => line.startsWith('ID '))).toMatch(/^ID +NUMBER\(38,0\) NOT NULL$/);
    expect(lines.join('\n')).toContain('\nSELECT of this table: mask by shop-read: ');
    const [json] = await printedBy(ada, 'shop.public.customers', true);
    expect(JSON.parse(json!)).toEqual(
      await ada.catalog.object({ query: { ...inPublic, name: 'CUSTOMERS' } }),
    );
  });

  it('says that there is nothing, and what is no name', async () => {
    const nothing = { ...ada.catalog, databases: async () => ({ version: 1 as const, databases: [] }) };
    const lines: string[] = [];
    await catalogCommand({ catalog: nothing }, { name: null, json: false }, (text) => void lines.push(text));
    expect(lines[0]).toBe('there is no database that you may know of');
    await expect(printedBy(ada, 'a.b.c.d')).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(printedBy(ada, 'SHOP.')).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(printedBy(ada, 'shop.nowhere')).rejects.toMatchObject({ code: 'object_unknown' });
  });
});
