import type { EventType, RecordedEvent } from '@sluice/contract';
import { isKeyEvent } from '../checkpoints/key-events.ts';
import { NOTHING_BEFORE } from '../log/seal-event.ts';
import { ANY_POSITION, type EventsReader, type StoredEvent } from '../ports.ts';
import { approvalCheck } from './approval-check.ts';
import type { DeviceCheck } from './device-check.ts';
import type { Findings } from './findings.ts';
import type { MissingEvents } from './missing-events.ts';
import { addressesIn, type Naming } from './payload-check.ts';
import { type Redactions, redactions } from './redactions.ts';
import { removedByRule, type RemovedByRule } from './removed-by-rule.ts';
import { BODY_GONE } from './session-check.ts';
import { isObjection, objectionTo, readEvent } from './stored-row.ts';

/**
 * Checks every session of a log while its rows are read in the log's order. Holds what is needed of the sessions that
 * are open; what is needed of another one is looked up again. See docs/recording-format.md, "A session".
 */
export interface SessionWalk {
  /** Takes the next row, whose own values have been checked. @param isWhole whether they were right. */
  next(row: StoredEvent, isWhole: boolean): Promise<void> | undefined;
  redactionsOf(session: string): Promise<Redactions>;
  readonly counts: { sessions: number; redacted: number; signedDecisions: number };
  readonly removals: RemovedByRule;
}

export function sessionWalk(options: {
  readonly events: Pick<EventsReader, 'before' | 'ofSession' | 'ofTypes'>;
  /** Which rows of the relay session were looked up ahead, by position. */
  readonly ofRelay: { readonly log: string; readonly read: ReadonlySet<number> };
  /** Rows. */
  readonly atOnce: number;
  readonly devices: DeviceCheck;
  readonly found: Findings;
  readonly missing: MissingEvents;
  /** Whether trusted keys have signed the event at this position. */
  readonly isSigned: (position: number) => boolean;
  readonly onPayload: (naming: Naming) => Promise<void> | undefined;
  /** Checks an event from before those that are read (an incremental run). */
  readonly onLookedUp: (row: StoredEvent) => Promise<void>;
}): SessionWalk {
  const { events, ofRelay, atOnce, devices, found, missing, isSigned, onPayload, onLookedUp } = options;
  const counts = { sessions: 0, redacted: 0, signedDecisions: 0 };
  const removals = removedByRule();
  const open = new Map<string, OpenSession>();

  const stateOf = async (row: StoredEvent): Promise<OpenSession> => {
    // A session's first event is known by itself. Where nothing is signed, the session may have begun before.
    const isFirst = row.seq === 0 && isSigned(row.position);
    const before = isFirst ? null : await events.before(row.session, row.seq, row.position);
    if (before !== null) await onLookedUp(before);
    else counts.sessions += 1;
    const last =
      before === null
        ? { seq: -1, hash: NOTHING_BEFORE, position: -1, isWhole: true }
        : { ...before, isWhole: objectionTo(before) === null };
    const { seq, hash, position, isWhole } = last;
    return { seq, hash, position, isWhole, isBroken: false, rules: null, removed: null };
  };

  const follow = (row: StoredEvent, isWhole: boolean, state: OpenSession): Promise<void> | undefined => {
    const { session, seq, position } = row;
    const expected = state.seq + 1;
    if (seq !== expected || !isWhole) state.isBroken = true;
    if (seq > expected) {
      // Of a row with a wrong hash, the number may be wrong.
      if (!isWhole) return undefined;
      missing.skipped(session, { from: expected, to: seq, after: state.position, before: position });
    } else if (seq < expected) {
      if (!isWhole) return undefined;
      const why = missing.found(session, seq) ? 'stands after later ones' : 'stands here a second time';
      found.add({ what: 'reordered', session, seq, position, why });
    } else if (isWhole && state.isWhole && row.previous !== state.hash) {
      found.add(brokenLink(row, state));
    }
    if (seq >= expected) {
      state.seq = seq;
      state.hash = row.hash;
      state.position = position;
      state.isWhole = isWhole;
    }
    if (row.type === 'closed' || open.size > MOST_OPEN) {
      // What comes later, for example retention, looks it up again.
      open.delete(row.type === 'closed' ? session : open.keys().next().value!);
    }
    if (!isWhole) return undefined;
    if (row.session === ofRelay.log && isKeyEvent(row.type) && !ofRelay.read.has(position)) notLedTo(row);
    if (row.body === null) return bodiless(row, state);
    const addresses = addressesIn(row.type, row.body);
    const isRule = APPROVAL.has(row.type) || (row.type === 'notice' && row.body.includes('"grant_given"'));
    const hasRules = isRule || (state.rules !== null && OF_STATEMENTS.has(row.type));
    if (addresses.length === 0 && !hasRules && !OF_REMOVALS.has(row.type)) return undefined;
    return look(row, state, addresses, hasRules);
  };

  const look = async (
    row: StoredEvent,
    state: OpenSession,
    addresses: readonly string[],
    hasRules: boolean,
  ) => {
    const { session, seq, position } = row;
    for (const address of addresses) await onPayload({ address, session, seq, position });
    if (OF_REMOVALS.has(row.type)) {
      state.removed ??= await removalsOf(session);
      if (!state.removed.read.has(position)) notLedTo(row);
    }
    if (!hasRules && row.type !== 'redacted') return;
    const event = readEvent(row);
    if (isObjection(event)) return found.add({ session, seq, position, ...event });
    if ('body' in event && event.body.type === 'redacted') {
      if (state.removed?.counts(seq) === true) removals.add(event.body);
      return;
    }
    state.rules ??= await rulesOf(row, state);
    for (const why of await state.rules.next(event, position)) {
      found.add({ what: 'forged', session, seq, position, why });
    }
  };

  const bodiless = async (row: StoredEvent, state: OpenSession) => {
    const { session, seq, position } = row;
    const type = row.type as EventType;
    counts.redacted += 1;
    state.rules?.lost.add(type);
    state.removed ??= await removalsOf(session);
    if (!state.removed.excuseBody(seq, type)) {
      found.add({ what: 'removed', session, seq, position, why: BODY_GONE });
    }
  };

  /** The rules of approvals, brought up to the event before this one. */
  const rulesOf = async (before: StoredEvent, { isBroken }: OpenSession): Promise<Rules> => {
    const { session, seq, position } = before;
    const rules = approvalRules(session, counts, devices);
    const signed = counts.signedDecisions;
    let [after, read] = [-1, 0];
    for (;;) {
      const page = await events.ofSession(session, { after, limit: atOnce, within: ANY_POSITION });
      for (const row of page) {
        if (row.seq >= seq) break;
        read += 1;
        if (row.position >= position || objectionTo(row) !== null) continue;
        if (row.body === null) rules.lost.add(row.type as EventType);
        else if (APPROVAL.has(row.type) || OF_STATEMENTS.has(row.type) || row.type === 'notice') {
          await onLookedUp(row);
          const event = readEvent(row);
          if (!isObjection(event)) await rules.next(event, row.position);
        }
      }
      const last = page.at(-1)?.seq ?? seq;
      // A damaged page may lead back.
      if (page.length < atOnce || last >= seq || last <= after) break;
      after = last;
    }
    counts.signedDecisions = signed;
    if (read < seq && !isBroken) notLedTo(before, 'to each event before this one');
    return rules;
  };

  const removalsOf = async (session: string): Promise<Removed> => {
    const removed = redactions();
    const read = new Set<number>();
    for (const row of await events.ofTypes(session, ['redacted', 'hold'], ANY_POSITION)) {
      read.add(row.position);
      if (objectionTo(row) !== null) continue;
      await onLookedUp(row);
      const event = readEvent(row);
      if (!isObjection(event)) removed.next(event, isSigned(row.position));
    }
    return { ...removed, read };
  };
  /** What is looked up may be anywhere in the log, and the reading of the log comes to all of it. */
  const notLedTo = ({ session, seq, position }: StoredEvent, to = 'to it') =>
    found.add({
      what: 'unreadable',
      session,
      seq,
      position,
      why: `an index of recorded_event does not lead ${to}`,
    });

  return {
    counts,
    removals,
    redactionsOf: removalsOf,
    next(row, isWhole) {
      const state = open.get(row.session);
      if (state !== undefined) return follow(row, isWhole, state);
      return stateOf(row).then((looked) => {
        // What is looked up are the events before this one: that later ones were read shows in what they missed.
        const isLate = isWhole && row.seq === looked.seq + 1 && missing.has(row.session, row.seq);
        if (isLate) looked.seq = row.seq;
        else open.set(row.session, looked);
        return follow(row, isWhole, looked);
      });
    },
  };
}

