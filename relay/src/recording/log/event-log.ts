import {
  canonicalJson,
  eventBody,
  type EventBody,
  type RecordedEvent,
  type SessionEvent,
} from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import type { Commit } from '../../unit-of-work.ts';
import type { RecordTransaction, StoredEvent } from '../ports.ts';
import { indexEvents } from './index-events.ts';
import { digestOfText, eventHash, NOTHING_BEFORE } from './seal-event.ts';

/** Every session's chain, and the one log that holds them all in the order of their commits. */
export interface EventLog {
  /** The session of what happens outside any session; also the log's name. */
  readonly relaySession: SessionId;
  /** Appends within a transaction: what it records is on disk with the rest of it, or none of it is. */
  recordIn(tx: RecordTransaction): RecordsEvents['record'];
}

export interface RecordsEvents {
  /** Appends to the session's chain, in the order of the calls. Rejects with `request_malformed`. */
  record(session: SessionId, body: EventBody): Promise<SessionEvent>;
}

export interface EventLogOptions {
  readonly store: { transaction<T>(work: (tx: RecordTransaction) => Promise<T>): Promise<T> };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
  /** Told of each event once it is durable. */
  readonly onRecorded: (body: EventBody) => void;
}

export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const { store, now, random, newId, onRecorded } = options;
  const { relaySession } = await store.transaction((tx) => tx.events.open(newId()));
  const heads = new Map<string, Head>();
  /** Of the log when the last commit of this process had ended; -1 when that is not known. */
  let size = -1;
  /** What the commit under way has sealed so far: written at once, at its end. */
  let open: { readonly commit: Commit; readonly first: number; readonly sealed: Sealed[] } | null = null;

  /** The first event of a commit claims the log: whatever another process has appended is there to be read. */
  const openIn = async (tx: RecordTransaction) => {
    if (open?.commit === tx.commit) return open;
    const head = await tx.events.open(relaySession);
    // Another process has appended: what was remembered of the chains is old.
    if (head.size !== size || heads.size > MOST_HEADS) heads.clear();
    const opened = { commit: tx.commit, first: head.size, sealed: [] as Sealed[] };
    open = opened;
    tx.commit.beforeEnd(async () => {
      const { first, sealed } = opened;
      if (sealed.length === 0) return;
      const placed = sealed.map((each, index) => ({ ...each, position: first + index }));
      await tx.events.insert(placed.map(storedEvent), first + sealed.length);
      tx.commit.tellOfRecord();
      await indexEvents(tx.index, placed);
    });
    tx.commit.onEnd((durable) => {
      open = null;
      size = durable ? opened.first + opened.sealed.length : -1;
      // The chains stand where the disk says they stand.
      if (!durable) heads.clear();
      else for (const { event } of opened.sealed) onRecorded(event.body);
    });
    return opened;
  };

  const headOf = async (tx: RecordTransaction, session: string): Promise<Head> => {
    const known = heads.get(session);
    if (known !== undefined) return known;
    const head = (await tx.events.lastOf(session)) ?? { seq: -1, hash: NOTHING_BEFORE };
    heads.set(session, head);
    return head;
  };

  return {
    relaySession: relaySession as SessionId,
    recordIn(tx) {
      /** The chains as they were before, to go back to when the work is undone. */
      const before = new Map<string, Head>();
      let own: { readonly sealed: Sealed[]; readonly from: number } | null = null;
      let last: Promise<unknown> = Promise.resolve();
      tx.onEnd((durable) => {
        if (durable || own === null) return;
        own.sealed.length = own.from;
        for (const [session, head] of before) heads.set(session, head);
      });
      const append = async (session: SessionId, recorded: Recordable) => {
        const { sealed } = await openIn(tx);
        own ??= { sealed, from: sealed.length };
        const head = await headOf(tx, session);
        if (!before.has(session)) before.set(session, head);
        const next = seal({ session, ...recorded, at: new Date(now()).toISOString() }, head, random);
        heads.set(session, next.event);
        sealed.push(next);
        return next.event;
      };
      return (session, body) => {
        const appended = last.then(() => append(session, recordable(body)));
        // In the order of the calls, whoever waits for them.
        last = appended.catch(() => {});
        return appended;
      };
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
  /** Of the body, canonical. */
  readonly text: string;
  readonly at: string;
}

interface Sealed {
  readonly event: SessionEvent;
  readonly text: string;
  readonly digest: string;
}

const MOST_HEADS = 10_000;

/** An event that cannot be recorded takes down its own work, and nobody else's. */
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

/** An event as it stands in the store. */
export function eventOf(stored: StoredEvent): RecordedEvent {
  const { session, seq, at, previous, hash } = stored;
  const place = { version: 1 as const, session, seq, at, previous, hash };
  if (stored.body === null || stored.salt === null) {
    return { ...place, type: stored.type as EventBody['type'], bodyDigest: stored.bodyDigest };
  }
  return { ...place, body: JSON.parse(stored.body) as EventBody, salt: stored.salt };
}
