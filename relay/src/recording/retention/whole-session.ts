import { contradiction } from '../checkpoints/contradiction.ts';
import { follows } from '../log/stored-hash.ts';
import type { AuthoredEvent, RecordReaders } from '../ports.ts';
import type { ProvenRecord } from '../proven-record.ts';
import type { Pace } from './pace.ts';
import type { DueRule } from './rule.ts';

/** A session as its own events tell it: each is whole and follows the one before, and the last is the relay's. */
export interface WholeSession {
  readonly isClosed: boolean;
  /** Of its newest event, not counting retention's own. */
  readonly newest: Pick<AuthoredEvent, 'at' | 'position'> | null;
  /** The hash of its last event. */
  readonly end: string;
}

/**
 * Reads a session before it is removed: by what the index says of it, somebody could have a young one removed.
 *
 * @throws SluiceError `record_contradicted` when an event of it is missing, or is not what was recorded. The end of it is known from
 *   the log, which is read by position: what is hidden from who reads by session would make it look older than it is.
 */
export async function wholeSession(
  { events }: Pick<RecordReaders, 'events'>,
  session: string,
  proof: Pick<ProvenRecord, 'believes' | 'end'>,
  pace: Pick<Pace, 'breathe'>,
): Promise<WholeSession> {
  let last: AuthoredEvent | null = null;
  let newest: AuthoredEvent | null = null;
  let isClosed = false;
  for (;;) {
    const page: readonly AuthoredEvent[] = await events.ofSession(session, {
      after: last?.seq ?? -1,
      limit: PAGE,
    });
    for (const row of page) {
      if (!follows(row, last)) throw notWhole(session, row.seq);
      if (row.type !== 'redacted') newest = row;
      isClosed ||= row.type === 'closed';
      last = row;
    }
    if (page.length < PAGE) break;
    await pace.breathe();
  }
  if (last === null || last.position < proof.end(session) || !(await proof.believes(last)))
    throw notWhole(session, (last?.seq ?? -1) + 1);
  return { isClosed, newest, end: last.hash };
}

export function isDue(
  { isClosed, newest }: WholeSession,
  { before }: DueRule,
  proof: Pick<ProvenRecord, 'sizeAt'>,
): boolean {
  return isClosed && newest !== null && newest.at < before && newest.position < proof.sizeAt(before);
}

function notWhole(session: string, seq: number): Error {
  return contradiction(
    `session ${session} is not what was recorded, from its event ${seq} on: nothing of it is removed`,
  );
}

const PAGE = 100;
