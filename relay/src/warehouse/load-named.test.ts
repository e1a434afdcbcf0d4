import { describe, expect, it } from 'vitest';
import { type CatalogObject, namesIn, type ResolutionContext, split } from '@sluice/snowflake-sql';
import { loadNamed } from './load-named.ts';

const session: ResolutionContext = {
  database: 'SHOP',
  schema: 'PUBLIC',
  variables: new Map([['WHICH', { literal: 'CHOSEN', sources: [] }]]),
  results: new Map(),
};
const namesOf = (sql: string) => namesIn(split(sql));

/** Loads what a text names from a catalog of views, by `SCHEMA.NAME`; whatever is none of them is a table. */
async function load(sql: string, views: Readonly<Record<string, string>> = {}) {
  const asked: string[][] = [];
  const loaded = await loadNamed(
    namesOf(sql),
    session,
    {
      async load(named) {
        asked.push(named.map(({ name }) => `${name.schema}.${name.name}`));
        return named.map(({ name }) => {
          const definition = views[`${name.schema}.${name.name}`];
          const base = { name, version: '1', columns: [] };
          const object: CatalogObject =
            definition === undefined ? { type: 'table', ...base } : { type: 'view', ...base, definition };
          return { name, object };
        });
      },
    },
    namesOf,
  );
  return { asked, loaded };
}

describe('what a text names is loaded', () => {
  it('at once, each name once', async () => {
    const { asked, loaded } = await load('SELECT * FROM A, B, PUBLIC.A JOIN SCRATCH.A USING (X)');
    expect(asked).toEqual([['PUBLIC.A', 'PUBLIC.B', 'SCRATCH.A']]);
    expect(loaded!.objects).toHaveLength(3);
  });

  it('not at all, when it names nothing', async () => {
    const { asked, loaded } = await load('SELECT 1');
    expect({ asked, loaded }).toMatchObject({ asked: [], loaded: { objects: [] } });
  });

  it('with what its views name, in their own schema, once for each level', async () => {
    const { asked, loaded } = await load('SELECT * FROM SCRATCH.V, B', {
      'SCRATCH.V': 'SELECT * FROM A, PUBLIC.W, IDENTIFIER($WHICH)',
      'PUBLIC.W': 'SELECT * FROM B, C',
    });
    expect(asked).toEqual([
      ['SCRATCH.V', 'PUBLIC.B'],
      ['SCRATCH.A', 'PUBLIC.W', 'SCRATCH.CHOSEN'],
      ['PUBLIC.C'],
    ]);
    expect(loaded!.viewCharacters).toBeGreaterThan(50);
  });

  it('with the variables and earlier results that its views name', async () => {
    const { loaded } = await load('SELECT $A FROM V', {
      'PUBLIC.V': 'SELECT $B FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
    });
    expect(loaded).toMatchObject({ variables: new Set(['A', 'B']), results: new Set([-1]) });
  });

  it('where views name each other: that comes to an end', async () => {
    const views = {
      'PUBLIC.V': 'SELECT * FROM W',
      'PUBLIC.W': 'SELECT * FROM V, X',
      'PUBLIC.X': 'SELECT * FROM X',
    };
    const { asked } = await load('SELECT * FROM V', views);
    expect(asked).toEqual([['PUBLIC.V'], ['PUBLIC.W'], ['PUBLIC.X']]);
  });
});

describe('too much is not loaded', () => {
  const many = (length: number) => Array.from({ length }, (_, index) => `T${index}`).join(', ');

  it('of names, whether the text or a view has them', async () => {
    const text = await load(`SELECT 1 FROM ${many(10_000)}`);
    expect(text).toEqual({ asked: [], loaded: null });
    const view = await load('SELECT 1 FROM V', { 'PUBLIC.V': `SELECT 1 FROM ${many(10_000)}` });
    expect(view).toEqual({ asked: [['PUBLIC.V']], loaded: null });
    expect((await load(`SELECT 1 FROM ${many(4_000)}`)).asked).toHaveLength(1);
  });

  it('of views behind views', async () => {
    const views = Object.fromEntries(
      Array.from({ length: 100 }, (_, depth) => [`PUBLIC.V${depth}`, `SELECT * FROM V${depth + 1}`]),
    );
    const { asked, loaded } = await load('SELECT * FROM V0', views);
    expect(loaded).toBeNull();
    expect(asked.length).toBeLessThan(40);
    expect((await load('SELECT * FROM V80', views)).loaded).not.toBeNull();
  });

  it('of a view that nobody can read in time', async () => {
    const object = {
      type: 'view',
      name: { database: 'SHOP', schema: 'PUBLIC', name: 'V' },
      version: '1',
      columns: [],
      definition: 'SELECT 1',
    } as const;
    const catalog = { load: async () => [{ name: object.name, object }] };
    expect(await loadNamed(namesOf('SELECT * FROM V'), session, catalog, () => null)).toBeNull();
  });
});
