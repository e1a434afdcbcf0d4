import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ErrorCode, SessionEvent } from '@sluice/contract';
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { toEpochSeconds } from '../epoch.ts';
import { createEventMetrics } from './event-metrics.ts';
import { createStateMetrics, type MetricSources } from './state-metrics.ts';

export type { MetricSources } from './state-metrics.ts';

/** What a relay counts of itself. Each relay has its own; there is no registry of the process. */
export interface Metrics {
  /** An event is durable. */
  recorded(event: Pick<SessionEvent, 'at' | 'body'>): void;
  /** A request was refused before it became a statement, or because of a limit. */
  refused(code: ErrorCode): void;
  /** A transaction of the store took so long. */
  committed(seconds: number, outcome: 'committed' | 'failed'): void;
  liveChannelOpened(): void;
  liveChannelClosed(): void;
  /** Everything, as Prometheus reads it. */
  text(sources: MetricSources): Promise<string>;
  close(): void;
}

/** @param now milliseconds since the epoch. */
export function createMetrics(now: () => number): Metrics {
  const register = new Registry();
  const registers = [register];
  const recorded = createEventMetrics(register);
  const readState = createStateMetrics(register, now);
  const refused = new Counter({
    name: 'sluice_refused_total',
    help: 'Requests refused before they became statements, and those that exceeded a limit, by code.',
    labelNames: ['code'],
    registers,
  });
  const commits = new Histogram({
    name: 'sluice_commit_seconds',
    help: 'Transactions of the store, with the wait for others.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  });
  const channels = new Gauge({ name: 'sluice_live_channels', help: 'Open live channels.', registers });
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const readProcess = createProcessMetrics(register, loop, now());
  let asked: { readonly at: number; readonly answer: Promise<string> } | null = null;

  return {
    recorded,
    refused: (code) => refused.inc({ code }),
    committed: (seconds, outcome) => commits.observe({ outcome }, seconds),
    liveChannelOpened: () => channels.inc(),
    liveChannelClosed: () => channels.dec(),
    text(sources) {
      // Whoever asks more often makes the database do no more.
      if (asked === null || Math.abs(now() - asked.at) >= FRESH_MS) {
        const read = async () => {
          await readState(sources);
          readProcess();
          return await register.metrics();
        };
        asked = { at: now(), answer: read() };
      }
      return asked.answer;
    },
    close: () => void loop.disable(),
  };
}

const FRESH_MS = 1_000;

/** By the names that they have everywhere: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics */
function createProcessMetrics(
  register: Registry,
  loop: ReturnType<typeof monitorEventLoopDelay>,
  startedAt: number,
): () => void {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [register] });
  const delay = new Gauge({
    name: 'sluice_event_loop_delay_seconds',
    help: 'How late the event loop was, since it was last asked.',
    labelNames: ['quantile'],
    registers: [register],
  });
  const resident = gauge('process_resident_memory_bytes', 'Resident memory in bytes.');
  const started = gauge('process_start_time_seconds', 'When the relay was started.');
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    registers: [register],
  });
  started.set(toEpochSeconds(startedAt));
  return () => {
    for (const quantile of ['0.5', '0.99', '1'] as const) {
      const nanoseconds = loop.percentile(Number(quantile) * 100);
      delay.set({ quantile }, loop.count === 0 ? 0 : nanoseconds / 1e9);
    }
    loop.reset();
    resident.set(process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    cpu.reset();
    cpu.inc((user + system) / 1e6);
  };
}
