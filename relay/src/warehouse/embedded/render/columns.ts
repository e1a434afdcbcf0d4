import type { BoundColumnReference, BoundTable, Reading } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { typeOfName } from '../types/snowflake-type.ts';
import { quoteName } from './quote.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { renderSource } from './source.ts';

/** @param offset whether it is the offset of a TIMESTAMP_TZ that is wanted (offsets.ts). */
export function renderColumn(
  rendering: Rendering,
  column: BoundColumnReference,
  reading: Reading,
  offset?: true,
): string {
  const { relation: id, index } = column;
  const relation = rendering.relations.get(id);
  if (relation === undefined) throw unsupported('a column of an unknown relation');
  if (relation.kind === 'table' && relation.target) {
    return renderOfTable(rendering, relation, { index, reading, offset }, `r${id}.`);
  }
  const canonical = rendering.guards.canonical(id, index, reading);
  return `r${id}.${rendering.want({ relation: id }, index, canonical, offset)}`;
}

/** A column of a table, as far as it may be read. Of an offset, where it may not, none is told. */
export function renderOfTable(
  rendering: Rendering,
  table: BoundTable,
  { index, reading, offset }: Pick<Wanted, 'index' | 'reading' | 'offset'>,
  prefix = '',
): string {
  const type = table.types[index] ?? '';
  const column = `${prefix}${quoteName(table.columns[index]!.name)}`;
  const guard = rendering.guards.of(table, index);
  if (typeOfName(type).kind !== 'timestamp_tz') return renderSource(column, type, guard, reading);
  if (offset !== true) return renderSource(`struct_extract(${column}, 't')`, type, guard, reading);
  const value = `struct_extract(${column}, 'z')`;
  return renderSource(value, type, guard, reading) === value
    ? value
    : `CASE WHEN ${column} IS NOT NULL THEN 0 END`;
}
