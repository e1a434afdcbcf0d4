import type { KeyObject } from 'node:crypto';
import { canonicalJson, type RecordedEvent, redactedEvent, sessionEvent } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { type Checkpoint, checkpoint as checkpointShape } from '../checkpoints/checkpoint.ts';
import { addLeaf, type GrowingTree, leafHash, rootOf } from '../checkpoints/merkle.ts';
import { eventOf, type EventRow } from '../log/event-log.ts';
import { bodyDigest } from '../log/seal-event.ts';
import { type RecordingTables, recordingTables } from '../tables.ts';
import { believedSize, type KeyEvent } from './believed-size.ts';
import { deviceCheck } from './device-check.ts';
import { MOST_PROBLEMS, type Problem, type VerifyReport } from './report.ts';
import { type SessionCheck, sessionCheck } from './session-check.ts';

/**
 * Checks a whole store, every session at once, against public keys alone. Reads it once in the order of the
 * log. Never throws for what is in the events: that is what it reports.
 *
 * @param witnessed checkpoints kept elsewhere: the store must still hold what they signed. Without one, a
 *   store that was put back to an earlier state whole cannot be told from one that was stopped then.
 */
export async function verifyStore(
  store: Kysely<unknown>,
  keys: readonly KeyObject[],
  witnessed: readonly Checkpoint[] = [],
): Promise<VerifyReport> {
  try {
    return await verifyTables(recordingTables(store), keys, witnessed);
  } catch (error) {
    // A table that is gone, a page that is damaged, a number beyond all numbers.
    if (!isUnreadable(error)) throw error;
    return nothingRead('unreadable', `the database is not readable as a record: ${error.message}`);
  }
}

