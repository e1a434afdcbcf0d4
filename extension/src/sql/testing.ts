import type { CatalogObjectView } from '@sluice/contract';
import type { CatalogMemory } from './catalog.ts';

/** SHOP.PUBLIC: customers, whose e-mail and name are masked, orders, and a view of both. */
const column = (
  name: string,
  type: string,
  tag?: string,
  method = 'token',
): CatalogObjectView['columns'][number] => ({
  name,
  type,
  nullable: true,
  tags: tag === undefined ? [] : [{ tag }],
  mask: tag === undefined ? null : { method, because: `SHOP.PUBLIC.CUSTOMERS.${name} (${tag})` },
});

const object = (
  name: string,
  type: 'table' | 'view',
  columns: CatalogObjectView['columns'],
): CatalogObjectView => ({
  version: 1,
  database: 'SHOP',
  schema: 'PUBLIC',
  name,
  type,
  select: { effect: 'mask', rule: 'shop-read', reason: 'people may read it', policyVersion: 'p' },
  columns,
});

export const OBJECTS: readonly CatalogObjectView[] = [
  object('CUSTOMERS', 'table', [
    column('ID', 'NUMBER(38,0)'),
    column('NAME', 'VARCHAR(16777216)', 'pii.name', 'partial'),
    column('EMAIL', 'VARCHAR(16777216)', 'pii.email'),
    column('COUNTRY', 'VARCHAR(2)'),
  ]),
  object('ORDERS', 'table', [
    column('ID', 'NUMBER(38,0)'),
    column('CUSTOMER_ID', 'NUMBER(38,0)'),
    column('TOTAL', 'NUMBER(12,2)'),
    column('Odd Name', 'DATE'),
  ]),
  object('BUYERS', 'view', [column('ID', 'NUMBER(38,0)'), column('MAIL', 'VARCHAR(16777216)', 'pii.email')]),
];

export const SHOP = { database: 'SHOP', schema: 'PUBLIC' } as const;

/** That catalog, and what was asked of it. */
export function shopCatalog(): CatalogMemory & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    databases: async () => ['SHOP'],
    schemas: async (database) => (database === 'SHOP' ? ['PUBLIC', 'SCRATCH'] : []),
    objects: async (database, schema) =>
      OBJECTS.filter((one) => one.database === database && one.schema === schema).map(({ name, type }) => ({
        name,
        type,
      })),
    async object({ database, schema, name }) {
      asked.push(name);
      return (
        OBJECTS.find((one) => one.database === database && one.schema === schema && one.name === name) ?? null
      );
    },
    forget() {},
  };
}
