/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { parentPort } from 'node:worker_threads';
import { demoDecision } from '../test/support/demo-decision.ts';
import { harmless, hostileShapes } from './bounded-shapes.ts';

/** What to time. */
export interface Order {
  readonly shape: string;
  /** Characters. */
  readonly length: number;
  /** As many, or as there is time for: what takes long is as long the next time. */
  readonly runs: number;
  /** Milliseconds. */
  readonly capMs: number;
}

/** One shape, decided on from its text to the decision. */
export interface Timing {
  /** Milliseconds of processor time of each run: so long the event loop would be held. */
  readonly runs: readonly number[];
  readonly length: number;
  /** Whether it was understood, or refused. */
  readonly understood: boolean;
}

/** The rule of what is refused because of it. */
const NOT_UNDERSTOOD = 'not-understood';
/** What has taken so long is not run again. Milliseconds. */
const AGAIN_MS = 1_500;

const subject = await demoDecision();
const shapes = new Map([harmless, ...hostileShapes].map((shape) => [shape.name, shape]));
// So that the first one measured does not pay for the compiler.
for (let run = 0; run < 20; run += 1) subject.decide(harmless.make(4_096));

parentPort!.on('message', ({ shape, length, runs, capMs }: Order) => {
  const sql = shapes.get(shape)!.make(length);
  const times: number[] = [];
  let understood = false;
  for (let spent = 0; times.length < runs && spent < Math.min(capMs / 2, AGAIN_MS); spent += times.at(-1)!) {
    const start = cpuOfThread();
    const decisions = subject.decide(sql);
    times.push(cpuOfThread() - start);
    understood = decisions.every(({ rule }) => rule !== NOT_UNDERSTOOD);
  }
  parentPort!.postMessage({ runs: times, length: sql.length, understood } satisfies Timing);
});
parentPort!.postMessage('ready');

/** Of this thread: a clock would also count what others do on the machine. Milliseconds. */
function cpuOfThread(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
