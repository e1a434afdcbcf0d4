import { setTimeout as pause } from 'node:timers/promises';
import { quotedIdentifier } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import type { SessionState } from '../session-state.ts';
import type { LeftOutcome, LeftStatement } from '../warehouse.ts';
import { type Ask, askOf, type Row } from './ask.ts';
import type { Upstream } from './client/upstream.ts';
import { queryTag } from './query-tag.ts';

/** How often it is looked whether what was cancelled has ended, and how long that may take. Milliseconds. */
const AGAIN_MS = 500;
const MOST_LOOKS = 10;

export interface FindLeftParts {
  readonly upstream: Upstream;
  /** Of sessions that ask for none: in that database's INFORMATION_SCHEMA it is looked. */
  readonly defaults: SessionState;
  /** A new UUID. */
  readonly newId: () => string;
}

/**
 * Finds in Snowflake's own history, by the tag that each was sent with, what became of statements whose relay has ended. What still
 * runs is cancelled: nobody is there any more whom its result could be given to. Statements that are not in the answer are
 * still under way. Throws when the account cannot be asked.
 */
export async function findLeft(
  { upstream, defaults, newId }: FindLeftParts,
  statements: readonly LeftStatement[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LeftOutcome>> {
  const { database } = defaults;
  if (database === null)
    throw new SluiceError('unsupported_by_warehouse', 'no database is configured to look into its history');
  const byTag = new Map(
    statements.map(({ session, statement }) => [queryTag({ session, statement }), statement]),
  );
  const session = await upstream.openSession({ ...defaults, parameters: {} }, signal);
  try {
    const ask = askOf(
      (work) => work(session),
      () => queryTag({ session: 'left' }),
      newId,
      () => signal,
    );
    const cancelled = new Set<string>();
    for (let looks = 1; ; looks += 1) {
      const rows = Map.groupBy(await historyOf(ask, database, [...byTag.keys()]), tagOf);
      const found = new Map([...byTag].map(([tag, statement]) => [statement, becameOf(rows.get(tag) ?? [])]));
      const running = [...found.values()].flatMap((outcome) => ('running' in outcome ? outcome.running : []));
      const fresh = running.filter((id) => !cancelled.has(id));
      for (const id of fresh) {
        cancelled.add(id);
        await ask('SELECT SYSTEM$CANCEL_QUERY(?) AS ANSWER', [id]);
      }
      if (running.length === 0 || looks === MOST_LOOKS)
        return new Map([...found].flatMap(([id, one]) => ('running' in one ? [] : [[id, one] as const])));
      await pause(AGAIN_MS, undefined, { signal });
    }
  } finally {
    await session.close();
  }
}

/** https://docs.snowflake.com/en/sql-reference/functions/query_history: those of the relay's own user, the newest ones. */
async function historyOf(ask: Ask, database: string, tags: readonly string[]): Promise<readonly Row[]> {
  const from = `${quotedIdentifier(database)}.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(RESULT_LIMIT => 10000)`;
  const places = tags.map(() => '?').join(', ');
  const sql = `SELECT QUERY_ID, QUERY_TAG, QUERY_TYPE, EXECUTION_STATUS, ERROR_CODE FROM TABLE(${from}) WHERE QUERY_TAG IN (${places})`;
  return await ask(sql, tags);
}

function tagOf({ QUERY_TAG: tag }: Row): string {
  return tag ?? '';
}

/** A statement that may change so many rows at most has a transaction around it, with the same tag. */
function becameOf(rows: readonly Row[]): LeftOutcome | { readonly running: readonly string[] } {
  const own = rows.filter(({ QUERY_TYPE: type }) => !AROUND.has(type ?? ''));
  const running = rows
    .filter((row) => !isDone(row) && !isFailed(row))
    .flatMap(({ QUERY_ID: id }) => id ?? []);
  if (running.length > 0) return { running };
  const [last] = own;
  if (last?.['QUERY_ID'] == null) return { became: 'not_found' };
  const warehouseQueryId = last['QUERY_ID'];
  if (isFailed(last)) {
    const code = last['ERROR_CODE'] ?? '';
    return Number(code) === CANCELLED
      ? { became: 'cancelled', warehouseQueryId }
      : { became: 'failed', warehouseQueryId, code };
  }
  const typeIs = (wanted: string) => (row: Row) => row['QUERY_TYPE'] === wanted && isDone(row);
  const isUndone = rows.some(typeIs('BEGIN_TRANSACTION')) && !rows.some(typeIs('COMMIT'));
  return { became: isUndone ? 'undone' : 'finished', warehouseQueryId };
}

const AROUND: ReadonlySet<string> = new Set(['BEGIN_TRANSACTION', 'COMMIT', 'ROLLBACK']);

/** SQL execution canceled. */
const CANCELLED = 604;

function isDone({ EXECUTION_STATUS: status }: Row): boolean {
  return status?.toUpperCase() === 'SUCCESS';
}

function isFailed({ EXECUTION_STATUS: status }: Row): boolean {
  return /^(FAIL|INCIDENT)/i.test(status ?? '');
}
