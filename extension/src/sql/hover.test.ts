import { describe, expect, it } from 'vitest';
import { hoverAt } from './hover.ts';
import { SHOP, shopCatalog } from './testing.ts';

async function shown(marked: string, catalog = shopCatalog()) {
  const sql = marked.replace('|', '');
  const hover = await hoverAt(sql, marked.indexOf('|'), SHOP, catalog);
  return hover === null ? null : { on: sql.slice(hover.start, hover.end), said: hover.lines.join('\n') };
}

describe('a name is told about', () => {
  it('as a table, with its columns, types, tags and masks', async () => {
    const hover = await shown('select 1 from\r\n\tcust|omers c');
    expect(hover?.on).toBe('customers');
    expect(hover?.said).toContain('**`SHOP.PUBLIC.CUSTOMERS`** table, 4 columns');
    expect(hover?.said).toContain('| `EMAIL` | `VARCHAR(16777216)` | `pii.email` | $(eye-closed) token |');
  });

  it.each([
    "select '😀', c.em|ail from customers c",
    // Broken as it stands, as while somebody writes.
    'select c.em|ail from customers c where',
    'select email| frm from customers where (',
  ])('as a masked column, with the reason: %s', async (marked) => {
    const hover = await shown(marked);
    expect(hover?.on).toBe('email');
    expect(hover?.said).toContain('**`SHOP.PUBLIC.CUSTOMERS.EMAIL`** `VARCHAR(16777216)`, may be NULL');
    expect(hover?.said).toContain('tags: `pii.email`');
    expect(hover?.said).toContain('$(eye-closed) masked (token)');
  });

  it('as what it is made of', async () => {
    const hover = await shown('with q as (select upper(email) m from customers) select |m from q');
    expect(hover?.said).toContain('**`M`** made of');
    expect(hover?.said).toContain('`SHOP.PUBLIC.CUSTOMERS.EMAIL`');
  });

  it('as a function', async () => {
    expect((await shown('select try_to_|number(a) from t'))?.said).toContain('`TRY_TO_NUMBER(');
  });

  it.each(['sel|ect 1', "select 'ema|il' from customers", 'select nothing| from customers'])(
    'and not where there is nothing to say: %s',
    async (marked) => {
      expect(await shown(marked)).toBeNull();
    },
  );
});

it('what a catalog or a policy says is no Markdown', async () => {
  const catalog = shopCatalog();
  const hostile = async () => {
    const found = (await shopCatalog().object({ ...SHOP, name: 'CUSTOMERS' }))!;
    return {
      ...found,
      select: { ...found.select, reason: '[click](command:evil) <img src=x>' },
      columns: [{ ...found.columns[0]!, name: '`](command:evil)`', type: 'a|b' }],
    };
  };
  const hover = await shown('select 1 from cust|omers', { ...catalog, object: hostile });
  expect(hover?.said).toContain('\\[click\\]\\(command:evil\\) \\<img src=x\\>');
  expect(hover?.said).toContain('`` `](command:evil)` ``');
  expect(hover?.said).toContain('`a b`');
});
