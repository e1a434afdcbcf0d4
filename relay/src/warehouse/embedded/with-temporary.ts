import type { CatalogTable, CatalogView } from '@sluice/snowflake-sql';
import { between } from '../../wildcard.ts';
import { byBytes } from '../by-bytes.ts';
import type { ListedObject, Page, SchemaName } from '../catalog.ts';

/** A page of what all sessions see, with one session's own tables and views in their places. Each hides what has its name. */
export function withTemporary(
  page: readonly ListedObject[],
  own: readonly (CatalogTable | CatalogView)[],
  { database, schema }: SchemaName,
  { after, most, names }: Page,
): readonly ListedObject[] {
  const isAskedFor = names.map(between);
  const here = own.filter(
    ({ name }) =>
      name.database === database &&
      name.schema === schema &&
      (after === null || byBytes(after, name.name) < 0) &&
      isAskedFor.some((matches) => matches(name.name)),
  );
  if (here.length === 0) return page;
  const hidden = new Set(here.map(({ name }) => name.name));
  return [
    ...page.filter(({ name }) => !hidden.has(name.name)),
    ...here.map(({ name, type }) => ({ name, type })),
  ]
    .sort((one, other) => byBytes(one.name.name, other.name.name))
    .slice(0, most);
}
