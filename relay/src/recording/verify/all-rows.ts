import { isSluiceError, SluiceError } from '../../errors.ts';
import type { EventsReader, StoredEvent } from '../ports.ts';

/**
 * Every row of the log from a position on, page by page, ordered by position even where positions repeat. If the
 * database cannot read a row, the rows before it come first, and then the error.
 */
export async function* allRows(
  events: Pick<EventsReader, 'page'>,
  from: number | null,
  atOnce: number,
): AsyncGenerator<readonly StoredEvent[]> {
  let [start, skip, limit] = [from, 0, atOnce];
  for (;;) {
    let page: readonly StoredEvent[];
    try {
      page = await events.page({ from: start, skip, limit });
    } catch (error) {
      if (!isUnreadable(error) || limit === 1) throw error;
      limit = Math.ceil(limit / 10);
      continue;
    }
    yield page;
    if (page.length < limit) return;
    const newest = page.at(-1)!.position;
    if (!Number.isSafeInteger(newest) || newest < (start ?? newest)) throw outOfOrder();
    // A table that somebody has made anew may hold a position twice.
    const again = page.length - 1 - page.findLastIndex(({ position }) => position !== newest);
    skip = newest === start ? skip + again : again;
    start = newest;
  }
}

/**
 * How many rows to read at once.
 *
 * @param longest bytes that a row has at most.
 */
export function rowsAtOnce(longest: number): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_BYTES / Math.max(1, longest))));
}

/** Few enough that a page is garbage before it is old, which keeps memory low. */
const MOST_ROWS = 100;
const MOST_BYTES = 32 * 1024 * 1024;

/** A damaged page may lead back to where the reading was. */
function outOfOrder(): SluiceError {
  return new SluiceError('record_unavailable', 'its rows are not in the order of their positions', {
    advice: 'restore the database from a copy',
  });
}

/** Whether a read failed because of what the database holds: a missing table, a damaged page, a number out of range. */
export function isUnreadable(error: unknown): error is SluiceError {
  return isSluiceError(error) && error.code === 'record_unavailable';
}
