/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MaskingKeys } from '../masking/index.ts';
import type { Binds } from '../warehouse/index.ts';
import type { Assessment, Question } from './assess.ts';
import type { Reply, AssessOrder, FromThread, Order, Wanted } from './messages.ts';
import type { RowCount } from './row-count.ts';
import type { Split } from './split.ts';

export interface ThreadLimits {
  readonly patienceMs: number;
  readonly memoryMb: number;
}

/** Does one thing at a time. Null when a text takes too long, or too much memory. */
export interface Thread {
  assess(question: Question): Promise<Assessment | null>;
  split(sql: string): Promise<Split | 'too_complex'>;
  rowCount(sql: string, binds: Binds): Promise<RowCount | null>;
  close(): Promise<void>;
}

type Result = Exclude<FromThread, { type: 'ask' }>;

/** Started with the first text, and again after one that it was ended for. */
export function createThread(keys: MaskingKeys, { patienceMs, memoryMb }: ThreadLimits): Thread {
  let worker: Worker | null = null;
  /** Told when there will be no answer. */
  let giveUp = () => {};

  const start = (): Worker => {
    const made = new Worker(new URL('./in-thread.ts', import.meta.url), {
      workerData: keys,
      // With a small young generation, most of the time goes into collecting garbage.
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // Out of memory, or a defect of ours: whatever was asked has no answer.
    made.on('error', () => {});
    made.once('exit', () => {
      if (worker !== made) return;
      worker = null;
      giveUp();
    });
    made.unref();
    return made;
  };
  const end = async () => {
    const ended = worker;
    worker = null;
    giveUp();
    await ended?.terminate();
  };

  /** Null when there is no answer. */
  const run = async (
    order: Order,
    onAsk: (wanted: Wanted) => void,
    transfer: MessageChannel['port1'][],
  ): Promise<Result | null> => {
    const running = (worker ??= start());
    const { promise, resolve } = Promise.withResolvers<Result | null>();
    giveUp = () => resolve(null);
    const listen = (message: FromThread) => {
      if (message.type === 'ask') onAsk(message.wanted);
      else resolve(message);
    };
    running.on('message', listen);
    const timer = setTimeout(() => void end(), patienceMs);
    running.postMessage(order, transfer);
    try {
      const result = await promise;
      // To receive it took a while: what is done with it waits for others to have their turn.
      await nextTurn();
      return result;
    } finally {
      clearTimeout(timer);
      running.off('message', listen);
    }
  };

  return {
    close: end,
    async assess(question) {
      const { port1: answers, port2: ours } = new MessageChannel();
      const answered = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
      const count = new Int32Array(answered);
      const tell = (wanted: Wanted) => {
        ours.postMessage({ found: find(question, wanted) } satisfies Reply);
        Atomics.add(count, 0, 1);
        Atomics.notify(count, 0);
      };
      try {
        const result = await run(orderOf(question, answers, answered), tell, [answers]);
        return result?.type === 'assessed' ? result.assessment : null;
      } finally {
        ours.close();
      }
    },
    async split(sql) {
      const result = await run({ type: 'split', sql }, () => {}, []);
      return result?.type === 'split' ? result.texts : 'too_complex';
    },
    async rowCount(sql, binds) {
      const result = await run({ type: 'count', sql, binds }, () => {}, []);
      return result?.type === 'count' ? result.count : null;
    },
  };
}

const YOUNG_MB = 128;

function orderOf(
  { sql, binds, catalog, context, policy, deciding, surroundings }: Question,
  answers: AssessOrder['answers'],
  answered: SharedArrayBuffer,
): AssessOrder {
  const { variables: _, results, ...names } = context;
  const { tags: __, ...plain } = deciding;
  return {
    type: 'assess',
    sql,
    binds,
    catalogVersion: catalog.version,
    context: names,
    results: [...results.keys()],
    policy: policy.text,
    deciding: plain,
    surroundings,
    answers,
    answered,
  };
}

function find({ catalog, context, deciding }: Question, wanted: Wanted): unknown {
  if ('object' in wanted) return catalog.find(wanted.object);
  if ('tagsOf' in wanted) return deciding.tags.tagsOf(wanted.tagsOf);
  if ('variable' in wanted) return context.variables.get(wanted.variable);
  return context.results.get(wanted.result);
}
