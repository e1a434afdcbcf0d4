import type { SluiceError } from '../errors.ts';
import { earlierEvents } from './checkpoints/earlier-events.ts';
import type { KnownLog } from './checkpoints/known-log.ts';
import { isHold, type LogFacts } from './checkpoints/log-facts.ts';
import type { Patrol } from './checkpoints/patrol.ts';
import type { ProvenEvents, ProvingReaders } from './log/proven-events.ts';
import type { RecordReaders } from './ports.ts';

/** The record, as far as something is decided or attested by it: what whoever writes to the store has put there counts for nothing. */
export interface ProvenRecord extends Pick<LogFacts, 'sizeAt' | 'times' | 'end' | 'keyEvents'>, ProvenEvents {
  /** Whether every event has been read since the relay started: before that, the facts are those of the newest only. */
  isRead(): boolean;
  /** Reads what was not. */
  readAll(signal: AbortSignal): Promise<void>;
  /** Reads what was not of the events from this position on. @throws SluiceError `record_contradicted` */
  readFrom(position: number): Promise<void>;
  /**
   * Whether a session is under legal hold, by its newest `hold` event. One that was read once is known, wherever it has
   * gone; one that another relay has appended since is read here.
   *
   * @param store or a transaction, for what is asked within one.
   */
  isHeld(session: string, store: ProvingReaders): Promise<boolean>;
}

export function provenRecord(options: {
  readonly store: Pick<RecordReaders, 'events' | 'checkpoints'>;
  readonly events: ProvenEvents;
  readonly facts: LogFacts;
  readonly known: Pick<KnownLog, 'start' | 'checked'>;
  readonly patrol: Patrol;
  /** Told of what the store holds in the place of what was signed. */
  readonly onFound: (error: SluiceError) => Promise<void>;
}): ProvenRecord {
  const { store, events, facts, known, patrol, onFound } = options;
  const earlier = earlierEvents(store, known.start, facts, onFound);
  const isRead = () => patrol.rounds() > 0 || earlier.from() === 0;
  return {
    ...events,
    sizeAt: facts.sizeAt,
    times: facts.times,
    end: facts.end,
    keyEvents: facts.keyEvents,
    isRead,
    async readAll(signal) {
      if (!isRead()) await earlier.readFrom(0, signal);
    },
    async readFrom(position) {
      if (!isRead()) await earlier.readFrom(position);
    },
    async isHeld(session, store) {
      const readTo = isRead() ? known.checked().size : 0;
      let newest = facts.hold(session);
      for (const row of await store.events.ofTypes(session, ['hold'])) {
        if (row.position < readTo || row.position <= (newest?.position ?? -1)) continue;
        const held = isHold(row.body);
        // A release that nobody may have made releases nothing.
        if (held || (await events.believes(row, store))) newest = { position: row.position, held };
      }
      return newest?.held ?? false;
    },
  };
}
