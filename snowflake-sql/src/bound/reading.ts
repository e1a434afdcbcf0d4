import type { ColumnRef } from '../object-name.ts';

/**
 * What becomes of a value on its way up: how much of it an output shows (from most to least), or that something
 * is decided by it. What a warehouse may put in place of a sensitive column depends on it.
 */
export type Reading =
  /** It is an output, or copied, as it is. */
  | 'direct'
  | 'expression'
  | 'aggregate'
  /** Only how many different values there are. */
  | 'distinct'
  /** Only whether there is a value. */
  | 'counted'
  /** Equal values meet: GROUP BY, DISTINCT, PARTITION BY. */
  | 'group'
  | 'join'
  /** Something is decided by how many different values there are: `HAVING COUNT(DISTINCT EMAIL) > 1`. */
  | 'number'
  /** Anything else is decided by it: a predicate, an order, whether something fails. */
  | 'use';

/** What a value goes through: the same five steps for the flow of values and for rendering. */
export type Step = 'direct' | 'expression' | 'aggregate' | 'distinct' | 'counted';

const SHOWN: readonly Reading[] = ['direct', 'expression', 'aggregate', 'distinct', 'counted'];

/** How an operand is read, of something that is itself read so: by the weaker of the two. */
export function readingThrough(reading: Reading, step: Step): Reading {
  if (step === 'direct') return reading;
  const shown = SHOWN.indexOf(reading);
  if (shown === -1) return step === 'counted' ? 'counted' : step === 'distinct' ? 'number' : 'use';
  return SHOWN[Math.max(shown, SHOWN.indexOf(step))]!;
}

/** What may be read of sensitive columns, as the decision on a statement has it. Columns without a guard are free. */
export type Floor = (column: ColumnRef) => ColumnGuard | null;

export interface ColumnGuard {
  /** The parts of a VARIANT that are sensitive; null when all of the column is. */
  readonly paths: readonly (readonly string[])[] | null;
  /** For these the value itself is read; otherwise a constant of its type, NULL for NULL. */
  readonly raw: ReadonlySet<Reading>;
  /** For these a token of the value, of this session; only where `raw` has not the same. */
  readonly token: ReadonlySet<'group' | 'join'>;
}

/** What becomes of a guarded column where it is read. */
export type Treatment = 'raw' | 'token' | 'blank';

export function treatment({ raw, token }: ColumnGuard, reading: Reading): Treatment {
  // Whether there is a value, a blank tells as well: only who may use the value itself reads it for that.
  if (reading === 'counted') return raw.has('counted') && raw.has('use') ? 'raw' : 'blank';
  // A number of tokens is the number of values, whatever is done with it.
  if (reading === 'number') return raw.has('use') ? 'raw' : token.has('group') ? 'token' : 'blank';
  if (raw.has(reading)) return 'raw';
  if (reading === 'distinct') return token.has('group') || token.has('join') ? 'token' : 'blank';
  if (reading === 'group' || reading === 'join') return token.has(reading) ? 'token' : 'blank';
  return 'blank';
}

/** Nothing is guarded: what tests of the analysis alone run with. */
export const NO_FLOOR: Floor = () => null;
