import type { IdentitySummary } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { RecordReaders } from '../ports.ts';
import type { RetentionReader, RetentionStore, RetentionTransaction, StoredRun } from './ports.ts';
import type { DueRule } from './rule.ts';
import type { NoticeOnRecord } from './rules-on-record.ts';

/** One run, as it is told to people. Times are ISO 8601, UTC. */
export interface RetentionRun {
  readonly startedAt: string;
  /** Null while it is under way. */
  readonly finishedAt: string | null;
  /** Who asked for it; null when it was the relay's own schedule. */
  readonly by: IdentitySummary | null;
  readonly reason: string | null;
  readonly rules: readonly RuleRun[];
  /** Bytes by which the database became smaller. */
  readonly givenBack: number;
  /** Why it did not begin, or did not get to its end; the next one goes on. */
  readonly problem: string | null;
}

/** A rule, and what has been announced by it so far. */
export interface RuleRun extends DueRule {
  readonly sessions: number;
  readonly bodies: number;
  readonly payloads: number;
}

/** What is known between runs. None of it is believed where something is removed: the record is asked. */
export interface RunState {
  readonly run: RetentionRun | null;
  /** Where the rules in force stand on the record. */
  readonly standing: NoticeOnRecord | null;
  /** Where it stands on the record that a run began, by a clock that there was nothing against. */
  readonly began: NoticeOnRecord | null;
}

/** The newest run, in the store: one at a time, whichever relay has it. */
export interface RunStore {
  read(retention: RetentionReader): Promise<RunState>;
  save(retention: RetentionStore, state: RunState): Promise<void>;
  /** Whether a relay has a run now. */
  isUnderWay(retention: RetentionReader): Promise<boolean>;
  /** Makes this run the newest; false while another one is under way. */
  take(retention: RetentionStore, run: RetentionRun): Promise<boolean>;
  /** Notes how far it is, once a second at most. Throws when another relay has taken it for dead. */
  progress(run: RetentionRun): Promise<void>;
  finish(run: RetentionRun): Promise<void>;
  sweptUpTo(): Promise<number>;
  swept(upTo: number): Promise<void>;
}

/** How long a relay that says nothing has a run. Milliseconds. */
const LEASE_MS = 10 * 60 * 1_000;
/** How far the clocks of two relays on a store may be apart. Milliseconds. */
const TOLERANCE_MS = 5 * 60 * 1_000;
/** Between two notes of how far a run is. Milliseconds. */
const EVERY_MS = 1_000;

export function createRunStore({
  store,
  transaction,
  relay,
  now,
  elapsed,
}: {
  readonly store: Pick<RecordReaders, 'retention'>;
  readonly transaction: <T>(work: (tx: RetentionTransaction) => Promise<T>) => Promise<T>;
  /** This start of this relay. */
  readonly relay: string;
  readonly now: () => number;
  readonly elapsed: () => number;
}): RunStore {
  let noted = -Infinity;

  const row = async (retention: RetentionReader) =>
    (await retention.run()) ?? { relay: null, until: 0, state: JSON.stringify(NO_STATE), swept: 0 };
  const isTaken = ({ relay: holder, until }: StoredRun) => {
    const left = until - now();
    // One that lasts longer than any was given by a clock that was ahead, and may have been left so.
    return holder !== null && left > 0 && left <= LEASE_MS + TOLERANCE_MS;
  };
  const stateIn = (text: string): RunState => ({ ...NO_STATE, ...(JSON.parse(text) as Partial<RunState>) });
  const read = async (retention: RetentionReader) => stateIn((await row(retention)).state);

  /** Changes the state of this relay's own run. */
  const change = (next: (state: RunState) => RunState, lease: 'keep' | 'end') =>
    transaction(async ({ retention }) => {
      const held = await row(retention);
      if (held.relay !== relay) {
        throw new SluiceError('retention_refused', 'another relay goes on with the run');
      }
      const state = JSON.stringify(next(stateIn(held.state)));
      const has = lease === 'keep' ? { relay, until: now() + LEASE_MS } : { relay: null, until: 0 };
      await retention.saveRun({ ...held, ...has, state });
    });

  return {
    read,
    async save(retention, state) {
      await retention.saveRun({ ...(await row(retention)), state: JSON.stringify(state) });
    },
    isUnderWay: async (retention) => isTaken(await row(retention)),
    async take(retention, run) {
      const held = await row(retention);
      if (isTaken(held)) return false;
      const state: RunState = { ...stateIn(held.state), run };
      await retention.saveRun({ ...held, relay, until: now() + LEASE_MS, state: JSON.stringify(state) });
      return true;
    },
    async progress(run) {
      if (elapsed() - noted < EVERY_MS) return;
      noted = elapsed();
      await change((state) => ({ ...state, run }), 'keep');
    },
    finish: (run) =>
      change((state) => ({ ...state, run: { ...run, finishedAt: new Date(now()).toISOString() } }), 'end'),
    sweptUpTo: async () => (await row(store.retention)).swept,
    swept: (upTo) =>
      transaction(async ({ retention }) => retention.saveRun({ ...(await row(retention)), swept: upTo })),
  };
}

const NO_STATE: RunState = { run: null, standing: null, began: null };
