import type { EventType } from '@sluice/contract';
import type { Transaction } from '../../unit-of-work.ts';

/** `payloads`: results and binds. `bodies`: also everything in the events except their time and type. */
export type Removes = 'payloads' | 'bodies';

/** How much of a session retention has announced: nothing, its payloads, its bodies too. */
export type Removed = 0 | 1 | 2;

/** A closed session that is not under legal hold. */
export interface ClosedSession {
  readonly session: string;
  /** ISO 8601, UTC. */
  readonly closedAt: string;
  /** Of its newest event, not counting retention's own. */
  readonly newestAt: string;
  readonly newestPosition: number;
}

export interface ClosedPage {
  readonly removed: Removed;
  /** Closed before this instant. ISO 8601, UTC. */
  readonly before: string;
  /** The last session of the page before. */
  readonly after: Pick<ClosedSession, 'session' | 'closedAt'> | null;
  readonly limit: number;
}

/** An event, and what of it could be removed. */
export interface RemovableEvent {
  readonly seq: number;
  readonly hasBody: boolean;
  /** The addresses of the payloads that it names and that retention has not removed. */
  readonly payloads: readonly string[];
}

/** A `redacted` event whose bodies and payloads have not been removed yet. */
export interface Announced {
  readonly session: string;
  readonly seq: number;
}

/** How many bodies and payloads a session has, and their bytes as they are stored. */
export interface Weight {
  readonly bodies: { readonly number: number; readonly bytes: number };
  readonly payloads: { readonly number: number; readonly bytes: number };
}

/** The newest run of retention. */
export interface StoredRun {
  /** The relay that has it; null when none is under way. */
  readonly relay: string | null;
  /** Until when that relay has it, in milliseconds since the epoch. */
  readonly until: number;
  /** JSON. */
  readonly state: string;
  /** Payloads kept before this instant have been looked through for those that no event names. */
  readonly swept: number;
}

export interface RetentionReader {
  /** In the order in which they were closed. */
  closed(page: ClosedPage): Promise<readonly ClosedSession[]>;
  /** A page of a session's events, by `seq`; those of these types keep their bodies. */
  removable(
    session: string,
    page: { readonly after: number; readonly limit: number; readonly except: readonly EventType[] },
  ): Promise<readonly RemovableEvent[]>;
  /** Bodies of these types are not counted. */
  weigh(session: string, except: readonly EventType[]): Promise<Weight>;
  announced(limit: number): Promise<readonly Announced[]>;
  run(): Promise<StoredRun | null>;
}

export interface RetentionStore extends RetentionReader {
  /** Notes that a session has been announced so far. */
  setRemoved(session: string, removed: Removed): Promise<void>;
  announce(announced: Announced): Promise<void>;
  /** It was carried out, or called off. */
  settle(announced: Announced): Promise<void>;
  saveRun(run: StoredRun): Promise<void>;
}

export type RetentionTransaction = Transaction & { readonly retention: RetentionStore };
