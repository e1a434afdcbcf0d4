import {
  canonicalJson,
  eventBody,
  type EventBody,
  type RecordedEvent,
  type SessionEvent,
} from '@sluice/contract';
import type { Kysely, Transaction } from 'kysely';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import { type RecordingTables, recordingTables } from '../tables.ts';
import { groupCommit } from './group-commit.ts';
import { indexEvents } from './index-events.ts';
import { digestOfText, eventHash, NOTHING_BEFORE } from './seal-event.ts';

/** Every session's chain, and the one log that holds them all in the order of their commits. */
export interface EventLog {
  /** The session of what happens outside any session; also the log's name. */
  readonly relaySession: SessionId;
  /** As `Recorder.append`; `alongside` is written in the same transaction, or neither is. */
  append(session: SessionId, body: EventBody, alongside?: Alongside): Promise<SessionEvent>;
  /** Writes something that is no event, sharing the commit of whatever else waits. */
  write(alongside: Alongside): Promise<void>;
}

export type Alongside = (transaction: Transaction<RecordingTables>) => Promise<void>;

export interface EventLogOptions {
  readonly database: Kysely<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
}

export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const database = recordingTables(options.database);
  const relaySession = await identify(database, options.newId);
  const heads = new Map<string, Head>();
  let size = -1;

  const commit = async (writes: readonly Write[]): Promise<readonly (SessionEvent | null)[]> => {
    try {
      return await database.transaction().execute(async (transaction) => {
        const events = writes.flatMap(({ event }) => (event === null ? [] : [event]));
        // The first statement writes: it takes the database's lock before anything is read.
        const log = await transaction
          .updateTable('recorded_log')
          .set((row) => ({ size: row('size', '+', events.length) }))
          .returning('size')
          .executeTakeFirstOrThrow();
        const first = log.size - events.length;
        // Another process has appended: what was remembered of the chains is old.
        if (first !== size) heads.clear();
        await recallHeads(transaction, heads, events);
        const sealed = events.map((event) => seal(event, heads, options.random));
        await insert(transaction, sealed, first);
        for (const { alongside } of writes) await alongside?.(transaction);
        size = log.size;
        return inOrder(writes, sealed);
      });
    } catch (error) {
      // The chains stand where the disk says they stand.
      heads.clear();
      size = -1;
      throw error;
    }
  };
  const submit = groupCommit(commit);

  return {
    relaySession,
    async append(session, body, alongside) {
      const event = { session, ...recordable(body), at: new Date(options.now()).toISOString() };
      return (await submit({ event, alongside })) as SessionEvent;
    },
    async write(alongside) {
      await submit({ event: null, alongside });
    },
  };
}

interface Write {
  readonly event: Unsealed | null;
  readonly alongside: Alongside | undefined;
}

interface Unsealed {
  readonly session: SessionId;
  readonly body: EventBody;
  /** Of the body, canonical. */
  readonly text: string;
  readonly at: string;
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

async function identify(database: Kysely<RecordingTables>, newId: () => string): Promise<SessionId> {
  await database
    .insertInto('recorded_log')
    .values({ one: 1, relay_session: newId(), size: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await database.selectFrom('recorded_log').select('relay_session').executeTakeFirstOrThrow();
  return row.relay_session as SessionId;
}

/** Refused before it is queued, so that one bad event fails alone and not those it would share a commit with. */
function recordable(given: EventBody): Pick<Unsealed, 'body' | 'text'> {
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

/** Fills in the chain heads that are not remembered, from the store. */
async function recallHeads(
  transaction: Transaction<RecordingTables>,
  heads: Map<string, Head>,
  events: readonly Unsealed[],
): Promise<void> {
  if (heads.size > MOST_HEADS) heads.clear();
  for (const { session } of events) {
    if (heads.has(session)) continue;
    const last = await transaction
      .selectFrom('recorded_event')
      .select(['seq', 'hash'])
      .where('session', '=', session)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    heads.set(session, last ?? { seq: -1, hash: NOTHING_BEFORE });
  }
}

const MOST_HEADS = 10_000;

function seal(event: Unsealed, heads: Map<string, Head>, random: EventLogOptions['random']): SealedEvent {
  const { session, body, text, at } = event;
  const head = heads.get(session)!;
  const salt = Buffer.from(random(16)).toString('hex');
  const digest = digestOfText(text, salt);
  const place = { session, seq: head.seq + 1, at, previous: head.hash };
  const hash = eventHash({ ...place, type: body.type, bodyDigest: digest });
  heads.set(session, { seq: place.seq, hash });
  return { event: { version: 1, ...place, body, salt, hash }, text, digest };
}

interface SealedEvent {
  readonly event: SessionEvent;
  readonly text: string;
  readonly digest: string;
}

async function insert(
  transaction: Transaction<RecordingTables>,
  sealed: readonly SealedEvent[],
  first: number,
): Promise<void> {
  const rows = sealed.map(({ event, text, digest }, index) => ({
    position: first + index,
    session: event.session,
    seq: event.seq,
    at: event.at,
    type: event.body.type,
    salt: event.salt,
    body: text,
    body_digest: digest,
    previous: event.previous,
    hash: event.hash,
  }));
  if (rows.length > 0) await transaction.insertInto('recorded_event').values(rows).execute();
  await indexEvents(
    transaction,
    sealed.map(({ event }, index) => ({ position: first + index, event })),
  );
}

function inOrder(writes: readonly Write[], sealed: readonly SealedEvent[]): (SessionEvent | null)[] {
  let next = 0;
  return writes.map(({ event }) => (event === null ? null : sealed[next++]!.event));
}

/** An event as it stands in the store. */
export function eventOf(row: EventRow): RecordedEvent {
  const { session, seq, at, previous, hash } = row;
  const place = { version: 1 as const, session, seq, at, previous, hash };
  if (row.body === null || row.salt === null) {
    return { ...place, type: row.type as EventBody['type'], bodyDigest: row.body_digest };
  }
  return { ...place, body: JSON.parse(row.body) as EventBody, salt: row.salt };
}

export type EventRow = RecordingTables['recorded_event'];
