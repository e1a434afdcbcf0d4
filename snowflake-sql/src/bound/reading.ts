import type { ColumnRef } from '../object-name.ts';

/**
 * How a value is used: how much of it an output shows (from most to least), or whether something is decided by it. This
 * determines what a warehouse may substitute for a sensitive column.
 */
export type Reading =
  /** It is output or copied unchanged. */
  | 'direct'
  | 'expression'
  | 'aggregate'
  /** Only how many different values there are. */
  | 'distinct'
  /** Only whether there is a value. */
  | 'counted'
  /** Equal values are grouped: GROUP BY, DISTINCT, PARTITION BY. */
  | 'group'
  | 'join'
  /** Something is decided by how many different values there are: `HAVING COUNT(DISTINCT EMAIL) > 1`. */
  | 'number'
  /** It decides anything else: a predicate, an order, whether something fails. */
  | 'use';

/** What happens to a value: the same five cases for the flow of values and for rendering. */
export type Step = 'direct' | 'expression' | 'aggregate' | 'distinct' | 'counted';

const SHOWN: readonly Reading[] = ['direct', 'expression', 'aggregate', 'distinct', 'counted'];

/** How an operand is read if the expression is itself read in this way: by the weaker of the two. */
export function readingThrough(reading: Reading, step: Step): Reading {
  if (step === 'direct') return reading;
  const shown = SHOWN.indexOf(reading);
  if (shown === -1) return step === 'counted' ? 'counted' : step === 'distinct' ? 'number' : 'use';
  return SHOWN[Math.max(shown, SHOWN.indexOf(step))]!;
}

/** How sensitive columns may be read, according to the decision on a statement. Columns without a guard are unrestricted. */
export type Floor = (column: ColumnRef) => ColumnGuard | null;

export interface ColumnGuard {
  /** The sensitive parts of a VARIANT; null if the whole column is sensitive. */
  readonly paths: readonly (readonly string[])[] | null;
  /** For these readings the value itself is read; for others, a constant of its type, or NULL for NULL. */
  readonly raw: ReadonlySet<Reading>;
  /** For these readings a token of the value is read, valid within the session; ignored for those in `raw`. */
  readonly token: ReadonlySet<'group' | 'join'>;
}

/** What replaces a guarded column where it is read. */
export type Treatment = 'raw' | 'token' | 'blank';

export function treatment({ raw, token }: ColumnGuard, reading: Reading): Treatment {
  // A blank also shows whether there is a value, so for that the value itself is read only by those who may use it.
  if (reading === 'counted') return raw.has('counted') && raw.has('use') ? 'raw' : 'blank';
  // The number of different tokens equals the number of different values.
  if (reading === 'number') return raw.has('use') ? 'raw' : token.has('group') ? 'token' : 'blank';
  if (raw.has(reading)) return 'raw';
  if (reading === 'distinct') return token.has('group') || token.has('join') ? 'token' : 'blank';
  if (reading === 'group' || reading === 'join') return token.has(reading) ? 'token' : 'blank';
  return 'blank';
}

/** No column is guarded: for tests of the analysis. */
export const NO_FLOOR: Floor = () => null;
