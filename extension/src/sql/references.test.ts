import { describe, expect, it } from 'vitest';
import { referencesIn } from './references.ts';
import { SHOP, shopCatalog } from './testing.ts';

const meaningsOf = async (sql: string) => {
  const found = await referencesIn(sql, SHOP, shopCatalog().object);
  return found.map((one) => {
    const written = sql.slice(one.start, one.end);
    if (one.what === 'object') return `${written}: ${one.object.type} ${one.object.name}`;
    return `${written}: ${one.from.map(({ object, column }) => `${object.name}.${column.name}${column.mask === null ? '' : '!'}`).join(' ')}`;
  });
};

describe('names mean what the binder says that they mean (! is masked)', () => {
  it.each<[string, readonly string[]]>([
    ['select c.email from customers c', ['email: CUSTOMERS.EMAIL!', 'customers: table CUSTOMERS']],
    [
      'select id as email from customers\r\n\twhere "EMAIL" = \'😀\'',
      ['id: CUSTOMERS.ID', 'customers: table CUSTOMERS', '"EMAIL": CUSTOMERS.EMAIL!'],
    ],
    [
      'with q as (select upper(email) m, id from customers) select m, q.id from q',
      [
        'email: CUSTOMERS.EMAIL!',
        'id: CUSTOMERS.ID',
        'customers: table CUSTOMERS',
        'm: CUSTOMERS.EMAIL!',
        'id: CUSTOMERS.ID',
      ],
    ],
    [
      'select x from (select email x from customers union all select country from customers)',
      [
        'x: CUSTOMERS.EMAIL! CUSTOMERS.COUNTRY',
        'email: CUSTOMERS.EMAIL!',
        'customers: table CUSTOMERS',
        'country: CUSTOMERS.COUNTRY',
        'customers: table CUSTOMERS',
      ],
    ],
    ['select mail from shop.public.buyers', ['mail: BUYERS.MAIL!', 'shop.public.buyers: view BUYERS']],
    ['select * from customers', ['customers: table CUSTOMERS']],
    [
      'update customers set email = name where id = 1',
      ['customers: table CUSTOMERS', 'name: CUSTOMERS.NAME!', 'id: CUSTOMERS.ID'],
    ],
    // While it is being written, and where something is not there.
    ['select email from', []],
    ['select email from nowhere', []],
    ['select 1; select 2', []],
  ])('%s', async (sql, expected) => {
    expect((await meaningsOf(sql)).toSorted()).toEqual(expected.toSorted());
  });
});

it('asks for no more objects than a person would name', async () => {
  const catalog = shopCatalog();
  const many = Array.from({ length: 41 }, (_, at) => `t${at}`).join(', ');
  expect(await referencesIn(`select 1 from ${many}`, SHOP, catalog.object)).toEqual([]);
  expect(catalog.asked).toEqual([]);
});
