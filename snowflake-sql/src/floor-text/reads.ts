import type { Reading } from '../bound/index.ts';
import { type ColumnRef, formatColumn } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { ColumnUse, Understood } from '../understanding.ts';

/** One way in which a statement reads a column, and where. */
export interface Read {
  readonly reading: Reading;
  readonly path: readonly string[];
  readonly at: SourceRange;
}

/** How columns are read, by their full names. */
export type Reads = ReadonlyMap<string, { readonly column: ColumnRef; readonly reads: readonly Read[] }>;

/** All column reads of an understanding: the sources of outputs and flows, and uses. */
export function readsOf({ outputs, flows, uses }: Understood): Reads {
  const reads = new Map<string, { readonly column: ColumnRef; readonly reads: Read[] }>();
  const note = (column: ColumnRef, read: Read) => {
    const known = reads.get(formatColumn(column));
    if (known === undefined) reads.set(formatColumn(column), { column, reads: [read] });
    else known.reads.push(read);
  };
  for (const { sources, range } of outputs)
    for (const { column, how, path = [] } of sources) note(column, { reading: how, path, at: range });
  for (const { from, range } of flows)
    if (!('opaque' in from)) note(from.column, { reading: from.how, path: from.path ?? [], at: range });
  for (const use of uses) note(use.column, { reading: readingOf(use), path: use.path ?? [], at: use.range });
  return reads;
}

function readingOf({ as, how }: ColumnUse): Reading {
  if (how === 'distinct') return 'number';
  switch (as) {
    case 'group':
    case 'join':
      // What is made of a value has no token of its own.
      return how === 'direct' ? as : 'use';
    case 'condition':
    case 'count':
      return 'counted';
    case 'compare':
    case 'equal':
    case 'order':
    case 'window':
    case 'aggregate':
    case 'argument':
      return 'use';
    default:
      return as satisfies never;
  }
}

/** Whether the paths are equal, or either is a prefix of the other; `*` matches any step. */
export function overlap(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (one[at] !== other[at] && one[at] !== '*' && other[at] !== '*') return false;
  }
  return true;
}
