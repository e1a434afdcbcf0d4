import type { Catalog, ColumnRef, ObjectName, Understood } from '@sluice/snowflake-sql';
import type { GateParts } from './parts.ts';

/**
 * Whether approvers may see a statement's bound values: not when one may be a value of a sensitive column,
 * compared with it or written into its table.
 */
export function bindsMayBeShown(
  parts: Pick<GateParts, 'policy' | 'classification'>,
  understanding: Understood,
  catalog: Catalog,
): boolean {
  const policy = parts.policy();
  const isSensitive = (column: ColumnRef) => policy.tagsOf(column, parts.classification.tags).length > 0;
  const written = understanding.objects
    .filter(({ access }) => access !== 'read')
    .flatMap(({ name }) => columnsOf(catalog, name));
  const inner = understanding.inner.every((one) => one.understood && bindsMayBeShown(parts, one, catalog));
  return inner && ![...understanding.uses.map(({ column }) => column), ...written].some(isSensitive);
}

function columnsOf(catalog: Catalog, name: ObjectName): readonly ColumnRef[] {
  const found = catalog.find(name);
  if (found === undefined || found.type === 'function') return [];
  return found.columns.map((column) => ({ object: name, column: column.name }));
}
