import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import { toEpochSeconds } from '../epoch.ts';

/** What is read when somebody asks. Each may fail: its metrics are then left out. */
export interface MetricSources {
  /** How many events the log holds. */
  readonly events: () => Promise<number>;
  /** Bytes of the database. */
  readonly bytes: () => Promise<number>;
  /** The newest checkpoint; null when there is none. */
  readonly checkpoint: () => Promise<{ readonly size: number; readonly at: string } | null>;
  readonly isSound: () => boolean;
  /** When the whole signed log was read last, in milliseconds since the epoch; null when not since the start. */
  readonly patrolledAt: () => number | null;
  readonly witnesses: () => readonly WitnessState[];
  readonly retention: () => Promise<{ readonly run: RunState | null }>;
  /** How many statements and requests wait for people. */
  readonly held: () => Promise<number>;
}

/** The newest run of retention. */
export interface RunState {
  /** ISO 8601; null while it is under way. */
  readonly finishedAt: string | null;
  readonly problem: string | null;
  readonly rules: readonly { readonly bodies: number; readonly payloads: number }[];
}

export interface WitnessState {
  /** As the configuration names it. */
  readonly name: string;
  readonly size: number;
  readonly due: number;
  /** When it took a checkpoint last, in milliseconds since the epoch; null when not since the start. */
  readonly takenAt: number | null;
  readonly failures: number;
}

/** @returns reads the sources into the metrics. */
export function createStateMetrics(
  register: Registry,
  now: () => number,
): (sources: MetricSources) => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [register] });
  const ofWitness = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['witness'], registers: [register] });
  const startedAt = now();
  const events = gauge('sluice_record_events', 'Events that the log holds.');
  const bytes = gauge('sluice_record_bytes', 'Bytes of the database.');
  const unsigned = gauge('sluice_record_unsigned_events', 'Events that no checkpoint covers yet.');
  const age = gauge('sluice_checkpoint_age_seconds', 'Since the newest checkpoint was signed.');
  const contradicted = gauge(
    'sluice_record_contradicted',
    '1 while the store does not hold what was recorded: nothing runs.',
  );
  const patrolled = gauge(
    'sluice_record_patrolled_timestamp_seconds',
    'When the whole signed log was read last, and found as it was signed; before that, when the relay was started.',
  );
  const behind = ofWitness('sluice_witness_behind_events', 'Signed events that a witness has not taken.');
  const taken = ofWitness(
    'sluice_witness_taken_timestamp_seconds',
    'When a witness took (and cosigned, if it does) a checkpoint last.',
  );
  const failures = new Counter({
    name: 'sluice_witness_failures_total',
    help: 'Attempts at telling a witness of a checkpoint that failed.',
    labelNames: ['witness'],
    registers: [register],
  });
  const finished = gauge(
    'sluice_retention_finished_timestamp_seconds',
    'When the newest run of retention got to its end.',
  );
  const failed = gauge(
    'sluice_retention_failed',
    '1 when the newest run of retention did not get to its end.',
  );
  const removed = new Gauge({
    name: 'sluice_retention_announced',
    help: 'What the newest run of retention has announced as removed.',
    labelNames: ['what'],
    registers: [register],
  });
  const held = gauge('sluice_approvals_held', 'Statements and requests that wait for people.');

  const ofLog = async (sources: MetricSources) => {
    events.reset();
    unsigned.reset();
    age.reset();
    const [size, checkpoint] = [await sources.events(), await sources.checkpoint()];
    events.set(size);
    unsigned.set(Math.max(0, size - (checkpoint?.size ?? 0)));
    if (checkpoint !== null) age.set((now() - Date.parse(checkpoint.at)) / 1_000);
  };
  const ofWitnesses = (sources: MetricSources) => {
    failures.reset();
    for (const { name: witness, size, due, takenAt, ...state } of sources.witnesses()) {
      behind.set({ witness }, Math.max(0, due - size));
      failures.inc({ witness }, state.failures);
      if (takenAt !== null) taken.set({ witness }, toEpochSeconds(takenAt));
    }
  };
  const ofRetention = async (sources: MetricSources) => {
    const { run } = await sources.retention();
    if (run === null) return;
    if (run.finishedAt !== null) finished.set(toEpochSeconds(Date.parse(run.finishedAt)));
    failed.set(run.problem === null ? 0 : 1);
    const sum = (what: 'bodies' | 'payloads') => run.rules.reduce((all, rule) => all + rule[what], 0);
    for (const what of ['bodies', 'payloads'] as const) removed.set({ what }, sum(what));
  };

  return async (sources) => {
    contradicted.set(sources.isSound() ? 0 : 1);
    patrolled.set(toEpochSeconds(sources.patrolledAt() ?? startedAt));
    ofWitnesses(sources);
    // One that fails does not take the others with it: they say why.
    await Promise.allSettled([
      ofLog(sources),
      sources.bytes().then((size) => bytes.set(size)),
      ofRetention(sources),
      sources.held().then((count) => held.set(count)),
    ]);
  };
}
