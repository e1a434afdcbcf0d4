import { SluiceError } from '../../errors.ts';
import { unsupported } from './errors.ts';
import type { SessionParts } from './session-parts.ts';

/** One change of rows, as it is run. */
export interface RowChange {
  /** Rows that it may change at most; null: any number. */
  readonly most: number | null;
  /** How many it will change, or more, counted beforehand; null when that cannot be told. */
  readonly count: (() => Promise<number>) | null;
  /** Answers how many it changed. */
  readonly run: () => Promise<number>;
}

/**
 * Changes rows, no more than may be: what goes beyond is rolled back, by whoever began the statement's transaction. In a
 * transaction of the client's that would undo what came before, too, so there the rows are counted first, under the same
 * snapshot.
 */
export async function changeRows(parts: SessionParts, change: RowChange): Promise<number> {
  if (parts.transaction?.of === 'client') return await changeWithin(parts, change);
  const changed = await change.run();
  check(changed, change.most);
  return changed;
}

async function changeWithin(parts: SessionParts, { most, count, run }: RowChange): Promise<number> {
  if (most === null) return await noted(parts, run);
  if (count === null) throw unsupported('a number of rows for this statement while a transaction is open');
  check(await count(), most);
  const changed = await noted(parts, run);
  if (changed <= most) return changed;
  // Of what is random another number was counted.
  setChanging(parts, true);
  throw new SluiceError('statement_failed', 'it changed more rows than were counted before it ran', {
    advice: 'it was undone; send one that changes the same rows each time it is run',
  });
}

/** One that does not come to its end has to be undone, whether or not DuckDB says so. */
async function noted(parts: SessionParts, run: RowChange['run']): Promise<number> {
  setChanging(parts, true);
  const changed = await run();
  setChanging(parts, false);
  return changed;
}

function setChanging(parts: SessionParts, isChanging: boolean): void {
  if (parts.transaction !== null) parts.transaction = { ...parts.transaction, isChanging };
}

function check(rows: number, most: number | null): void {
  if (most === null || rows <= most) return;
  const limit = most === 1 ? 'the 1 row' : `the ${most} rows`;
  throw new SluiceError('rows_exceeded', `it would change more than ${limit} that it was approved for`, {
    advice: 'nothing was changed; narrow it, or ask again',
  });
}
