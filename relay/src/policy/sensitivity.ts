import { formatColumn, type ColumnSource } from '@sluice/snowflake-sql';
import type { Policy } from './policy.ts';
import { columnTag, remainingPath, type ColumnTag, type TagLookup } from './tags.ts';

/**
 * The tags of what a source takes of its column: a path that meets a tagged path counts, and what of the
 * tagged path is left inside the value that is taken stays with the tag.
 */
export function sensitivityOf(
  policy: Policy,
  tags: TagLookup,
  source: Pick<ColumnSource, 'column' | 'path'>,
): readonly ColumnTag[] {
  const carried = policy.tagsOf(source.column, tags);
  // A column that has a mask of its own is as sensitive as a tagged one; it goes by its name.
  const named =
    carried.length === 0 && policy.columnMasks.some(({ matches }) => matches(source.column))
      ? [{ tag: formatColumn(source.column) }]
      : [];
  return [...carried, ...named].flatMap(({ tag, path }: ColumnTag) => {
    const inside = remainingPath(path, source.path);
    return inside === null ? [] : [columnTag(tag, inside.length === 0 ? undefined : inside)];
  });
}
