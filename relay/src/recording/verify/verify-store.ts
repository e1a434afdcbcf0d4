import type { KeyObject } from 'node:crypto';
import { isOutageOfStore } from '../../store-problem.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { PayloadReader } from '../payloads/payload-store.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { isUnreadable, rowsAtOnce } from './all-rows.ts';
import { checkpointsOf } from './checkpoints-of.ts';
import { deviceCheck } from './device-check.ts';
import { findings } from './findings.ts';
import { keptPrefix } from './kept-prefix.ts';
import { logWalk } from './log-walk.ts';
import { missingEvents } from './missing-events.ts';
import { opens, payloadCheck } from './payload-check.ts';
import { rightRows } from './right-rows.ts';
import { readRelayEvents } from './relay-events.ts';
import { lackOfWitnesses, type Quorum, witnessed } from './quorum.ts';
import type { VerifyReport } from './report.ts';
import { payloadGone } from './session-check.ts';
import { sessionWalk } from './session-walk.ts';
import { signedSize } from './signed-size.ts';
import { subtreeCheck } from './subtree-check.ts';

export interface VerifyStoreOptions {
  /** How many of the newest events may be under no trusted checkpoint. */
  readonly mostUnsigned?: number | undefined;
  /**
   * Reads only what was recorded after this checkpoint, if it is by a trusted key and the store still has the tree that it
   * signed. What it covers is then not read again, except for what later events go back to.
   */
  readonly since?: Checkpoint | undefined;
  /** Who must have cosigned the checkpoints; then the bound is on events that none of those covers. */
  readonly quorum?: Quorum | undefined;
  /** Opens payloads, which needs the vault. Without it, payloads are only checked for presence. */
  readonly opener?: PayloadReader | null;
  /** Told how many events have been read, of how many, now and then. */
  readonly onProgress?: ((read: number, of: number) => void) | undefined;
}

export type VerifiedStore = Pick<RecordReaders, 'events' | 'checkpoints' | 'payloads' | 'inspectTables'>;

/** The tables that verification relies on. */
const TABLES = [
  'recorded_log',
  'recorded_event',
  'recorded_checkpoint',
  'recorded_subtree',
  'recorded_payload',
  'recorded_data_key',
];

/** Twice what a relay records between two checkpoints at most. */
export const MOST_UNSIGNED = 20_000;

/**
 * Verifies all sessions of a store, with public keys alone. Reads the log once, in order, in memory that does not grow
 * with it. What is wrong with the store is reported, never thrown. See docs/recording-format.md, "A store".
 *
 * @param kept checkpoints that were kept elsewhere. The store must still hold what they signed. Without one, a store that
 *   was restored as a whole to an earlier state looks the same as one that was stopped then.
 */
