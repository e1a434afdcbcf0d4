import { describe, expect, it } from 'vitest';
import { type Completion, completionsAt } from './completion.ts';
import { SHOP, shopCatalog } from './testing.ts';

async function at(marked: string, withCatalog = true) {
  const offset = marked.indexOf('|');
  const { items, replace } = await completionsAt(
    marked.replace('|', ''),
    offset,
    SHOP,
    withCatalog ? shopCatalog() : null,
  );
  const of = (kind: Completion['kind']) =>
    items.filter((item) => item.kind === kind).map(({ insert }) => insert);
  return { items, of, replaced: marked.replace('|', '').slice(replace.start, replace.end) };
}

describe('tables', () => {
  it.each([
    'select * from |',
    'select * from cus|',
    'select * from orders o join |',
    'select * from orders, |',
    'update |',
    'delete from |',
    'insert into |',
    'describe table |',
    'select (select 1 from |) from orders',
    "select '😀'\r\n\tfrom |",
  ])('%s', async (marked) => {
    const { of } = await at(marked);
    expect(of('table')).toEqual(['customers', 'orders']);
    expect(of('view')).toEqual(['buyers']);
    expect(of('schema')).toEqual(['public', 'scratch']);
    expect(of('function')).toEqual([]);
  });

  it.each([
    ['select * from shop.|', 'schema', ['public', 'scratch']],
    ['select * from shop.public.|', 'table', ['customers', 'orders']],
    ['select * from public.cu|', 'table', ['customers', 'orders']],
    ['use schema |', 'schema', ['public', 'scratch']],
    ['use database |', 'database', ['shop']],
    ['with q as (select 1) select * from |', 'alias', ['q']],
  ] as const)('%s', async (marked, kind, expected) => {
    expect((await at(marked)).of(kind)).toEqual(expected);
  });
});

describe('columns', () => {
  const customers = ['id', 'name', 'email', 'country'];
  const orders = ['id', 'customer_id', 'total', '"Odd Name"'];
  it.each<[string, readonly string[]]>([
    ['select | from customers', customers],
    ['select id, em| from customers', customers],
    ['select c.| from customers c', customers],
    ['select c.na| from customers as c join orders o on o.customer_id = c.id', customers],
    ['select o.| from customers c join orders o', orders],
    ['select 1 from customers where |', customers],
    ['select 1 from customers where id = 1 and |', customers],
    ['select 1 from customers order by |', customers],
    ['select shop.public.orders.| from shop.public.orders', orders],
    ['update customers set |', customers],
    ['insert into orders (|', orders],
    ['with q as (select id, email as mail from customers) select | from q', ['id', 'mail']],
    ['with q as (select id x from customers) select q.| from q', ['x']],
    ['select d.| from (select total t2 from orders) d', ['t2']],
    [
      'select 1 from orders where id in (select | from customers)',
      [...customers, 'customer_id', 'total', '"Odd Name"'],
    ],
    ['select | from customers union all select 1 from orders', customers],
    ['SELECT | FROM CUSTOMERS', customers.map((name) => name.toUpperCase())],
  ])('%s', async (marked, expected) => {
    const { of } = await at(marked);
    expect([...new Set(of('column'))].toSorted()).toEqual([...new Set(expected)].toSorted());
  });

  it('say their type and how they are masked', async () => {
    const { items } = await at('select em| from customers');
    expect(items.find(({ label }) => label === 'EMAIL')).toMatchObject({
      insert: 'email',
      detail: 'VARCHAR(16777216) · masked: token',
    });
    const { items: through } = await at(
      'with q as (select upper(email) as m from customers) select | from q',
    );
    expect(through.find(({ label }) => label === 'M')?.detail).toContain('masked: token');
  });

  it('replace what has been typed of them', async () => {
    expect((await at('select c.ema| from customers c')).replaced).toBe('ema');
    expect((await at('select c.| from customers c')).replaced).toBe('');
  });
});

describe('words are those that the parser would read on at', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['|', ['select', 'insert into', 'use schema'], ['where', 'from', 'and']],
    [
      'select a from t |',
      ['where', 'join', 'group by', 'order by', 'limit', 'union all'],
      ['select', 'then', 'set'],
    ],
    ['select a from t where a |', ['and', 'is null', 'like', 'in', 'group by'], ['where', 'join', 'from']],
    ['select a |', ['from', 'as'], ['where then', 'then']],
    ['select case when a = 1 |', ['then', 'and'], ['else', 'from']],
    ['delete from t |', ['where'], ['group by', 'limit', 'select']],
    ['update t |', ['set'], ['from', 'where', 'values']],
  ])('%s', async (marked, there, notThere) => {
    const words = (await at(marked, false)).of('keyword');
    expect(words).toEqual(expect.arrayContaining([...there]));
    expect(words.filter((word) => notThere.includes(word))).toEqual([]);
  });
});

it.each([
  "select 'em|' from customers",
  'select 1 -- em|',
  'select /* em| */ 1',
  'select $$ em| $$',
  'select 12|',
])('nothing is proposed in %s', async (marked) => {
  expect((await at(marked)).items).toEqual([]);
});

it('functions are proposed where a value may stand, and nowhere else', async () => {
  expect((await at('select up| from customers', false)).of('function')).toContain('upper');
  expect((await at('select a from t |', false)).of('function')).toEqual([]);
});
