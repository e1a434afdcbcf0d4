import type { KeyObject } from 'node:crypto';
import { canonicalJson, type RecordedEvent, redactedEvent, sessionEvent } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { type Checkpoint, checkpoint as checkpointShape } from '../checkpoints/checkpoint.ts';
import { addLeaf, type GrowingTree, leafHash, rootOf } from '../checkpoints/merkle.ts';
import { eventOf, type EventRow } from '../log/event-log.ts';
import { bodyDigest } from '../log/seal-event.ts';
import { type RecordingTables, recordingTables } from '../tables.ts';
import { MOST_PROBLEMS, type Problem, type VerifyReport } from './report.ts';
import { type SessionCheck, sessionCheck } from './session-check.ts';
import { believe, trustIn, vouchesFor } from './trust.ts';

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
  const database = recordingTables(store);
  const problems: Problem[] = [];
  const { relay_session: log } = await database
    .selectFrom('recorded_log')
    .select('relay_session')
    .executeTakeFirstOrThrow();
  const sealed = await checkpointsBySize(database, log, witnessed, problems);
  const payloads = await addresses(database);
  const sessions = new Map<string, SessionCheck>();
  const keyEvents: { readonly position: number; readonly event: RecordedEvent }[] = [];
  const tree: GrowingTree = { size: 0, peaks: [] };
  const standing: Checkpoint[] = [];
  /** The first event since the last checkpoint that stands. */
  let doubtful: EventRow | undefined;
  let diverged = false;

  for await (const row of rowsOf(database)) {
    if (row.position !== tree.size) {
      const why = `${row.position - tree.size} events before it are gone from the log, at position ${tree.size}`;
      problems.push({ what: 'removed', session: row.session, seq: row.seq, why });
      tree.size = row.position;
    }
    const event = eventIn(row);
    if (event === null) {
      const why = 'what is stored is not the event that was recorded';
      problems.push({ what: 'altered', session: row.session, seq: row.seq, why });
    } else {
      const check = sessions.get(row.session) ?? sessionCheck(row.session);
      sessions.set(row.session, check);
      const [first] = await check.next(event);
      if (first !== undefined) problems.push(first);
      if (row.session === log && row.type === 'signing_key')
        keyEvents.push({ position: row.position, event });
    }
    doubtful ??= row;
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

/** Believes what the given keys vouch for, then what those keys vouch for, until nothing is added. */
function believedSize(
  standing: readonly Checkpoint[],
  keyEvents: readonly { readonly position: number; readonly event: RecordedEvent }[],
  keys: readonly KeyObject[],
  problems: Problem[],
): number {
  const trust = trustIn(keys);
  let covered = 0;
  for (let before = -1; before !== trust.size;) {
    before = trust.size;
    for (const signed of standing) {
      if (vouchesFor(trust, signed)) covered = Math.max(covered, signed.size);
    }
    for (const { position, event } of keyEvents) {
      if (position >= covered || !('body' in event) || event.body.type !== 'signing_key') continue;
      if (!trust.has(event.body.key)) believe(trust, event.body);
    }
  }
  for (const signed of standing) {
    if (vouchesFor(trust, signed)) continue;
    const why = `the checkpoint of size ${signed.size} is not signed by a key that is trusted`;
    problems.push({ what: 'forged', session: null, seq: null, why });
  }
  return covered;
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

async function* rowsOf(database: Kysely<RecordingTables>): AsyncGenerator<EventRow> {
  let last = -1;
  for (;;) {
    const page = await database
      .selectFrom('recorded_event')
      .selectAll()
      .where('position', '>', last)
      .orderBy('position')
      .limit(PAGE)
      .execute();
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)!.position;
  }
}

const PAGE = 500;

/** The columns beside the body say the same as the body, or somebody has been at them. */
function eventIn(row: EventRow): RecordedEvent | null {
  try {
    const event = eventOf(row);
    if (!('body' in event)) return redactedEvent.parse(event);
    const exact =
      event.body.type === row.type &&
      canonicalJson(event.body) === row.body &&
      bodyDigest(event.body, event.salt) === row.body_digest;
    return exact ? sessionEvent.parse(event) : null;
  } catch {
    return null;
  }
}
