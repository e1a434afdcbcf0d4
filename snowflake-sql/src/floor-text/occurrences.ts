import type { BoundColumnReference } from '../bound/index.ts';
import type { ColumnReference } from '../tree/query.ts';
import type { Read } from './reads.ts';
import type { Repeat } from './repeats.ts';
import type { NameApart } from './told-apart.ts';

/** A place in the statement that means a column of a reference. */
export interface Occurrence {
  /** In the copy in which names are told apart. */
  readonly node: BoundColumnReference;
  readonly index: number;
  readonly reads: readonly Read[];
  /** The name in the text; null for what a star, USING or NATURAL stands for, and for a key without a name. */
  readonly text: ColumnReference | null;
  readonly repeat: Repeat | null;
  /** Whether another column can be named here. */
  readonly canBeNamed: boolean;
}

export function occurrenceOf(
  { node, index, reads }: NameApart,
  repeat: Repeat | null,
  nameAt: (start: number, end: number) => ColumnReference | undefined,
): Occurrence {
  const text = repeat === null ? (nameAt(node.at.start, node.at.end) ?? null) : null;
  return { node, index, reads, text, repeat, canBeNamed: text !== null || repeat !== null };
}
