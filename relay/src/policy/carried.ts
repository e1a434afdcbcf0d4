import { formatColumn, type ColumnFlow, type ColumnRef, type Understanding } from '@sluice/snowflake-sql';
import { flatten } from './flatten.ts';
import type { Policy } from './policy.ts';
import { sensitivityOf } from './sensitivity.ts';
import { sameTag, type ColumnTag, type TagLookup } from './tags.ts';

export interface TaggedColumn {
  readonly column: ColumnRef;
  readonly tag: ColumnTag;
}

/**
 * The tags that a statement's flows, and those of its inner statements, give to the columns they write, beyond
 * what these carry already. Statements in a block feed each other, loops in any order: so it goes on until
 * nothing new is found.
 */
export function carriedTags(
  policy: Policy,
  tags: TagLookup,
  meaning: Understanding,
): readonly TaggedColumn[] {
  const flows = flatten(meaning).flatMap((statement) => (statement.understood ? statement.flows : []));
  const bySource = Map.groupBy(flows, ({ from }) => ('opaque' in from ? '' : formatColumn(from.column)));
  const found = new Map<string, TaggedColumn[]>();
  const known: TagLookup = {
    tagsOf: (column) => [
      ...tags.tagsOf(column),
      ...(found.get(formatColumn(column)) ?? []).map(({ tag }) => tag),
    ],
  };
  // A flow is looked at again only when its source has got another tag: of tags there are not many.
  const due = new Set(flows);
  for (const flow of due) {
    due.delete(flow);
    for (const entry of carriedBy(flow, policy, known)) {
      const column = formatColumn(entry.column);
      const before = found.get(column) ?? [];
      if (before.some((have) => sameTag(have.tag, entry.tag))) continue;
      found.set(column, [...before, entry]);
      for (const next of bySource.get(column) ?? []) due.add(next);
    }
  }
  return [...found.values()].flat();
}

/** A lookup that knows some more tags. */
export function withTags(tags: TagLookup, more: readonly TaggedColumn[]): TagLookup {
  if (more.length === 0) return tags;
  const byColumn = Map.groupBy(more, ({ column }) => formatColumn(column));
  return {
    tagsOf: (column) => [
      ...tags.tagsOf(column),
      ...(byColumn.get(formatColumn(column)) ?? []).map(({ tag }) => tag),
    ],
  };
}

/** Of what nobody could see: carried by what flows from there: no policy has a mask for it, so it is redacted. */
export const UNKNOWN: ColumnTag = { tag: 'unknown' };

function carriedBy({ from, to }: ColumnFlow, policy: Policy, tags: TagLookup): readonly TaggedColumn[] {
  if (to.type !== 'column') return [];
  const { column } = to;
  const already = policy.tagsOf(column, tags);
  return flowing(from, policy, tags)
    .filter((tag) => !already.some((have) => sameTag(have, tag)))
    .map((tag) => ({ column, tag }));
}

function flowing(from: ColumnFlow['from'], policy: Policy, tags: TagLookup): readonly ColumnTag[] {
  if ('opaque' in from) return [UNKNOWN];
  if (from.how === 'counted') return [];
  const sensitive = sensitivityOf(policy, tags, from);
  return from.how === 'direct' ? sensitive : sensitive.map(({ tag }) => ({ tag }));
}
