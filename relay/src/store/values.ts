import { StoreError } from './store-error.ts';

/** What goes into a column, in either database. */
export type Value = string | number | Uint8Array | null;

/**
 * Lets through what every database keeps as it is. SQLite would keep a NUL in a text and PostgreSQL would not; half a
 * surrogate pair comes back from both as something else; and a number beyond 2^53 is none that JavaScript can tell.
 *
 * @throws StoreError `value`.
 */
export function asValues(parameters: readonly unknown[]): readonly Value[] {
  for (const value of parameters) if (!isKept(value)) throw new StoreError('value');
  return parameters as readonly Value[];
}

function isKept(value: unknown): value is Value {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return value === null || value instanceof Uint8Array;
}
