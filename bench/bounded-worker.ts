/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { parentPort } from 'node:worker_threads';
import { demoDecision } from '../test/support/demo-decision.ts';
import { harmless, hostileShapes } from './bounded-shapes.ts';

/** What to time. */
export interface Order {
  readonly shape: string;
  /** Characters. */
  readonly length: number;
  /** As many, or as there is time for. */
  readonly runs: number;
  /** Milliseconds. */
  readonly capMs: number;
}

/** One shape, decided on from its text to the decision. */
export interface Timing {
  /** Milliseconds of each run: so long the event loop is held. */
  readonly runs: readonly number[];
  readonly length: number;
  /** Whether it was understood, or refused. */
  readonly understood: boolean;
}

const subject = await demoDecision();
const shapes = new Map([harmless, ...hostileShapes].map((shape) => [shape.name, shape]));
// So that the first one measured does not pay for the compiler.
for (let run = 0; run < 20; run += 1) subject.decide(harmless.make(4_096));

parentPort!.on('message', ({ shape, length, runs, capMs }: Order) => {
  const sql = shapes.get(shape)!.make(length);
  const times: number[] = [];
  for (let spent = 0; times.length < runs && spent < capMs / 2; spent += times.at(-1)!) {
    const start = performance.now();
    subject.decide(sql);
    times.push(performance.now() - start);
  }
  const understood = subject.analyze(sql).every((one) => one.understood);
  parentPort!.postMessage({ runs: times, length: sql.length, understood } satisfies Timing);
});
parentPort!.postMessage('ready');
