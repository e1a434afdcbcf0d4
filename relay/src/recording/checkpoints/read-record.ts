import { isSluiceError, type SluiceError } from '../../errors.ts';
import { isOutageOfStore } from '../../store-problem.ts';
import type { AuthoredEvent, EventsReader, LogPage } from '../ports.ts';
import { contradiction } from './contradiction.ts';
import { checkRow } from './row-check.ts';

/**
 * Reads what was recorded. What the store cannot give back, though it works, is not there: else a single value that no
 * program can read would keep the relay from ever finding out what else was changed.
 *
 * @param what of the store, for people.
 * @throws SluiceError `record_contradicted` when it cannot be read, twice; what `read` throws, when the store does not work now.
 */
export async function readRecord<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (passes(error)) throw error;
  }
  try {
    return await read();
  } catch (error) {
    throw passes(error) ? error : unreadable(what);
  }
}

/**
 * A page of the log: whole events, each where it belongs, and one at least.
 *
 * @param own the hash of an event that this process appended, by position.
 * @throws SluiceError `record_contradicted` that names the first row that cannot be read, is gone, or is another.
 */
export async function readLogPage(
  events: Pick<EventsReader, 'afterPosition'>,
  page: ReadPage,
  own: (position: number) => string | undefined = () => undefined,
): Promise<readonly AuthoredEvent[]> {
  const rows = await rowsOf(events, page);
  const first = page.after + 1;
  if (rows.length === 0) throw contradiction(`event ${first} of the log is gone`);
  for (const [index, row] of rows.entries()) checkRow(row, first + index, own(row.position));
  return rows;
}

type ReadPage = Required<Pick<LogPage, 'after' | 'within' | 'limit'>>;

async function rowsOf(
  events: Pick<EventsReader, 'afterPosition'>,
  page: ReadPage,
): Promise<readonly AuthoredEvent[]> {
  try {
    return await events.afterPosition(page);
  } catch (error) {
    if (passes(error)) throw error;
  }
  const rows: AuthoredEvent[] = [];
  for (let position = page.after + 1; position < page.within && rows.length < page.limit; position += 1) {
    const only = { after: position - 1, within: position + 1, limit: 1 };
    const what = `event ${position} of the log`;
    rows.push(...(await readRecord(what, () => events.afterPosition(only))));
  }
  return rows;
}

/** What an error of reading says of the record; null when it is about whether the store works, or about the relay. */
export function foundIn(error: unknown): SluiceError | null {
  if (!passes(error)) return unreadable('some of it');
  return isSluiceError(error) && error.code === 'record_contradicted' ? error : null;
}

/** Does what goes by the content of rows: they may hold anything, until everything has been compared. */
export function inRow<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isSluiceError(error) ? error : unreadable(name);
  }
}

/** Whether an error says nothing of what the store holds. */
function passes(error: unknown): boolean {
  return isSluiceError(error) && (error.code !== 'record_unavailable' || isOutageOfStore(error));
}

function unreadable(what: string): SluiceError {
  return contradiction(`${what} cannot be read`);
}
