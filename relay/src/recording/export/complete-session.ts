import { contradiction } from '../checkpoints/contradiction.ts';
import { follows, storedHash } from '../log/stored-hash.ts';
import type { AuthoredEvent, EventsReader, StoredEvent } from '../ports.ts';
import type { ProvenRecord } from '../proven-record.ts';

/** What shows that nothing is left out of a session, or of what says whose keys sign, by whoever can write to the store. */
export type CompletenessProof = Pick<ProvenRecord, 'readFrom' | 'end' | 'keyEvents' | 'believes'>;

/** The session of a file that is to be attested. */
interface Exported {
  readonly session: string;
  /** Its decisions, as they were found by their type. */
  readonly decisions: readonly StoredEvent[];
  /** The log's first that many events. */
  readonly size: number;
}

/**
 * Follows the events of a session while they are read by the session, which a row that was hidden escapes. Where the last one stands
 * is known from the log, which is read by position.
 */
export interface SessionFollower {
  /** @throws SluiceError `record_contradicted` when it is not whole, or does not follow the one before. */
  next(row: AuthoredEvent): void;
  /** @throws SluiceError `record_contradicted` when the session has more events within the size, or the last is not the relay's. */
  end(): Promise<void>;
}

export function followSession(
  events: Pick<EventsReader, 'ofSession'>,
  proof: CompletenessProof,
  { session, decisions, size }: Exported,
): SessionFollower {
  const decided = new Set(decisions.map(({ position }) => position));
  let last: AuthoredEvent | null = null;
  const lastSeq = () => last?.seq ?? -1;

  /** What was recorded since: it shows that nothing stands between. */
  const goesOnBehind = async () => {
    const [next] = await events.ofSession(session, { after: lastSeq(), limit: 1 });
    return next !== undefined && next.position >= size && follows(next, last) && (await proof.believes(next));
  };

  return {
    next(row) {
      if (!follows(row, last)) throw notShown(session, lastSeq() + 1);
      // The lines of devices are those of its decisions.
      if (row.type === 'approval_decided' && !decided.has(row.position)) throw notShown(session, row.seq);
      last = row;
    },
    async end() {
      // By the hashes, all before the last one are what was recorded if that is.
      if (last === null || !(await proof.believes(last))) throw notShown(session, lastSeq());
      if (proof.end(session) === last.position || (await goesOnBehind())) return;
      throw notShown(session, lastSeq() + 1);
    },
  };
}

/**
 * The rows of the relay session that say whose keys sign, found by their type, if none is missing.
 *
 * @param rows of one type or several.
 * @throws SluiceError `record_contradicted` when the log has others.
 */
export function requireKeyEvents(
  proof: Pick<ProvenRecord, 'keyEvents'>,
  rows: readonly AuthoredEvent[],
  types: readonly string[],
  size: number,
): void {
  const found = new Map(rows.map((row) => [row.position, row]));
  for (const { position, type, hash } of proof.keyEvents()) {
    if (position >= size || !types.includes(type)) continue;
    const row = found.get(position);
    if (row?.hash !== hash || storedHash(row) !== hash)
      throw contradiction(
        `event ${position} of the log, which says whose keys sign, is not found by its type`,
      );
  }
}

function notShown(session: string, seq: number): Error {
  return contradiction(
    `session ${session} has an event ${seq} on the log, and it is not found by the session, or is another: nothing of it is exported`,
  );
}
