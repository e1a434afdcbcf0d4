import { expect, it } from 'vitest';
import { loadPolicy, NO_USAGE } from '../policy/index.ts';
import { ada, sessionOf } from '../approval/testing.ts';
import { between } from '../wildcard.ts';
import type { Page } from '../warehouse/index.ts';
import { browseCatalog } from './browse-catalog.ts';
import type { GateParts } from './parts.ts';
import type { SessionContext } from './session-context.ts';

const { policy } = loadPolicy(`
version: 1
rules:
  - { name: r, effect: allow, when: { objects: [{ access: [read], names: ['SHOP.PUBLIC.*7'] }] } }
`);

/** A warehouse of 3,500 tables, of which every tenth may be known of. `obeys`: it gives no others than were asked for. */
function browse({ obeys = true } = {}) {
  const asked: Page[] = [];
  const names = Array.from({ length: 3_500 }, (_, at) => `T${String(at).padStart(4, '0')}`);
  const schema = { database: 'SHOP', schema: 'PUBLIC' };
  const catalog = {
    databases: async () => ['OTHER', 'SHOP'],
    schemas: async () => ['HR', 'PUBLIC'],
    objects: async (_: unknown, page: Page) => {
      asked.push(page);
      return names
        .filter((name) => page.after === null || name > page.after)
        .filter((name) => !obeys || page.names.some((literals) => between(literals)(name)))
        .slice(0, page.most)
        .map((name) => ({ name: { ...schema, name }, type: 'table' }));
    },
  };
  const parts = {
    now: () => 0,
    confirmIdentity: () => {},
    limits: { checkRecord: () => {}, record: () => {} },
    recorder: { append: async () => {} },
    policy: () => policy!,
    usage: { today: () => NO_USAGE.day },
    classification: { tags: { tagsOf: () => [] } },
    floor: true,
  } as unknown as GateParts;
  const context = {
    warehouse: async () => ({ catalog, surroundings: { state: { role: null } } }),
    returned: { rows: 0, bytes: 0 },
    stopped: new Set(),
  } as unknown as SessionContext;
  return {
    schema,
    asked,
    browser: browseCatalog(parts, sessionOf(ada), context, new AbortController().signal),
  };
}

it('asks the warehouse once a page, for what may be known alone', async () => {
  const { browser, schema, asked } = browse();
  const found: string[] = [];
  const sizes: number[] = [];
  for (let after: string | null = null; ;) {
    const { objects, next } = await browser.objects(schema, { after, most: 200 });
    found.push(...objects.map(({ name }) => name.name));
    sizes.push(objects.length);
    if (next === null) break;
    expect(next).toBe(found.at(-1));
    after = next;
  }
  expect(sizes).toEqual([200, 150]);
  // However many there are between them: how long a page takes would tell.
  expect(asked).toEqual([
    { after: null, most: 201, names: [['', '7']] },
    { after: 'T1997', most: 201, names: [['', '7']] },
  ]);
  expect(found).toEqual(Array.from({ length: 350 }, (_, at) => `T${String(at * 10 + 7).padStart(4, '0')}`));
});

it('shows nothing that a warehouse gives beyond what it was asked for', async () => {
  const { browser, schema } = browse({ obeys: false });
  const { objects, next } = await browser.objects(schema, { after: null, most: 20 });
  expect(objects.map(({ name }) => name.name)).toEqual(['T0007', 'T0017']);
  expect(next).toBeNull();
});

it('has no databases or schemas of which nothing may be known', async () => {
  const { browser } = browse();
  expect(await browser.databases()).toEqual(['SHOP']);
  expect(await browser.schemas('SHOP')).toEqual(['PUBLIC']);
  await expect(browser.schemas('OTHER')).rejects.toMatchObject({ code: 'object_unknown' });
  const hidden = browser.objects({ database: 'SHOP', schema: 'HR' }, { after: null, most: 1 });
  await expect(hidden).rejects.toMatchObject({ code: 'object_unknown' });
});
