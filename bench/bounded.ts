/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { percentile, type Report } from './benchmark.ts';
import { harmless, hostileShapes, type Shape, wideShapes } from './bounded-shapes.ts';
import { heldByTexts } from './event-loop.ts';
import type { Order, Timing } from './bounded-worker.ts';

export interface BoundedOptions {
  /** Characters of each text. */
  readonly length: number;
  /**
   * A shape that takes so many times as long as harmless SQL is given up, and counts as that long: more than the
   * 20 times that it may take. But not before so many milliseconds.
   */
  readonly capFactor: number;
  readonly leastCapMs: number;
  readonly runs: number;
  /** By name; all without. */
  readonly shapes?: readonly string[];
  /** Of each text that is sent through a whole relay, to see how long its event loop is held; none for 0. */
  readonly relayRuns: number;
}

const DEFAULTS: BoundedOptions = {
  length: 1_024 * 1_024,
  capFactor: 30,
  leastCapMs: 2_000,
  runs: 3,
  relayRuns: 1,
};

/**
 * How much work one statement of 1 MiB can make: the whole decision (parse, analyze, decide) on SQL made to be
 * costly, beside harmless SQL of the same size, each in a thread that is ended when it takes too long. And for how long
 * each of them holds the event loop of a whole relay.
 */
export async function bounded(options: Partial<BoundedOptions> = {}): Promise<Report> {
  const { length, capFactor, leastCapMs, runs, shapes, relayRuns } = { ...DEFAULTS, ...options };
  const stopwatch = createStopwatch();
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const took: number[] = [];
  let understood = 0;
  let capped = 0;
  try {
    const plain = await stopwatch.time({ shape: harmless.name, length, runs, capMs: MOST_HARMLESS_MS });
    if (plain === null) throw new Error(`harmless SQL took longer than ${MOST_HARMLESS_MS} ms`);
    const plainMs = percentile(plain.runs, 0.5);
    const capMs = Math.ceil(Math.max(leastCapMs, capFactor * plainMs));
    figures['harmless_ms'] = plainMs;
    const wanted = hostileShapes.filter(({ name }) => shapes === undefined || shapes.includes(name));
    for (const { name } of wanted) {
      console.error(`bounded: deciding on ${name}`);
      const timing = await stopwatch.time({ shape: name, length, runs, capMs });
      const ms = timing === null ? capMs : percentile(timing.runs, 0.5);
      took.push(timing === null ? capMs : Math.max(...timing.runs));
      figures[`${name}_ms`] = ms;
      ratios[name] = ms / plainMs;
      if (timing === null) capped += 1;
      if (timing?.understood === true) understood += 1;
    }
    await stopwatch.stop();
    const held = await heldInRelay(wanted, length, relayRuns);
    ratios['worst'] = Math.max(...Object.values(ratios));
    return {
      name: 'bounded',
      figures: {
        bytes: length,
        ...figures,
        worst_ms: Math.max(...wanted.map(({ name }) => figures[`${name}_ms`]!)),
        longestAnalysisMs: Math.max(...took),
        ...held,
        shapes: wanted.length,
        shapesUnderstood: understood,
        shapesCapped: capped,
        capMs,
      },
      ratios,
    };
  } finally {
    await stopwatch.stop();
  }
}

/** Somewhat shorter, since a request has a name and quotes around the text. */
const ROOM = 4_096;

/** Milliseconds after which a statement that the warehouse is still busy with is aborted. */
const PATIENCE_MS = 3_000;
/** Of those whose result is what matters. */
const WIDE_PATIENCE_MS = 60_000;

async function heldInRelay(
  wanted: readonly Shape[],
  length: number,
  runs: number,
): Promise<Record<string, number>> {
  if (runs === 0) return {};
  const texts = [harmless, ...wanted, ...wideShapes].map(
    ({ name, make }) => [name, make(length - ROOM)] as const,
  );
  const wideNames = new Set(wideShapes.map(({ name }) => name));
  const held = await heldByTexts(new Map(texts), {
    runs,
    patienceMs: (name) => (wideNames.has(name) ? WIDE_PATIENCE_MS : PATIENCE_MS),
    onText: (name) => console.error(`bounded: through a relay, ${name}`),
  });
  const idle = held.get('idle')!;
  const shapes = [...held].filter(([name]) => name !== 'idle');
  const longest = shapes
    .map(([, hold]) => hold)
    .reduce((one, other) => (other.cpuMs > one.cpuMs ? other : one));
  return {
    ...Object.fromEntries(shapes.map(([name, { cpuMs }]) => [`${name}_holdMs`, cpuMs])),
    idleHoldMs: idle.cpuMs,
    longestHoldMs: longest.cpuMs,
    longestHoldGcMs: longest.gcMs,
    longestHoldWallMs: Math.max(...shapes.map(([, { wallMs }]) => wallMs)),
    idleHoldWallMs: idle.wallMs,
  };
}

const MOST_HARMLESS_MS = 30_000;

/** A thread that times shapes, replaced when one of them does not end or takes all of its memory. */
export function createStopwatch() {
  let worker: Worker | null = null;

  const ready = async (): Promise<Worker> => {
    if (worker !== null) return worker;
    const made = new Worker(new URL('./bounded-worker.ts', import.meta.url), {
      // As the relay's own workers have: with less, most of the time goes into collecting garbage.
      resourceLimits: { maxOldGenerationSizeMb: 2_048, maxYoungGenerationSizeMb: 128 },
    });
    await once(made, 'message');
    worker = made;
    return made;
  };
  const stop = async () => {
    await worker?.terminate();
    worker = null;
  };

  return {
    stop,
    /** Null when it does not end in time. */
    async time(order: Order): Promise<Timing | null> {
      const timer = await ready();
      // Processor time is what counts: on a busy machine the clock may show many times as much.
      const timeout = AbortSignal.timeout(10 * order.capMs);
      try {
        timer.postMessage(order);
        const [timing] = (await once(timer, 'message', { signal: timeout })) as [Timing];
        return Math.min(...timing.runs) > order.capMs ? null : timing;
      } catch {
        // Out of time or out of memory: either way it has no bound worth measuring.
        await stop();
        return null;
      }
    },
  };
}
