import type { Occurrence } from './occurrences.ts';
import { type Column, type Shown, wantedFor } from './treatments.ts';

/** A name that means a guarded column, and the column that it is to mean in the text that is made. */
export interface Named extends Occurrence {
  readonly column: Column;
  readonly as: Shown;
  /** What it is called where it stands: the column's name, or another one under which it is passed on. */
  readonly own: string;
  /** The same, or the name of a column beside it. */
  readonly called: string;
}

export function namedAs(occurrence: Occurrence, column: Column): Named {
  const as = wantedFor(column, occurrence.reads)?.as ?? column.as;
  const beside = column.beside.find((one) => one.as === as);
  const own = occurrence.through[0]?.output.name ?? column.name;
  return { ...occurrence, column, as, own, called: beside?.name ?? own };
}
