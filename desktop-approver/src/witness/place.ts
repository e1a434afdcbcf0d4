import { fingerprintOf, readCheckpoint } from '@sluice/record-proof';
import type { inTurn } from '../in-turn.ts';
import type { Relay } from '../relays/relay.ts';
import type { Trouble } from '../relays/trouble.ts';
import type { KeptLog, Memory } from './memory.ts';
import type { RecordKey, Standing } from './standing.ts';

export type WatchedRelay = Pick<Relay, 'id' | 'client' | 'live' | 'onChange' | 'state'>;

/** What the witness has of one relay while it watches it. */
export interface Place {
  readonly relay: WatchedRelay;
  readonly turn: ReturnType<typeof inTurn>;
  readonly ends: (() => void)[];
  memory: Memory | null;
  type: Standing['type'];
  trouble: Trouble | null;
  cosigned: number;
  /** Milliseconds since the epoch. */
  lookedAt: number;
  next: { readonly at: number; readonly callOff: () => void } | null;
}

export function newPlace(relay: WatchedRelay, turn: Place['turn']): Place {
  return {
    relay,
    turn,
    ends: [],
    memory: null,
    type: 'unknown',
    trouble: null,
    cosigned: 0,
    lookedAt: Number.NEGATIVE_INFINITY,
    next: null,
  };
}

export function standingOf({ memory, type, trouble, cosigned }: Place): Standing {
  const log = memory?.log ?? null;
  const checkpoint = log?.note == null ? null : readCheckpoint(log.note);
  return {
    alarm: memory?.alarm ?? null,
    type,
    trouble,
    cosigned,
    key: log && recordKeyOf(log),
    kept: log === null || checkpoint === null ? null : { log: log.log, size: checkpoint.size, at: log.at },
  };
}

function recordKeyOf({ keys }: KeptLog): RecordKey {
  const { spki, since } = keys.at(-1)!;
  return { fingerprint: fingerprintOf(spki), since, isGiven: keys.some(({ how }) => how === 'pasted') };
}
