import type { EventBody } from '@sluice/contract';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { SessionId } from '../session/index.ts';
import type { EventLog } from './log/event-log.ts';
import { NEVER_REDACTED } from './log/seal-event.ts';
import { removeTexts } from './log/text-index.ts';
import { type RecordingTables, recordingTables } from './tables.ts';

/** What is removed from sessions when they have been still for so long. */
export interface RetentionRule {
  /** Stands on the record beside what it removed. */
  readonly name: string;
  /** Since the session's newest event other than retention's own. */
  readonly afterDays: number;
  /** `payloads`: results and binds. `bodies`: these, and everything that the events say beside their time and type. */
  readonly removes: 'payloads' | 'bodies';
}

export interface RetentionOutcome {
  readonly sessions: number;
  readonly bodies: number;
  readonly payloads: number;
}

/**
 * Removes what the rules no longer want. A session that is under legal hold, or open still, is left alone. What was
 * removed is named by a `redacted` event in the session's own chain, in the transaction that removes it; the chain
 * goes on checking, over the digests that stay. docs/recording-format.md, "Redaction".
 */
export async function applyRetention(options: {
  readonly database: Kysely<unknown>;
  readonly log: EventLog;
  readonly now: () => number;
  readonly rules: readonly RetentionRule[];
}): Promise<RetentionOutcome> {
  const { log, now, rules } = options;
  const database = recordingTables(options.database);
  const outcome = { sessions: 0, bodies: 0, payloads: 0 };
  for (const rule of rules) {
    const before = new Date(now() - rule.afterDays * DAY_MS).toISOString();
    for (const session of await stillSince(database, before)) {
      const { events, payloads } = await wanted(database, session, rule);
      if (events.length + payloads.length > 0) outcome.sessions += 1;
      for (let at = 0; at < Math.max(events.length, payloads.length); at += MOST_AT_ONCE) {
        const part = {
          events: events.slice(at, at + MOST_AT_ONCE),
          payloads: payloads.slice(at, at + MOST_AT_ONCE),
        };
        const redaction: Redaction = { type: 'redacted', rule: rule.name, ...part };
        await log.append(session, redaction, (transaction) => redact(transaction, session, redaction));
        outcome.bodies += part.events.length;
        outcome.payloads += part.payloads.length;
      }
    }
  }
  await log.write((transaction) => dropUnwanted(transaction, now() - DAY_MS));
  // What was removed stays in the write-ahead log until it is started over.
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(database);
  return outcome;
}

/** Bounds the time that one transaction holds the database. */
const MOST_AT_ONCE = 500;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Redaction = Extract<EventBody, { type: 'redacted' }>;

async function stillSince(database: Kysely<RecordingTables>, before: string): Promise<readonly SessionId[]> {
  const rows = await database
    .selectFrom('recorded_session as s')
    .select('s.session')
    .where('s.held', '=', 0)
    .where('s.closed_at', '<', before)
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('recorded_event as e')
            .select('e.seq')
            .whereRef('e.session', '=', 's.session')
            .where('e.at', '>=', before)
            .where('e.type', '!=', 'redacted'),
        ),
      ),
    )
    .execute();
  return rows.map(({ session }) => session as SessionId);
}

/** What the rule removes from the session and is there still. */
async function wanted(
  database: Kysely<RecordingTables>,
  session: SessionId,
  rule: RetentionRule,
): Promise<Pick<Redaction, 'events' | 'payloads'>> {
  const rows = await database
    .selectFrom('recorded_event')
    .select('seq')
    .where('session', '=', session)
    .where('body', 'is not', null)
    .where('type', 'not in', NEVER_REDACTED)
    .orderBy('seq')
    .execute();
  const payloads = await database
    .selectFrom('recorded_mention')
    .select('value')
    .distinct()
    .where('kind', '=', 'payload')
    .where('position', 'in', positionsOf(database, session))
    .execute();
  return {
    events: rule.removes === 'bodies' ? rows.map(({ seq }) => seq) : [],
    payloads: payloads.map(({ value }) => value),
  };
}

function positionsOf(database: Kysely<RecordingTables>, session: SessionId) {
  return database.selectFrom('recorded_event').select('position').where('session', '=', session);
}

async function redact(
  transaction: Transaction<RecordingTables>,
  session: SessionId,
  { events, payloads }: Redaction,
): Promise<void> {
  // A hold may have been set since the session was chosen. The event stays; behind a hold it excuses nothing.
  const row = await transaction
    .selectFrom('recorded_session')
    .select('held')
    .where('session', '=', session)
    .executeTakeFirstOrThrow();
  if (row.held === 1) return;
  const rows = await transaction
    .selectFrom('recorded_event')
    .select('position')
    .where('session', '=', session)
    .where('seq', 'in', events)
    .execute();
  const positions = rows.map(({ position }) => position);
  await transaction.deleteFrom('recorded_mention').where('position', 'in', positions).execute();
  await removeTexts(transaction, positions);
  await transaction
    .updateTable('recorded_event')
    .set({ body: null, salt: null })
    .where('session', '=', session)
    .where('seq', 'in', events)
    .execute();
  await transaction
    .deleteFrom('recorded_mention')
    .where('session', '=', session)
    .where('kind', '=', 'payload')
    .where('value', 'in', payloads)
    .execute();
  if (events.length > 0) {
    await transaction
      .updateTable('recorded_session')
      .set({ person: '', name: '(removed)', application: '', agent: null })
      .where('session', '=', session)
      .execute();
  }
}

/** Payloads that no event wants any more. What was handed in lately may be waiting for its event. */
async function dropUnwanted(transaction: Transaction<RecordingTables>, before: number): Promise<void> {
  await transaction
    .deleteFrom('recorded_payload')
    .where('kept_at', '<', before)
    .where(
      'address',
      'not in',
      transaction.selectFrom('recorded_mention').select('value').where('kind', '=', 'payload'),
    )
    .execute();
}
