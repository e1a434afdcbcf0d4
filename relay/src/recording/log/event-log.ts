import {
  canonicalJson,
  eventBody,
  type EventBody,
  type RecordedEvent,
  type SessionEvent,
} from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import { inTurn } from '../../in-turn.ts';
import type { SessionId } from '../../session/index.ts';
import { isTaken } from '../../store-problem.ts';
import type { Commit } from '../../unit-of-work.ts';
import type { AuthoredEvent, RecordTransaction, StoredEvent } from '../ports.ts';
import { contradiction } from '../checkpoints/contradiction.ts';
import type { LogEnd } from '../checkpoints/high-water.ts';
import { lostEvents } from '../checkpoints/lost-events.ts';
import { nameOf } from '../checkpoints/row-check.ts';
import type { Authorship } from './authorship.ts';
import type { ProvenEvents } from './proven-events.ts';
import { followStatements } from './open-statements.ts';
import { indexEvents } from './index-events.ts';
import { digestOfText, eventHash, NOTHING_BEFORE } from './seal-event.ts';

/** The chains of all sessions, and the single log that holds their events in commit order. */
export interface EventLog {
  /** The session of events that happen outside any client session. Its id is also the log's name. */
  readonly relaySession: SessionId;
  /** Appends within a transaction: its events and its other writes become durable together, or not at all. */
  recordIn(tx: RecordTransaction): RecordsEvents['record'];
}

export interface RecordsEvents {
  /**
   * Appends to the session's chain, in the order of the calls.
   *
   * @throws SluiceError `request_malformed` when the body cannot be recorded exactly.
   */
  record(session: SessionId, body: EventBody): Promise<SessionEvent>;
}

export interface EventLogOptions {
  readonly store: { transaction<T>(work: (tx: RecordTransaction) => Promise<T>): Promise<T> };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
  /** The id of this relay, for statements that it does not see to their end: another with each start. */
  readonly relay: string;
  readonly authorship: Pick<Authorship, 'macOf'>;
  /** What a session goes on from, when it was not appended here, has to be what was recorded. */
  readonly standingOf: ProvenEvents['standingOf'];
  /** Called when the store no longer holds what was recorded here. Everything is refused then. */
  readonly onLost: (error: SluiceError) => void;
  /** Throws when an event may not be recorded now. */
  readonly allow: (body: EventBody) => void;
  /**
   * Called with the events of each commit once they are durable, before anybody is told.
   *
   * @param first the position of the first one.
   */
  readonly onCommitted: (first: number, events: readonly SessionEvent[]) => void;
}

