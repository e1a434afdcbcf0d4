import type { ColumnReference } from '../tree/query.ts';
import type { Repeat } from './repeats.ts';
import type { NameApart } from './told-apart.ts';

/** A place in the statement that means a column of a reference. */
export interface Occurrence extends NameApart {
  /** The name in the text; null for what a star, USING or NATURAL stands for, and for a key without a name. */
  readonly text: ColumnReference | null;
  readonly repeat: Repeat | null;
  /** Whether another column can be named here. */
  readonly canBeNamed: boolean;
}

export function occurrenceOf(
  name: NameApart,
  repeat: Repeat | null,
  nameAt: (start: number, end: number) => ColumnReference | undefined,
): Occurrence {
  const { start, end } = name.node.at;
  const text = repeat === null ? (nameAt(start, end) ?? null) : null;
  return { ...name, text, repeat, canBeNamed: text !== null || repeat !== null };
}
