import type { KeyObject } from 'node:crypto';
import { canonicalJson, type RecordedEvent, redactedEvent, sessionEvent } from '@sluice/contract';
import { isSluiceError, type SluiceError } from '../../errors.ts';
import { type Checkpoint, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import { addLeaf, type GrowingTree, leafHash, rootOf } from '../checkpoints/merkle.ts';
import { eventOf } from '../log/event-log.ts';
import { bodyDigest } from '../log/seal-event.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { believedSize, type KeyEvent } from './believed-size.ts';
import { deviceCheck } from './device-check.ts';
import { MOST_PROBLEMS, type Problem, type VerifyReport } from './report.ts';
import { type SessionCheck, sessionCheck } from './session-check.ts';

/**
 * Verifies all sessions of a store with public keys alone. Reads the log once, in order. Problems in the store are
 * reported, never thrown.
 *
 * @param witnessed checkpoints kept elsewhere. The store must still hold what they signed. Without one, a store that
 *   was restored as a whole to an earlier state looks the same as one that was stopped then.
 */
export async function verifyStore(
  store: VerifiedStore,
  keys: readonly KeyObject[],
  witnessed: readonly Checkpoint[] = [],
): Promise<VerifyReport> {
  try {
    return await verifyAll(store, keys, witnessed);
  } catch (error) {
    // For example a missing table, a damaged page, or a number out of range.
    if (!isUnreadable(error)) throw error;
    return nothingRead('unreadable', `the database is not readable as a record: ${error.message}`);
  }
}

export type VerifiedStore = Pick<RecordReaders, 'events' | 'checkpoints' | 'payloads'>;

async function verifyAll(
  store: VerifiedStore,
  keys: readonly KeyObject[],
  witnessed: readonly Checkpoint[],
): Promise<VerifyReport> {
  const problems: Problem[] = [];
  const about = await store.events.log();
  if (about === null) return nothingRead('removed', 'the log has lost its name');
  const log = about.relaySession;
  const sealed = await checkpointsBySize(store, log, witnessed, problems);
  const payloads = await store.payloads.addresses();
  const sessions = new Map<string, SessionCheck>();
  const devices = deviceCheck({ complete: true });
  const keyEvents: KeyEvent[] = [];
  const tree: GrowingTree = { size: 0, peaks: [] };
  const standing: Checkpoint[] = [];
  /** The first event after the last checkpoint that matches the log. */
  let doubtful: StoredEvent | undefined;
  let diverged = false;

  // Read every row whatever its position: a table that was tampered with may not enforce unique positions.
  for await (const row of store.events.everything()) {
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
    // Use the stored value even if it is not a hash.
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

/** Whether the store threw because it cannot be read. */
function isUnreadable(error: unknown): error is SluiceError {
  return isSluiceError(error) && error.code === 'record_unavailable';
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
  { checkpoints }: VerifiedStore,
  log: string,
  witnessed: readonly Checkpoint[],
  problems: Problem[],
): Promise<BySize> {
  const rows = await checkpoints.list();
  const bySize = new Map<number, Checkpoint[]>();
  for (const { size, note } of [...rows, ...witnessed]) {
    const parsed = parseCheckpoint(note);
    if (parsed?.log !== log || parsed.size !== size) {
      const why = `the checkpoint of size ${size} is not one of this log`;
      problems.push({ what: 'forged', session: null, seq: null, why });
    } else bySize.set(size, [...(bySize.get(size) ?? []), parsed]);
  }
  return bySize;
}

function broken(signed: Checkpoint, first: StoredEvent): Problem {
  const to = signed.size - 1;
  const which = first.position === to ? 'it is' : `it, or one after it up to log position ${to}, is`;
  const why = `${which} not what the checkpoint of size ${signed.size} signed`;
  return { what: 'forged', session: first.session, seq: first.seq, why };
}

/** The event in a row; null when its columns and body contradict each other, which means that the row was altered. */
function eventIn(row: StoredEvent): RecordedEvent | null {
  try {
    const event = eventOf(row);
    if (!('body' in event)) {
      return row.body === null && row.salt === null ? redactedEvent.parse(event) : null;
    }
    const exact =
      event.body.type === row.type &&
      canonicalJson(event.body) === row.body &&
      bodyDigest(event.body, event.salt) === row.bodyDigest;
    return exact ? sessionEvent.parse(event) : null;
  } catch {
    return null;
  }
}