/** The sessions held at once. */
const MOST_OPEN = 20_000;

/** What is held of a session: its newest event, and what rules need of those before. */
interface OpenSession {
  seq: number;
  hash: string;
  position: number;
  /** Whether the newest event's own hash is right. */
  isWhole: boolean;
  /** Null until the session has an approval. */
  rules: Rules | null;
  /** Whether its numbers have not been in order, which is a finding. */
  isBroken: boolean;
  /** Null until something of the session was removed, or held. */
  removed: Removed | null;
}

/** What retention was free to remove, and the positions of the events that say so. */
interface Removed extends Redactions {
  readonly read: ReadonlySet<number>;
}

const OF_REMOVALS: ReadonlySet<string> = new Set<EventType>(['redacted', 'hold']);

interface Rules {
  readonly lost: Set<EventType>;
  next(event: RecordedEvent, position: number): Promise<readonly string[]>;
}

function approvalRules(session: string, counts: { signedDecisions: number }, devices: DeviceCheck): Rules {
  const lost = new Set<EventType>();
  const check = approvalCheck({ session, counts, devices: () => devices, hasLost: (type) => lost.has(type) });
  return {
    lost,
    next: async (event, position) => ('body' in event ? check(event, position) : []),
  };
}

const APPROVAL: ReadonlySet<string> = new Set<EventType>([
  'approval_asked',
  'access_asked',
  'approval_decided',
  'approval_ended',
]);
/** What an approval is held against. */
const OF_STATEMENTS: ReadonlySet<string> = new Set<EventType>(['statement', 'executed', 'result']);

/**
 * The earlier of the two events, if there is one: nobody changes the link alone, and to change an event without its
 * hash is found by its hash.
 */
function brokenLink(row: StoredEvent, before: OpenSession) {
  const { session } = row;
  const { seq, position } = before.seq === -1 ? row : before;
  const why =
    before.seq === -1
      ? 'is the first event, and says that there was one before it'
      : 'it, or the event after it, was rewritten: that one carries another hash than this one has';
  return { what: 'altered' as const, session, seq, position, why };
}
