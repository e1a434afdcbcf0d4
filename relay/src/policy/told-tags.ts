import type { LoadedObject } from '@sluice/snowflake-sql';
import { type TaggedColumn, UNKNOWN } from './carried.ts';
import type { Policy } from './policy.ts';

/**
 * The tags that the warehouse itself has on an object's columns, as the policy calls them, and MASKING_POLICY for a policy
 * that masks the column there. Where the warehouse could not be asked, every column may be anything.
 */
export function toldTags(
  { importedTags }: Pick<Policy, 'importedTags'>,
  { name, object, governance }: LoadedObject,
): readonly TaggedColumn[] {
  if (governance === undefined || object === null || !('columns' in object)) return [];
  if (governance === 'unknown')
    return object.columns.map((column) => ({ column: { object: name, column: column.name }, tag: UNKNOWN }));
  return governance.flatMap(({ column, tags, maskedBy }) => {
    const found = [
      ...tags.flatMap((tag) => importedTags(tag.name, tag.value)),
      ...maskedBy.flatMap((policy) => importedTags('MASKING_POLICY', policy)),
    ];
    return [...new Set(found)].map((tag) => ({ column: { object: name, column }, tag: { tag } }));
  });
}
