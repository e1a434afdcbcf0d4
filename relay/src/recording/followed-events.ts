import type { EventBody, EventType, SessionEvent } from '@sluice/contract';
import { LRUCache } from 'lru-cache';
import { follows, storedHash } from './log/stored-hash.ts';
import type { ProvingReaders } from './log/proven-events.ts';
import type { AuthoredEvent } from './ports.ts';
import type { ProvenRecord } from './proven-record.ts';

/**
 * What a table says that somebody was given (a grant, an approval, an opened break-glass statement), as the record has it: the
 * event that gave it, and what its session says of it since. Whoever writes to the database can add a row, or change one.
 */
export interface FollowedEvents<State> {
  /** @param readers a transaction's, or else the answer may be of two moments. */
  standing(readers: ProvingReaders, place: RecordedPlace): Promise<Followed<State>>;
  /** An event that this transaction has recorded: the record shows it only once its commit has ended. */
  note(tx: { onEnd(listener: (durable: boolean) => void): void }, event: SessionEvent): void;
}

/** The event that gave it. */
export interface RecordedPlace {
  readonly session: string;
  readonly seq: number;
}

/** How it stands, or why the record does not say so. */
export type Followed<State> = { readonly state: State } | { readonly why: string };

/** How it comes to stand as it does. */
export interface Story<State> {
  /** The types of all events that say something of it. */
  readonly types: readonly EventType[];
  /** Null when that event gives nothing of this kind. */
  begin(event: ToldEvent): State | null;
  next(state: State, event: ToldEvent): State;
}

export interface ToldEvent {
  readonly body: EventBody;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Every event of the session since is read, each of which follows the one before: what was taken out between them is missed. */
export function followEvents<State>(
  proof: Pick<ProvenRecord, 'standingOf' | 'end'>,
  story: Story<State>,
): FollowedEvents<State> {
  const read = new LRUCache<string, Read<State>>({ max: MOST_FOLLOWED });
  const pending = new Set<SessionEvent>();

  const durable = async (
    readers: ProvingReaders,
    { session, seq }: RecordedPlace,
  ): Promise<Followed<State>> => {
    const key = `${session} ${seq}`;
    let known = read.get(key);
    let last: AuthoredEvent | null = null;
    for (;;) {
      const page = await readers.events.ofSession(session, { after: known?.seq ?? seq - 1, limit: PAGE });
      for (const row of page) {
        const isNext =
          known === undefined ? row.seq === seq && storedHash(row) === row.hash : follows(row, known);
        if (!isNext) return NOT_SHOWN;
        const told = story.types.some((type) => type === row.type);
        if (told && row.body === null) return { why: 'of which retention has removed what the record said' };
        const event = told ? { body: JSON.parse(row.body!) as EventBody, at: row.at } : null;
        const state: State | null =
          known === undefined
            ? event && story.begin(event)
            : event === null
              ? known.state
              : story.next(known.state, event);
        if (state === null) return NOT_GIVEN;
        known = { seq: row.seq, hash: row.hash, position: row.position, state };
        last = row;
      }
      if (page.length < PAGE) break;
    }
    if (known === undefined) return NOT_GIVEN;
    if (known.position < proof.end(session)) return NOT_SHOWN;
    // By the hashes, all before the last one are what was recorded if that is.
    if (last !== null && (await proof.standingOf(last, readers)) !== 'proven') return NOT_SHOWN;
    read.set(key, known);
    return { state: known.state };
  };

  return {
    async standing(readers, place) {
      if (typeof place.session !== 'string' || !Number.isSafeInteger(place.seq) || place.seq < 0)
        return NOT_GIVEN;
      const own = [...pending].filter(({ session }) => session === place.session);
      const given = own.find(({ seq }) => seq === place.seq);
      const first = given && story.begin(given);
      if (first === null) return NOT_GIVEN;
      const followed = first === undefined ? await durable(readers, place) : { state: first };
      if (!('state' in followed)) return followed;
      const later = own.filter(({ seq }) => seq > place.seq);
      return { state: later.reduce<State>((state, event) => story.next(state, event), followed.state) };
    },
    note(tx, event) {
      pending.add(event);
      tx.onEnd(() => void pending.delete(event));
    },
  };
}

/** Up to which event it was read. */
interface Read<State> extends Pick<AuthoredEvent, 'seq' | 'hash' | 'position'> {
  readonly state: State;
}

const NOT_GIVEN = { why: 'which nobody was given on the record' };
const NOT_SHOWN = { why: 'of which the record does not show all that was recorded' };

/** Things whose story is remembered as far as it was read. */
const MOST_FOLLOWED = 1_000;
const PAGE = 200;
