import { describe, expect, it } from 'vitest';
import type { Page, SchemaName } from '../warehouse/index.ts';
import { objectsAfter, type ObjectsAfter } from './walk-catalog.ts';

const { signal } = new AbortController();

/** A catalog of these names by database and schema; of some of them nothing may be known. */
function catalogOf(databases: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>) {
  const asked: (readonly [place: string, page: Page])[] = [];
  const hidden = new Set<string>();
  const walk = {
    catalog: {
      databases: async () => Object.keys(databases),
      schemas: async (database: string) => Object.keys(databases[database]!),
      async objects(schema: SchemaName, page: Page) {
        asked.push([`${schema.database}.${schema.schema}`, page]);
        return databases[schema.database]![schema.schema]!.filter(
          (name) => page.after === null || name > page.after,
        )
          .slice(0, page.most)
          .map((name) => ({ name: { ...schema, name }, type: 'table' as const }));
      },
    },
    isKnown: ({ database, schema }: { readonly database: string; readonly schema: string | null }) =>
      !hidden.has(schema === null ? database : `${database}.${schema}`),
    namesIn: ({ schema }: SchemaName): Page['names'] => [[`of ${schema}`]],
  };
  return {
    asked,
    hidden,
    async page(after: ObjectsAfter['after'], most: number) {
      const { found, next } = await objectsAfter(walk, { after, most }, signal);
      return { names: found.map(({ name }) => `${name.database}.${name.schema}.${name.name}`), next };
    },
  };
}

describe('a catalog that is gone through', () => {
  const shop = { A: { S: ['T1', 'T2'], T: ['U1'] }, B: { S: ['V1'] } };
  const all = ['A.S.T1', 'A.S.T2', 'A.T.U1', 'B.S.V1'];

  it.each([1, 2, 3, 4, 5])('comes in order, %d a page, each once', async (most) => {
    const { page } = catalogOf(shop);
    const found: string[] = [];
    let after: ObjectsAfter['after'] = null;
    // More pages than there can be.
    for (let times = 0; times < 10; times += 1) {
      const { names, next } = await page(after, most);
      found.push(...names);
      expect(names.length).toBeLessThanOrEqual(most);
      if (next === null) break;
      expect(names.at(-1)).toBe(`${next.database}.${next.schema}.${next.name}`);
      after = next;
    }
    expect(found).toEqual(all);
  });

  it('is asked for what is still wanted, of what may be known, from where the page before ended', async () => {
    const { page, asked } = catalogOf(shop);
    await page({ database: 'A', schema: 'S', name: 'T1' }, 5);
    expect(asked).toEqual([
      ['A.S', { after: 'T1', most: 6, names: [['of S']] }],
      ['A.T', { after: null, most: 5, names: [['of T']] }],
      ['B.S', { after: null, most: 4, names: [['of S']] }],
    ]);
    asked.length = 0;
    await page({ database: 'A', schema: 'T', name: 'U1' }, 1);
    expect(asked.map(([place]) => place)).toEqual(['A.T', 'B.S']);
    asked.length = 0;
    await page({ database: 'B', schema: 'A', name: 'Z' }, 1);
    expect(asked.map(([place]) => place)).toEqual(['B.S']);
  });

  it('is not asked for places of which nothing may be known', async () => {
    const { page, asked, hidden } = catalogOf(shop);
    hidden.add('B').add('A.S');
    expect((await page(null, 5)).names).toEqual(['A.T.U1']);
    expect(asked.map(([place]) => place)).toEqual(['A.T']);
  });

  it('is gone through a hundred schemas at a time, even if they hold nothing', async () => {
    const names = Array.from({ length: 150 }, (_, at) => `S${String(at).padStart(3, '0')}`);
    const schemas = Object.fromEntries(names.map((name) => [name, [] as string[]]));
    schemas['S120'] = ['T'];
    const { page, asked } = catalogOf({ A: schemas, B: { S: ['V'] } });
    const first = await page(null, 5);
    expect(first).toMatchObject({ names: [], next: { database: 'A', schema: 'S099' } });
    expect(asked).toHaveLength(100);
    asked.length = 0;
    const second = await page(first.next, 5);
    expect(second).toEqual({ names: ['A.S120.T', 'B.S.V'], next: null });
    // It begins behind every name of the last one that was looked through.
    expect(asked.slice(0, 2).map(([place]) => place)).toEqual(['A.S099', 'A.S100']);
  });
});