export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const { store, now, random, newId, relay, authorship, standingOf, onLost, allow, onCommitted } = options;
  const { relaySession } = await store.transaction((tx) => tx.events.open(newId()));
  const heads = new Map<string, Head>();
  /** Size of the log after this process's last commit; -1 when unknown. */
  let size = -1;
  /** Up to the newest event that somebody was told is durable: whatever has become of the store, it has to be there. */
  let told: LogEnd | null = null;
  /** Events that the current commit has sealed so far. They are written together when it ends. */
  let open: { readonly commit: Commit; readonly first: number; readonly sealed: Sealed[] } | null = null;

  /** The first event of a commit locks the log, so everything that other processes have appended is visible. */
  const openIn = async (tx: RecordTransaction) => {
    if (open?.commit === tx.commit) return open;
    const head = await tx.events.open(relaySession);
    // Another process has appended, or the last commit has failed: then, nothing is written over what should be there.
    const lost = head.size === size ? null : await lostEvents(tx, told);
    if (lost !== null) {
      onLost(lost);
      throw lost;
    }
    if (head.size !== size || heads.size > MOST_HEADS) heads.clear();
    const opened = { commit: tx.commit, first: head.size, sealed: [] as Sealed[] };
    open = opened;
    tx.commit.beforeEnd(async () => {
      const { first, sealed } = opened;
      if (sealed.length === 0) return;
      const placed = sealed.map((each, index) => ({ ...each, position: first + index }));
      const rows = placed.map(storedEvent).map((row): AuthoredEvent => ({
        ...row,
        mac: authorship.macOf(relaySession, row),
      }));
      await tx.events.insert(rows, first + sealed.length).catch((error: unknown) => {
        if (isTaken(error)) onLost(contradiction('it has events where none were recorded'));
        throw error;
      });
      tx.commit.tellOfRecord();
      await indexEvents(tx, placed);
      await followStatements(tx.openStatements, placed, relay);
    });
    tx.commit.onEnd((durable) => {
      open = null;
      size = durable ? opened.first + opened.sealed.length : -1;
      const last = opened.sealed.at(-1);
      if (durable && last !== undefined) told = { size, hash: last.event.hash, root: null };
      // After a failed commit the chain heads must be read from the store again.
      if (!durable) heads.clear();
      else if (opened.sealed.length > 0)
        onCommitted(
          opened.first,
          opened.sealed.map(({ event }) => event),
        );
    });
    return opened;
  };

  const headOf = async (tx: RecordTransaction, session: string): Promise<Head> => {
    const known = heads.get(session);
    if (known !== undefined) return known;
    const last = await tx.events.lastOf(session);
    // Of a relay with a newer vault: it is signed there, and not here, until this one has it too.
    if (last !== null && (await standingOf(last, tx)) === 'unproven') {
      const error = contradiction(`${nameOf(last)}, with which its session ends, is not what was recorded`);
      onLost(error);
      throw error;
    }
    const head = last ?? { seq: -1, hash: NOTHING_BEFORE };
    heads.set(session, head);
    return head;
  };

  return {
    relaySession: relaySession as SessionId,
    recordIn(tx) {
      /** Chain heads before this transaction, restored when it is rolled back. */
      const before = new Map<string, Head>();
      let own: { readonly sealed: Sealed[]; readonly from: number } | null = null;
      // Keeps the order of the calls, whether or not the caller awaits each one.
      const turn = inTurn();
      tx.onEnd((durable) => {
        if (durable || own === null) return;
        own.sealed.length = own.from;
        for (const [session, head] of before) heads.set(session, head);
      });
      const append = async (session: SessionId, recorded: Recordable) => {
        allow(recorded.body);
        const { sealed } = await openIn(tx);
        own ??= { sealed, from: sealed.length };
        const head = await headOf(tx, session);
        if (!before.has(session)) before.set(session, head);
        const next = seal({ session, ...recorded, at: new Date(now()).toISOString() }, head, random);
        heads.set(session, next.event);
        sealed.push(next);
        return next.event;
      };
      return (session, body) => turn(() => append(session, recordable(body)));
    },
  };
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

type Recordable = Pick<Unsealed, 'body' | 'text'>;

interface Unsealed {
  readonly session: SessionId;
  readonly body: EventBody;
  /** The body as canonical JSON. */
  readonly text: string;
  readonly at: string;
}

interface Sealed {
  readonly event: SessionEvent;
  readonly text: string;
  readonly digest: string;
}

const MOST_HEADS = 10_000;

/** Checks the body before the append, so that an event that cannot be recorded fails only its own transaction. */
function recordable(given: EventBody): Recordable {
  try {
    const body = eventBody.parse(given);
    return { body, text: canonicalJson(body) };
  } catch (cause) {
    throw new SluiceError('request_malformed', `an event of type \`${given.type}\` cannot be recorded`, {
      advice: 'send text that is well-formed Unicode',
      cause,
    });
  }
}

function seal(event: Unsealed, head: Head, random: EventLogOptions['random']): Sealed {
  const { session, body, text, at } = event;
  const salt = Buffer.from(random(16)).toString('hex');
  const digest = digestOfText(text, salt);
  const place = { session, seq: head.seq + 1, at, previous: head.hash };
  const hash = eventHash({ ...place, type: body.type, bodyDigest: digest });
  return { event: { version: 1, ...place, body, salt, hash }, text, digest };
}

function storedEvent({ event, text, digest, position }: Sealed & { position: number }): StoredEvent {
  const { session, seq, at, body, salt, previous, hash } = event;
  return {
    position,
    session,
    seq,
    at,
    type: body.type,
    salt,
    body: text,
    bodyDigest: digest,
    previous,
    hash,
  };
}

/** Converts an event from its stored form. */
export function eventOf(stored: StoredEvent): RecordedEvent {
  const { session, seq, at, previous, hash } = stored;
  const place = { version: 1 as const, session, seq, at, previous, hash };
  if (stored.body === null || stored.salt === null) {
    return { ...place, type: stored.type as EventBody['type'], bodyDigest: stored.bodyDigest };
  }
  return { ...place, body: JSON.parse(stored.body) as EventBody, salt: stored.salt };
}
