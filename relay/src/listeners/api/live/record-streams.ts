import type { EventBody, LiveStatement, RecordedEvent } from '@sluice/contract';
import { LRUCache } from 'lru-cache';
import { type Identity, sameAccount } from '../../../identity/index.ts';
import { eventOf, type EventsReader, type LogPage, type StoredEvent } from '../../../recording/index.ts';
import type { SessionId } from '../../../session/index.ts';
import type { ChangeFeed } from '../../../unit-of-work.ts';
import type { Place } from './cursor.ts';
import { isOfStatement, statementAfter } from './statement-state.ts';
import { type LiveNews, type LiveStream, membersOf, type Settle } from './stream.ts';

export interface RecordStreamsParts {
  readonly changes: Pick<ChangeFeed, 'followRecord'>;
  readonly events: Pick<EventsReader, 'log' | 'hashes' | 'afterPosition' | 'ofSession'>;
  /** What people are asked about a statement now; null when they are not. */
  readonly heldAs: HeldAs;
  readonly settle: Settle;
  /** Events of the log, of any session, after which nothing is resumed. */
  readonly mostMissed: number;
  /** Told when the log could not be read; it is read again when it grows. */
  readonly onError: (error: unknown) => void;
}

export type HeldAs = (statement: string) => Promise<{
  readonly approval: string;
  /** Milliseconds since the epoch. */ readonly expiresAt: number;
} | null>;

/** What is told of as it is recorded: statements to whoever made them, and the events of a session. */
export interface RecordStreams {
  readonly statements: LiveStream;
  session(session: SessionId): LiveStream;
  close(): void;
}

/** The log is read by one reader for everybody, and by none while nobody wants to know. */
export function createRecordStreams(parts: RecordStreamsParts): RecordStreams {
  const { events, settle, heldAs, mostMissed } = parts;
  const openedBy = createOpenings(events);
  const readers = new Set<(page: TailPage) => void>();
  let tail: Tail | null = null;

  const follow = async (reader: (page: TailPage) => void) => {
    tail ??= startTail(parts, openedBy, readers);
    const own = tail;
    readers.add(reader);
    const stop = () => {
      readers.delete(reader);
      if (readers.size > 0 || tail !== own) return;
      own.stop();
      tail = null;
    };
    try {
      await own.started;
      return stop;
    } catch (error) {
      stop();
      throw error;
    }
  };

  const stream = (
    select: (viewer: Identity) => Pick<LogPage, 'session' | 'openedBy'>,
    newsOf: (page: TailPage) => readonly LiveNews[],
  ): LiveStream => ({
    follow: async (listener) =>
      await follow((page) => listener({ news: newsOf(page), reached: page.reached })),
    reached() {
      if (tail === null) throw new Error('a stream that nobody follows is nowhere');
      return tail.reached();
    },
    async since(place, viewer) {
      const head = await headOf(events);
      const isHere = place.number <= head.number && place.mark === (await markAt(events, place.number));
      if (!isHere || head.number - place.number > mostMissed) return null;
      const range = { after: place.number - 1, within: head.number, limit: PAGE };
      const rows = await events.afterPosition({ ...range, ...select(viewer) });
      const page = await tailPage(rows, openedBy, heldAs);
      await settle();
      return { news: newsOf(page), reached: rows.length === PAGE ? placeOf(rows.at(-1)!) : head };
    },
  });

  const statements = stream(
    ({ id, subject }) => ({ openedBy: { person: id, subject } }),
    (page) => page.statements(),
  );
  return {
    statements,
    session: (session) =>
      stream(
        () => ({ session }),
        (page) => page.ofSession(session),
      ),
    close() {
      tail?.stop();
    },
  };
}

const PAGE = 200;

interface Tail {
  /** Resolves once it is known where it is. */
  readonly started: Promise<void>;
  reached(): Place;
  stop(): void;
}

function startTail(
  { changes, events, settle, heldAs, onError }: RecordStreamsParts,
  openedBy: Openings,
  readers: ReadonlySet<(page: TailPage) => void>,
): Tail {
  let reached: Place | null = null;
  const stopping = new AbortController();
  let isReading = false;
  let isMore = false;

  const readOn = async (from: Place) => {
    for (let at = from; !stopping.signal.aborted;) {
      const rows = await events.afterPosition({ after: at.number - 1, limit: PAGE });
      if (rows.length === 0) return;
      const page = await tailPage(rows, openedBy, heldAs);
      await settle();
      if (stopping.signal.aborted) return;
      at = page.reached;
      reached = at;
      for (const reader of readers) reader(page);
    }
  };
  const grew = async () => {
    isMore = true;
    if (isReading) return;
    isReading = true;
    while (isMore && !stopping.signal.aborted) {
      isMore = false;
      if (reached !== null) await readOn(reached).catch(onError);
    }
    isReading = false;
  };
  const stopFollowing = changes.followRecord(() => void grew());
  const start = async () => {
    reached = await headOf(events);
    void grew();
  };
  return {
    started: start(),
    reached() {
      if (reached === null) throw new Error('it is not known yet where the log is');
      return reached;
    },
    stop() {
      stopping.abort();
      stopFollowing();
    },
  };
}

