import type { StoredEvent, StoredEvents, TermSearch, TermsReader } from '../../recording/index.ts';
import type { Database } from '../connection.ts';
import { inChunks } from './chunks.ts';
import { inLog, storedEvent } from './events.ts';
import { lastBlock, searchBlocks } from './search-blocks.ts';
import { searchRecent } from './search-recent.ts';
import { type Candidates, createSteps, type Steps } from './search-steps.ts';

/**
 * Searches from the newest event back: recent events entry by entry, older ones block by block. It stops when the page is
 * full or its steps have been taken.
 */
export function searchOn(db: Database, openers: TermsReader['openers']): TermsReader['search'] {
  return async (search): Promise<StoredEvents> => {
    const steps = createSteps();
    const unindexed = await countUnindexed(db);
    const events: StoredEvent[] = [];
    for await (const { positions, searchedTo } of candidatesOf(db, search, steps, openers)) {
      for (const some of inChunks(positions, search.limit)) {
        steps.take(some.length * STEPS_A_LOAD);
        for (const event of await load(db, some)) {
          if (isFound(event, search)) events.push(event);
          if (events.length === search.limit) return pageOf(events, event.position, unindexed);
        }
        if (steps.areTaken()) return pageOf(events, some.at(-1)!, unindexed);
      }
      if (steps.areTaken()) return pageOf(events, searchedTo, unindexed);
    }
    return pageOf(events, 0, unindexed);
  };
}

const STEPS_A_LOAD = 10;

async function* candidatesOf(
  db: Database,
  search: TermSearch,
  steps: Steps,
  openers: TermsReader['openers'],
): AsyncGenerator<Candidates> {
  let below = search.olderThan ?? Number.MAX_SAFE_INTEGER;
  for await (const found of searchRecent(db, search, { below, steps, openers })) {
    yield found;
    below = found.searchedTo;
  }
  yield* searchBlocks(db, search, { below, steps });
}

function pageOf(events: readonly StoredEvent[], searchedTo: number, unindexed: number): StoredEvents {
  return { events, searchedTo: searchedTo === 0 ? null : searchedTo, unindexed };
}

async function load(db: Database, positions: readonly number[]): Promise<readonly StoredEvent[]> {
  const rows = await db
    .selectFrom('recorded_event')
    .selectAll()
    .where('position', 'in', positions)
    .where(inLog())
    .orderBy('position', 'desc')
    .execute();
  return rows.map(storedEvent);
}

/** The index knows an event until its block is cleaned; and of times, it knows a block's. */
function isFound({ at, body }: StoredEvent, { all, beginning, since, before }: TermSearch): boolean {
  if (body === null && (all.length > 0 || beginning !== null)) return false;
  return (since === undefined || at >= since) && (before === undefined || at < before);
}

async function countUnindexed(db: Database): Promise<number> {
  const log = await db.selectFrom('recorded_log').select('size').executeTakeFirst();
  const end = (await lastBlock(db))?.end_position ?? 0;
  const recent = await db
    .selectFrom('recorded_recent')
    .select('position')
    .where('position', '>=', end)
    .orderBy('position')
    .limit(1)
    .executeTakeFirst();
  return Math.max(0, (recent?.position ?? log?.size ?? 0) - end);
}
