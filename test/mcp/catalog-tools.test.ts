import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../relay/src/errors.ts';
import type { BrowsedColumn, CatalogBrowser } from '../../relay/src/gate.ts';
import { shown } from '../../relay/src/text/index.ts';
import { explained, runner, startTools, type Tools } from './in-memory-tools.ts';

let world: Tools;
let client: Client;
/** What the catalog was asked, in order. */
let asked: unknown[];
beforeEach(async () => {
  world = await startTools();
  world.catalog = catalogOf({});
  client = await world.connect('auto');
  asked = [];
});
afterEach(async () => {
  await client.close();
  await world.close();
});

function catalogOf(parts: Partial<CatalogBrowser>): CatalogBrowser {
  const nothing = async () => {
    throw new TypeError('nobody looks there');
  };
  return { databases: nothing, schemas: nothing, objects: nothing, object: nothing, ...parts };
}

async function call(name: string, given: Record<string, unknown>) {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: given });
  const said = (content as readonly { readonly text: string }[]).map(({ text }) => text);
  return { view: structuredContent as Record<string, unknown> | undefined, isError: isError ?? false, said };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `DB${index + 1}`);

describe('list_tables', () => {
  it('lists the databases, for whoever is signed in', async () => {
    world.catalog = catalogOf({ databases: async () => ['SHOP', 'SANDBOX'] });
    const { view, said, isError } = await call('list_tables', {});
    expect(isError).toBe(false);
    expect(view).toEqual({ databases: ['SHOP', 'SANDBOX'], next: null });
    expect(said).toEqual(['SHOP, SANDBOX', JSON.stringify(view)]);
    expect(world.calls).toEqual([
      { browse: false, who: runner.id, address: '127.0.0.1', agent: 'test-agent' },
    ]);
  });

  it('lists the schemas of a database', async () => {
    world.catalog = catalogOf({
      schemas: async (database) => {
        asked.push(database);
        return ['PUBLIC'];
      },
    });
    const { view, said } = await call('list_tables', { database: 'SHOP' });
    expect(asked).toEqual(['SHOP']);
    expect(view).toEqual({ schemas: ['PUBLIC'], next: null });
    expect(said[0]).toBe('PUBLIC');
  });

  it('lists the tables of a schema page by page, and says how to go on', async () => {
    const name = (of: string) => ({ database: 'SHOP', schema: 'PUBLIC', name: of });
    world.catalog = catalogOf({
      objects: async (schema, page) => {
        asked.push([schema, page]);
        return page.after === null
          ? { objects: [{ name: name('CUSTOMERS'), type: 'table' }], next: 'CUSTOMERS' }
          : { objects: [{ name: name('OVERVIEW'), type: 'view' }], next: null };
      },
    });
    const place = { database: 'SHOP', schema: 'PUBLIC' };
    const first = await call('list_tables', place);
    expect(first.view).toEqual({ tables: [{ name: 'CUSTOMERS', type: 'table' }], next: 'CUSTOMERS' });
    expect(first.said[0]).toBe('CUSTOMERS; there are more: call list_tables with `after`');
    const second = await call('list_tables', { ...place, after: 'CUSTOMERS' });
    expect(second.view).toEqual({ tables: [{ name: 'OVERVIEW', type: 'view' }], next: null });
    expect(second.said[0]).toBe('OVERVIEW');
    expect(asked).toEqual([
      [place, { after: null, most: 200 }],
      [place, { after: 'CUSTOMERS', most: 200 }],
    ]);
  });

  it.each([
    ['databases', {}, 'no database that you may know of'],
    ['schemas', { database: 'SHOP' }, 'no schema that you may know of'],
    ['objects', { database: 'SHOP', schema: 'PUBLIC' }, 'no table or view that you may know of'],
  ])('says that there are none of the %s', async (_, place, sentence) => {
    world.catalog = catalogOf({
      databases: async () => [],
      schemas: async () => [],
      objects: async () => ({ objects: [], next: null }),
    });
    expect((await call('list_tables', place)).said[0]).toBe(sentence);
  });

  it('names twenty in its sentence, each at a length that can be read, and counts the others', async () => {
    world.catalog = catalogOf({ databases: async () => numbered(20) });
    expect((await call('list_tables', {})).said[0]).toBe(numbered(20).join(', '));
    world.catalog = catalogOf({ databases: async () => numbered(23) });
    const { view, said } = await call('list_tables', {});
    expect(said[0]).toBe(`${numbered(20).join(', ')}, and 3 more`);
    expect(view?.['databases']).toHaveLength(23);
    world.catalog = catalogOf({ databases: async () => ['X'.repeat(200)] });
    const [long = ''] = (await call('list_tables', {})).said;
    expect(long.length).toBeGreaterThan(70);
    expect(long.length).toBeLessThan(130);
  });

  it.each([
    ['an empty name', { database: '' }],
    ['a name that is too long', { database: 'X'.repeat(256) }],
    ['what it does not know', { catalog: 'SHOP' }],
  ])('refuses %s', async (_, given) => {
    const { isError } = await call('list_tables', given);
    expect(isError).toBe(true);
    expect(world.calls).toEqual([]);
  });

  it('takes the longest name that there may be', async () => {
    world.catalog = catalogOf({ schemas: async () => ['PUBLIC'] });
    expect((await call('list_tables', { database: 'X'.repeat(255) })).isError).toBe(false);
  });
});

