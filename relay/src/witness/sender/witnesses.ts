import type { Checkpoint, NoteSignature } from '../../recording/index.ts';
import { type Witness, WitnessConflict } from './witness.ts';

/** Tells every witness of what the relay signs, in the background: nothing waits for them. */
export interface Witnesses {
  /** Called with each checkpoint as it is made. The newest replaces one that still waits. */
  offer(checkpoint: Checkpoint): void;
  /** Sends what is due. Call it about once a second. */
  tick(): void;
  status(): readonly WitnessStatus[];
  /** Resolves when every witness has this one or a later one, or has failed to take it, or the time is over. */
  settled(checkpoint: Checkpoint, ms: number): Promise<void>;
  stop(): Promise<void>;
}

export interface WitnessStatus {
  readonly name: string;
  /** Events under the newest checkpoint that it has; 0 when it has none of this relay's since its start. */
  readonly size: number;
  /** Events under the newest checkpoint that it should have. */
  readonly due: number;
  /** Since when it fails, in milliseconds since the epoch; null while it does not. */
  readonly failingSince: number | null;
  readonly problem: string | null;
  /** When it took a checkpoint last, in milliseconds since the epoch; null when not since the start. */
  readonly takenAt: number | null;
  /** Attempts that failed, since the start. */
  readonly failures: number;
}

export interface WitnessesOptions {
  readonly witnesses: readonly Witness[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Keeps cosignatures with the checkpoint. */
  readonly keep: (checkpoint: Checkpoint, cosignatures: readonly NoteSignature[]) => Promise<void>;
  /** Told when a witness has seen another history of this log. */
  readonly onConflict: (name: string, conflict: WitnessConflict) => void;
  /** Told when a witness begins to fail, and when it takes checkpoints again. */
  readonly onStatus: (status: WitnessStatus) => void;
  /** Milliseconds that one attempt may take. */
  readonly attemptTimeoutMs?: number;
}

/** Seconds before each further attempt; then the last one over and over. */
const BACKOFF_SECONDS = [1, 5, 30, 60] as const;
const LONGEST_WAIT_MS = BACKOFF_SECONDS.at(-1)! * 1_000;
const ATTEMPT_TIMEOUT_MS = 10_000;

export function createWitnesses(options: WitnessesOptions): Witnesses {
  const { now, keep, onConflict, onStatus, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  const stopping = new AbortController();
  const places = options.witnesses.map((witness): Place => ({
    witness,
    due: null,
    has: 0,
    attempts: 0,
    retryAt: 0,
    failingSince: null,
    problem: null,
    takenAt: null,
    failures: 0,
    sending: null,
  }));

  const statusOf = ({
    witness,
    has,
    due,
    failingSince,
    problem,
    takenAt,
    failures,
  }: Place): WitnessStatus => ({
    name: witness.name,
    size: has,
    due: due?.size ?? has,
    failingSince,
    problem,
    takenAt,
    failures,
  });

  const send = async (place: Place, checkpoint: Checkpoint) => {
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(attemptTimeoutMs)]);
      const { cosignatures } = await place.witness.send(checkpoint, signal);
      if (cosignatures.length > 0) await keep(checkpoint, cosignatures);
      place.has = checkpoint.size;
      place.takenAt = now();
      place.attempts = 0;
      if (place.due === checkpoint) place.due = null;
      if (place.failingSince === null) return;
      place.failingSince = null;
      place.problem = null;
      onStatus(statusOf(place));
    } catch (error) {
      if (stopping.signal.aborted) return;
      const wait = BACKOFF_SECONDS[Math.min(place.attempts, BACKOFF_SECONDS.length - 1)]!;
      place.attempts += 1;
      place.failures += 1;
      place.retryAt = now() + wait * 1_000;
      const problem = problemIn(error);
      const isNew = place.problem !== problem;
      place.failingSince ??= now();
      place.problem = problem;
      if (isNew) onStatus(statusOf(place));
      if (isNew && error instanceof WitnessConflict) onConflict(place.witness.name, error);
    }
  };

  /** Unless the clock was put back since, and it would be for as long. */
  const isEarly = ({ retryAt }: Place) => retryAt > now() && retryAt - now() <= LONGEST_WAIT_MS;

  const tick = () => {
    // An attempt that was given up is not to begin another one, which would be given up at once, without end.
    if (stopping.signal.aborted) return;
    for (const place of places) {
      if (place.sending !== null || place.due === null || isEarly(place)) continue;
      const checkpoint = place.due;
      place.sending = send(place, checkpoint).finally(() => {
        place.sending = null;
        // A later one may have come meanwhile.
        if (place.attempts === 0 && place.due !== null) tick();
      });
    }
  };

  return {
    offer(checkpoint) {
      for (const place of places) {
        if (checkpoint.size > place.has && checkpoint.size >= (place.due?.size ?? 0)) place.due = checkpoint;
      }
      tick();
    },
    tick,
    status: () => places.map(statusOf),
    async settled({ size }, ms) {
      const all = async () => {
        for (const place of places) {
          while (place.has < size && place.sending !== null) await place.sending;
        }
      };
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([all(), over]);
      clearTimeout(timer);
    },
    async stop() {
      stopping.abort();
      for (const { sending } of places) await sending;
    },
  };
}

interface Place {
  readonly witness: Witness;
  /** What it is to be told; null when it has the newest. */
  due: Checkpoint | null;
  has: number;
  attempts: number;
  retryAt: number;
  failingSince: number | null;
  problem: string | null;
  takenAt: number | null;
  failures: number;
  sending: Promise<void> | null;
}

/** A word or two: what others answer is not for a log. */
function problemIn(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  const { code } = (error.cause ?? error) as { readonly code?: unknown };
  if (typeof code === 'string') return code;
  if (error.name === 'TypeError') return 'the request failed, or was redirected';
  return error.name === 'Error' || error instanceof WitnessConflict ? error.message : error.name;
}
