import type { ColumnRef } from '@sluice/snowflake-sql';
import type { ColumnPattern } from './patterns.ts';

/** A tag that a column carries, wholly or at a path inside it. */
export interface ColumnTag {
  readonly tag: string;
  readonly path?: readonly string[];
}

/** Tags that are known from elsewhere than the policy: imported, or carried along by a flow. */
export interface TagLookup {
  tagsOf(column: ColumnRef): readonly ColumnTag[];
}

/** Every tag of a column, from the policy's patterns and from `other`. */
export function tagLookup(
  patterns: readonly TagPattern[],
): (column: ColumnRef, other: TagLookup) => ColumnTag[] {
  const byColumn = Map.groupBy(
    patterns.filter(({ pattern }) => pattern.exactColumn !== null),
    ({ pattern }) => pattern.exactColumn,
  );
  const wild = patterns.filter(({ pattern }) => pattern.exactColumn === null);
  return (column, other) => {
    const matching = [...(byColumn.get(column.column) ?? []), ...wild].filter(({ pattern }) =>
      pattern.matches(column),
    );
    return [...matching.map(({ tag, pattern }) => columnTag(tag, pattern.path)), ...other.tagsOf(column)];
  };
}

export interface TagPattern {
  readonly tag: string;
  readonly pattern: ColumnPattern;
}

export function columnTag(tag: string, path: readonly string[] | undefined): ColumnTag {
  return path === undefined ? { tag } : { tag, path };
}

/**
 * How a tagged path lies to a path that is read: `null` when they never meet; otherwise what of the tagged
 * path is left inside the value that is read (empty: all of the value is tagged).
 */
export function remainingPath(
  tagged: readonly string[] | undefined,
  read: readonly string[] | undefined,
): readonly string[] | null {
  const [inner, outer] = [tagged ?? [], read ?? []];
  const shared = Math.min(inner.length, outer.length);
  for (let index = 0; index < shared; index++) {
    if (inner[index] !== outer[index] && inner[index] !== '*' && outer[index] !== '*') return null;
  }
  return inner.slice(shared);
}

export function sameTag(one: ColumnTag, other: ColumnTag): boolean {
  return one.tag === other.tag && JSON.stringify(one.path ?? []) === JSON.stringify(other.path ?? []);
}
