import type { Occurrence } from './occurrences.ts';
import { type Column, type Shown, wantedFor } from './treatments.ts';

/** A name that means a guarded column, and the column that it is to mean in the text that is made. */
export interface Named extends Occurrence {
  readonly column: Column;
  readonly as: Shown;
  /** The column's own name, or that of one beside it. */
  readonly called: string;
}

export function namedAs(occurrence: Occurrence, column: Column): Named {
  const as = wantedFor(column, occurrence.reads)?.as ?? column.as;
  const beside = column.beside.find((one) => one.as === as);
  return { ...occurrence, column, as, called: beside?.name ?? column.name };
}
