import type { Policy, TagLookup } from '../policy/index.ts';
import type { Catalog, ColumnRef, ObjectName, Understood } from '@sluice/snowflake-sql';

/**
 * Whether approvers may see a statement's bound values: not when one may be a value of a sensitive column,
 * compared with it or written into its table.
 */
export function bindsMayBeShown(
  policy: Policy,
  tags: TagLookup,
  understanding: Understood,
  catalog: Catalog,
): boolean {
  const isSensitive = (column: ColumnRef) => policy.tagsOf(column, tags).length > 0;
  const written = understanding.objects
    .filter(({ access }) => access !== 'read')
    .flatMap(({ name }) => columnsOf(catalog, name));
  const inner = understanding.inner.every(
    (one) => one.understood && bindsMayBeShown(policy, tags, one, catalog),
  );
  return inner && ![...understanding.uses.map(({ column }) => column), ...written].some(isSensitive);
}

function columnsOf(catalog: Catalog, name: ObjectName): readonly ColumnRef[] {
  const found = catalog.find(name) ?? null;
  if (found === null || !('columns' in found)) return [];
  return found.columns.map((column) => ({ object: name, column: column.name }));
}