/** Some of the log, in order; what it says of each is made once for everybody. */
interface TailPage {
  readonly reached: Place;
  statements(): readonly LiveNews[];
  ofSession(session: SessionId): readonly LiveNews[];
}

async function tailPage(rows: readonly StoredEvent[], openedBy: Openings, heldAs: HeldAs): Promise<TailPage> {
  const statements = await statementNews(rows, openedBy, heldAs);
  const bySession = new Map<string, readonly LiveNews[]>();
  return {
    reached: rows.length === 0 ? NOWHERE : placeOf(rows.at(-1)!),
    statements: () => statements,
    ofSession(session) {
      const known = bySession.get(session) ?? eventNews(rows, session);
      bySession.set(session, known);
      return known;
    },
  };
}

const NOWHERE: Place = { number: 0, mark: '' };

function eventNews(rows: readonly StoredEvent[], session: string): readonly LiveNews[] {
  return rows
    .filter((row) => row.session === session)
    .map((row) => ({
      place: placeOf(row),
      isFor: () => true,
      members: membersOf('event', eventOf(row)),
    }));
}

/** The newest state of each, for the account that opened its session. */
async function statementNews(
  rows: readonly StoredEvent[],
  openedBy: Openings,
  heldAs: HeldAs,
): Promise<readonly LiveNews[]> {
  const newest = new Map<string, LiveNews>();
  for (const row of rows) {
    const owner = isOfStatement(row.type) ? await openedBy(row.session) : null;
    const statement = owner === null ? null : await stateAt(row, heldAs);
    if (owner === null || statement === null) continue;
    // Where the newest is: it goes to the end.
    newest.delete(statement.id);
    newest.set(statement.id, {
      place: placeOf(row),
      isFor: (viewer) => sameAccount(viewer, owner),
      members: membersOf('statement', statement),
    });
  }
  return [...newest.values()];
}

async function stateAt(row: StoredEvent, heldAs: HeldAs): Promise<LiveStatement | null> {
  const event: RecordedEvent = eventOf(row);
  const statement = 'body' in event ? statementAfter(event) : null;
  if (statement?.state !== 'received') return statement;
  // A relay that takes over what an earlier one held records it again: people are still asked.
  const held = await heldAs(statement.id);
  if (held === null) return statement;
  const { approval, expiresAt } = held;
  return { ...statement, state: 'held', approval, expiresAt: new Date(expiresAt).toISOString() };
}

type Opened = Extract<EventBody, { type: 'opened' }>['identity'];
type Openings = (session: string) => Promise<Opened | null>;

/** Whose a session is, by its own first event; null of the relay's own, and where retention has removed it. */
function createOpenings(events: Pick<EventsReader, 'ofSession'>): Openings {
  const known = new LRUCache<string, { readonly by: Opened | null }>({ max: 10_000 });
  return async (session) => {
    const found = known.get(session);
    if (found !== undefined) return found.by;
    const [row] = await events.ofSession(session, { after: -1, limit: 1 });
    const body = row?.type === 'opened' ? row.body : null;
    const by = body === null ? null : (JSON.parse(body) as Extract<EventBody, { type: 'opened' }>).identity;
    known.set(session, { by });
    return by;
  };
}

async function headOf(events: Pick<EventsReader, 'log' | 'hashes'>): Promise<Place> {
  const number = (await events.log())?.size ?? 0;
  return { number, mark: await markAt(events, number) };
}

/** Of the last of the log's first so many. */
async function markAt(events: Pick<EventsReader, 'hashes'>, number: number): Promise<string> {
  const [hash = ''] = number === 0 ? [] : await events.hashes(number - 1, number);
  return hash.slice(0, MARK);
}

function placeOf({ position, hash }: StoredEvent): Place {
  return { number: position + 1, mark: hash.slice(0, MARK) };
}

/** Characters of a hash. */
const MARK = 16;