export async function verifyStore(
  store: VerifiedStore,
  keys: readonly KeyObject[],
  kept: readonly Checkpoint[] = [],
  options: VerifyStoreOptions = {},
): Promise<VerifyReport> {
  const { since, mostUnsigned = MOST_UNSIGNED, opener = null, quorum, onProgress } = options;
  const found = findings('position');
  const general = (what: 'removed' | 'altered' | 'forged' | 'unreadable' | 'unsigned', why: string) =>
    found.add({ what, session: null, seq: null, position: null, why });
  const unread = new Set<string>();
  /** What has not answered in time is not asked again: each answer may take as long. */
  const silent = new Set<string>();
  /** Reads one table; what cannot be read is a finding. */
  const reading = async <T>(table: string, read: () => Promise<T>, otherwise: T): Promise<T> => {
    if (silent.has(table)) return otherwise;
    try {
      return await read();
    } catch (error) {
      // For example a missing table, a damaged page, or a number out of range.
      if (!isUnreadable(error)) throw error;
      if (!unread.has(table)) general('unreadable', `table ${table}: ${error.message}`);
      unread.add(table);
      if (isOutageOfStore(error)) silent.add(table);
      return otherwise;
    }
  };

  const inspected = await reading('recorded_event', () => store.inspectTables(TABLES), null);
  if (inspected === null) return nothingRead(found.ordered());
  const { strange, longestRow } = inspected;
  if (strange !== null) {
    general('unreadable', `table ${strange.table} ${strange.why}`);
    return nothingRead(found.ordered());
  }
  if (inspected.isDamaged === true)
    general('unreadable', 'table recorded_event has pages that nobody can read');
  const atOnce = rowsAtOnce(longestRow);
  const lookUps = rightRows(store.events);
  const head = await reading('recorded_log', () => store.events.log(), null);
  if (head === null) general('removed', 'the log has lost its name (table recorded_log)');
  const log = head?.relaySession ?? '';
  const checkpoints = await reading(
    'recorded_checkpoint',
    () => {
      const known = since === undefined ? kept : [...kept, since];
      return checkpointsOf(store.checkpoints, log, known, (why) => general('forged', why));
    },
    [],
  );
  const prefix = since === undefined ? null : await keptPrefix(store, since);
  const lookedUp = async (row: StoredEvent) => {
    if (prefix === null || row.position >= prefix.tree.size || (await prefix.proves(row))) return;
    const { session, seq, position } = row;
    found.add({ what: 'altered', session, seq, position, why: 'is not what the kept checkpoint signed' });
  };
  const relayEvents = await reading('recorded_event', () => readRelayEvents(lookUps, log, lookedUp), {
    keyEvents: [],
    deviceEvents: [],
    read: new Set<number>(),
  });
  // To judge redactions, whether or not the roots match: if they do not, that is a finding, and the first one.
  const claimed = signedSize(checkpoints, relayEvents.keyEvents, keys);
  const attested = claimed.size;
  const isKept = prefix !== null && !claimed.untrusted.some(({ note }) => note === since?.note);
  const start = isKept ? prefix.tree : { size: 0, peaks: [] };
  const isSigned = (position: number) => position < attested;
  const devices = await deviceCheck(
    relayEvents.deviceEvents.map((each) => ({ ...each, isSigned: isSigned(each.position) })),
    { complete: true, checkpoints: checkpoints.filter((each) => !claimed.untrusted.includes(each)) },
  );
  for (const { seq, position, why } of devices.problems) {
    found.add({ what: 'forged', session: log, seq, position, why });
  }

  const missing = missingEvents();
  const payloads = payloadCheck({
    payloads: {
      missing: (addresses) => reading('recorded_payload', () => store.payloads.missing(addresses), []),
    },
    opens: opener && ((address) => reading('recorded_payload', () => opens(opener, address), true)),
    async onMissing({ address, ...event }) {
      const removed = await sessions.redactionsOf(event.session);
      if (removed.excusePayload(address, event.seq)) return;
      found.add({ what: 'removed', ...event, why: payloadGone(address) });
    },
    onAltered({ address, ...event }) {
      found.add({
        what: 'altered',
        ...event,
        why: `its payload ${address} does not open, or is another one`,
      });
    },
  });
  const sessions = sessionWalk({
    events: lookUps,
    ofRelay: { log, read: relayEvents.read },
    atOnce,
    devices,
    found,
    missing,
    isSigned,
    onPayload: payloads.add,
    onLookedUp: lookedUp,
  });
  const subtrees = subtreeCheck(
    (...place) => reading('recorded_subtree', () => store.checkpoints.subtrees(...place), null),
    (why) => general('altered', why),
  );
  const walked = await logWalk({
    events: store.events,
    atOnce,
    log,
    checkpoints: checkpoints.filter((each) => !claimed.untrusted.includes(each)),
    sessions,
    subtrees,
    missing,
    found,
    start: {
      tree: start,
      keyEvents: relayEvents.keyEvents.filter(({ position }) => position < start.size),
    },
    onProgress: (read) => onProgress?.(read, Math.max(read, (head?.size ?? 0) - start.size)),
  });
  await reading('recorded_event', () => payloads.end(), undefined);
  missing.end(found);
  const { broken } = walked;
  // Any other finding about these events says more.
  if (broken !== null && !found.hasWithin(broken.from, broken.by.size)) {
    const to = broken.by.size - 1;
    const which = broken.from === to ? 'it is' : `it, or one after it up to log position ${to}, is`;
    const why = `${which} not what the checkpoint of size ${broken.by.size} signed`;
    const { session, seq } = broken.first;
    found.add({ what: 'forged', session, seq, position: broken.from, why });
  }

  if (walked.isWhole && head !== null && head.size !== walked.size) {
    const isLess = walked.size < head.size;
    const why = `the log says that it holds ${head.size} events, and holds ${walked.size} (table recorded_log)`;
    general(isLess ? 'removed' : 'altered', why);
  }
  for (const { size } of checkpoints) {
    if (walked.isWhole && size > walked.size) {
      general('removed', `a checkpoint signs ${size} events, and the log holds ${walked.size}`);
    }
  }
  const signed = signedSize(walked.standing, walked.keyEvents, keys);
  for (const { size } of new Set([...claimed.untrusted, ...signed.untrusted])) {
    general('forged', `the checkpoint of size ${size} is not signed by a key that is trusted to sign it`);
  }
  // What trusted keys signed and the log is not, is a finding of its own.
  const tail = walked.size - attested;
  if (attested === 0) general('unsigned', 'no trusted key has signed anything of this record');
  else if (tail > mostUnsigned) {
    const from = `${tail} events from position ${attested} on`;
    general('unsigned', `${from} are under no trusted checkpoint, and no more than ${mostUnsigned} may be`);
  }

  if (quorum !== undefined) {
    const trusted = walked.standing.filter((each) => !signed.untrusted.includes(each));
    const witnesses = witnessed(quorum);
    for (const checkpoint of trusted.toReversed()) witnesses.see(checkpoint);
    const upTo = witnesses.upTo();
    if (walked.size - upTo > (upTo === 0 ? 0 : mostUnsigned)) {
      general('unsigned', `${lackOfWitnesses(quorum, upTo)}, and there are ${walked.size}`);
    }
  }

  // Before anything is said: what cannot be counted is a finding, too.
  const payloadCount = await reading('recorded_payload', () => store.payloads.count(), 0);
  return {
    intact: found.isEmpty(),
    log: head?.relaySession ?? null,
    since: start.size,
    events: walked.events,
    payloads: payloadCount,
    ...sessions.counts,
    signedUnlessRevoked: 0,
    unsigned: walked.size - signed.size,
    attested: true,
    payloadsOpened: opener !== null,
    withoutPayloads: false,
    uncompared: 0,
    voided: devices.voided,
    removals: sessions.removals.list(),
    problems: found.ordered(),
  };
}

function nothingRead(problems: VerifyReport['problems']): VerifyReport {
  return {
    intact: false,
    log: null,
    since: 0,
    sessions: 0,
    events: 0,
    payloads: 0,
    redacted: 0,
    signedDecisions: 0,
    signedUnlessRevoked: 0,
    unsigned: 0,
    attested: true,
    payloadsOpened: false,
    withoutPayloads: false,
    uncompared: 0,
    voided: [],
    removals: [],
    problems,
  };
}