async function verifyTables(
  database: Kysely<RecordingTables>,
  keys: readonly KeyObject[],
  witnessed: readonly Checkpoint[],
): Promise<VerifyReport> {
  const problems: Problem[] = [];
  const about = await database.selectFrom('recorded_log').selectAll().executeTakeFirst();
  if (about === undefined) return nothingRead('removed', 'the log has lost its name');
  const log = about.relay_session;
  const sealed = await checkpointsBySize(database, log, witnessed, problems);
  const payloads = await addresses(database);
  const sessions = new Map<string, SessionCheck>();
  const devices = deviceCheck({ complete: true });
  const keyEvents: KeyEvent[] = [];
  const tree: GrowingTree = { size: 0, peaks: [] };
  const standing: Checkpoint[] = [];
  /** The first event since the last checkpoint that stands. */
  let doubtful: EventRow | undefined;
  let diverged = false;

  // Every row of the table, whatever its position says: only the relay's own table keeps positions apart.
  const rows = database.selectFrom('recorded_event').selectAll().orderBy('position').stream();
  for await (const row of rows) {
    if (row.position > tree.size) {
      const why = `${row.position - tree.size} events before it are gone from the log, at position ${tree.size}`;
      problems.push({ what: 'removed', session: row.session, seq: row.seq, why });
      tree.size = row.position;
    } else if (row.position < tree.size) {
      const why = `stands at position ${row.position}, where no event can be`;
      problems.push({ what: 'forged', session: row.session, seq: row.seq, why });
      continue;
    }
    const event = eventIn(row);
    if (event === null) {
      const why = 'what is stored is not the event that was recorded';
      problems.push({ what: 'altered', session: row.session, seq: row.seq, why });
    } else {
      const check = sessions.get(row.session) ?? sessionCheck(row.session, devices);
      sessions.set(row.session, check);
      const [first] = await check.next(event, row.position);
      if (first !== undefined) problems.push(first);
      if (row.session === log) {
        for (const why of await devices.next(event, row.position)) {
          problems.push({ what: 'forged', session: log, seq: row.seq, why });
        }
      }
      if (row.session === log && 'body' in event && event.body.type === 'signing_key') {
        keyEvents.push({ position: row.position, body: event.body });
      }
    }
    doubtful ??= row;
    // As it stands, even if it is no hash: only the relay's own table is sure to hold text.
    addLeaf(tree, leafHash(Buffer.from(row.hash, 'hex')));
    for (const signed of sealed.get(tree.size) ?? []) {
      if (rootOf(tree.peaks).toString('hex') === signed.root) {
        standing.push(signed);
        doubtful = undefined;
      } else if (!diverged) {
        diverged = true;
        problems.push(broken(signed, doubtful ?? row));
      }
    }
  }

  if (about.size > tree.size) {
    const why = `the log says that it holds ${about.size} events, and holds ${tree.size}`;
    problems.push({ what: 'removed', session: null, seq: null, why });
  }
  const covered = believedSize(standing, keyEvents, keys, problems);
  for (const checks of sealed.values()) {
    for (const { size } of checks) {
      if (size <= tree.size) continue;
      const why = `a checkpoint signs ${size} events and the log holds ${tree.size}`;
      problems.push({ what: 'removed', session: null, seq: null, why });
    }
  }
  const counts = { events: 0, redacted: 0, signedDecisions: 0 };
  for (const check of sessions.values()) {
    problems.push(...check.end((address) => payloads.has(address)));
    counts.events += check.counts.events;
    counts.redacted += check.counts.redacted;
    counts.signedDecisions += check.counts.signedDecisions;
  }
  return {
    intact: problems.length === 0,
    log,
    sessions: sessions.size,
    ...counts,
    payloads: payloads.size,
    unsigned: tree.size - covered,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

function isUnreadable(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ERR_SQLITE_ERROR' || error.code === 'ERR_OUT_OF_RANGE';
}

function nothingRead(what: Problem['what'], why: string): VerifyReport {
  return {
    intact: false,
    log: null,
    sessions: 0,
    events: 0,
    payloads: 0,
    redacted: 0,
    signedDecisions: 0,
    unsigned: 0,
    problems: [{ what, session: null, seq: null, why }],
  };
}

type BySize = ReadonlyMap<number, readonly Checkpoint[]>;

async function checkpointsBySize(
  database: Kysely<RecordingTables>,
  log: string,
  witnessed: readonly Checkpoint[],
  problems: Problem[],
): Promise<BySize> {
  const rows = await database.selectFrom('recorded_checkpoint').selectAll().execute();
  const bySize = new Map<number, Checkpoint[]>();
  for (const candidate of [...rows.map((row) => ({ log, ...row })), ...witnessed]) {
    const parsed = checkpointShape.safeParse(candidate);
    if (!parsed.success || parsed.data.log !== log) {
      const why = `the checkpoint of size ${candidate.size} is not one of this log`;
      problems.push({ what: 'forged', session: null, seq: null, why });
    } else bySize.set(parsed.data.size, [...(bySize.get(parsed.data.size) ?? []), parsed.data]);
  }
  return bySize;
}

function broken(signed: Checkpoint, first: EventRow): Problem {
  const to = signed.size - 1;
  const which = first.position === to ? 'it is' : `it, or one after it up to log position ${to}, is`;
  const why = `${which} not what the checkpoint of size ${signed.size} signed`;
  return { what: 'forged', session: first.session, seq: first.seq, why };
}

async function addresses(database: Kysely<RecordingTables>): Promise<ReadonlySet<string>> {
  const rows = await database.selectFrom('recorded_payload').select('address').execute();
  return new Set(rows.map(({ address }) => address));
}

/** The columns beside the body say the same as the body, or somebody has been at them. */
function eventIn(row: EventRow): RecordedEvent | null {
  try {
    const event = eventOf(row);
    if (!('body' in event)) {
      return row.body === null && row.salt === null ? redactedEvent.parse(event) : null;
    }
    const exact =
      event.body.type === row.type &&
      canonicalJson(event.body) === row.body &&
      bodyDigest(event.body, event.salt) === row.body_digest;
    return exact ? sessionEvent.parse(event) : null;
  } catch {
    return null;
  }
}