describe('describe_table', () => {
  const place = { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' };

  const column = (name: string, more: Partial<BrowsedColumn> = {}): BrowsedColumn => ({
    name,
    type: 'VARCHAR(16777216)',
    nullable: true,
    tags: [],
    mask: null,
    maskedBy: [],
    ...more,
  });
  const masked = (name: string, method: 'redact' | 'tokenize') =>
    column(name, { mask: { method, because: 'PII', rule: 'masks' }, tags: [{ tag: 'PII' }] });

  function described(
    columns: readonly BrowsedColumn[],
    decision: Parameters<typeof explained>[0] = { effect: 'allow' },
  ): void {
    world.catalog = catalogOf({
      object: async (name, id) => {
        asked.push([name, id]);
        return { type: 'table', decision: explained(decision).decision, columns, reads: [] };
      },
    });
  }

  it('says which columns there are, and what is masked of them', async () => {
    described([column('ID', { nullable: false }), masked('EMAIL', 'tokenize'), masked('NAME', 'redact')], {
      effect: 'mask',
    });
    const { view, said, isError } = await call('describe_table', place);
    expect(isError).toBe(false);
    expect(asked).toEqual([[place, 'new-id']]);
    expect(said).toEqual(['3 columns, masked: EMAIL (tokenize), NAME (redact)', JSON.stringify(view)]);
    expect(view).toMatchObject({
      ...place,
      version: 1,
      type: 'table',
      select: { effect: 'mask', rule: 'read' },
      columns: [
        { name: 'ID', nullable: false, tags: [], mask: null },
        { name: 'EMAIL', tags: [{ tag: 'PII' }], mask: { method: 'tokenize', because: 'PII' } },
        { name: 'NAME' },
      ],
    });
  });

  it('says that nothing is masked', async () => {
    described([column('ID')]);
    expect((await call('describe_table', place)).said[0]).toBe('1 column, none of them masked');
  });

  it.each(['block', 'ask'] as const)('says why all of it would not run unasked (%s)', async (effect) => {
    described([column('ID'), column('NAME')], { effect, reason: shown`only owners` });
    expect((await call('describe_table', place)).said[0]).toBe(
      '2 columns; SELECT of all of them would not run unasked: only owners',
    );
  });

  it('names what Snowflake masks itself', async () => {
    described([
      column('ID'),
      column('CARD', { maskedBy: ['SHOP.PUBLIC.CARDS'] }),
      column('IBAN', { maskedBy: ['SHOP.PUBLIC.IBANS'] }),
    ]);
    const { said, view } = await call('describe_table', place);
    expect(said[0]).toBe('3 columns, none of them masked; masked by Snowflake itself: CARD, IBAN');
    expect(view?.['columns']).toMatchObject([{}, { maskedBy: ['SHOP.PUBLIC.CARDS'] }, {}]);
  });

  it('answers what cannot be looked at as an error, with what to do next', async () => {
    world.catalog = catalogOf({
      object: async () => {
        throw new SluiceError('statement_failed', 'there is no such table', { advice: 'see list_tables' });
      },
    });
    expect(await call('describe_table', place)).toMatchObject({
      isError: true,
      said: ['there is no such table; see list_tables'],
    });
    expect(world.unexpected).toEqual([]);
  });

  it.each([
    ['without a schema', { database: 'SHOP', name: 'CUSTOMERS' }],
    ['with an empty name', { ...place, name: '' }],
    ['with what it does not know', { ...place, catalog: 'X' }],
  ])('refuses a place %s', async (_, given) => {
    expect((await call('describe_table', given)).isError).toBe(true);
    expect(world.calls).toEqual([]);
  });
});
