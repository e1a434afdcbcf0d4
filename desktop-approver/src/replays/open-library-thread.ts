import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { TroubleError, type TroubleCode } from '../relays/trouble.ts';
import type { Checked } from './take-in.ts';
import type {
  Demand,
  LibraryAnswer,
  LibraryCalls,
  LibraryOrder,
  LibraryPlace,
  Supply,
} from './thread-messages.ts';

/** The library on its own thread: as `Library` has it, but that each call is waited for. */
export type LibraryThread = {
  readonly [Name in keyof LibraryCalls]: (
    ...given: Parameters<LibraryCalls[Name]>
  ) => Promise<Awaited<ReturnType<LibraryCalls[Name]>>>;
} & {
  /** Checks an export there. @throws TroubleError as `takeIn` has them; the signal's reason, or what `chunks` throws. */
  check(order: CheckOrder): Promise<Checked>;
  /** Resolves when its file is closed. The next call opens it again. */
  close(): Promise<void>;
};

export interface CheckOrder {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly relay: string | null;
  readonly session: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What is known of a log: its keys (SPKI, base64), and the verifier keys of its witnesses. */
  readonly knownOf: (
    log: string,
  ) => Promise<{ readonly keys: readonly string[]; readonly witnesses: readonly string[] }>;
  readonly onProgress: (progress: { readonly events: number; readonly bytes: number }) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts the thread when it is needed first, and anew should it have ended: whoever waited for it then is told so.
 *
 * @param program `library-thread.ts`, or what it was built to.
 */
export function openLibraryThread(program: string | URL, place: () => LibraryPlace): LibraryThread {
  let running: Running | null = null;
  let ids = 0;
  const thread = (): Running => {
    if (running !== null) return running;
    const started = start(program, place(), () => {
      if (running === started) running = null;
    });
    return (running = started);
  };
  const ask = async (order: (id: number) => LibraryOrder, transfer: readonly MessagePort[] = []) =>
    await new Promise<unknown>((resolve, reject) => {
      const id = (ids += 1);
      const { worker, waiting } = thread();
      waiting.set(id, { resolve, reject });
      worker.postMessage(order(id), transfer);
    });
  const call =
    (name: keyof LibraryCalls) =>
    async (...given: readonly unknown[]) =>
      await ask((id) => ({ type: 'call', id, name, given }));
  const calls = Object.fromEntries(CALLS.map((name) => [name, call(name)])) as unknown as LibraryThread;
  return {
    ...calls,
    async check({ relay, session, at, ...supply }) {
      supply.signal.throwIfAborted();
      const { port1: own, port2: port } = new MessageChannel();
      const supplied = supplying(own, supply);
      const checked = ask(
        (id) => ({ type: 'check', id, relay, session, at, port }),
        [port],
      ) as Promise<Checked>;
      try {
        return await Promise.race([checked, supplied.failed]);
      } catch (error) {
        // It may have been called off when it was all but done.
        void checked.then(async ({ place }) => await calls.drop(place)).catch(() => {});
        throw error;
      } finally {
        supplied.end();
      }
    },
    async close() {
      const before = running;
      running = null;
      before?.worker.postMessage({ type: 'close' } satisfies LibraryOrder);
      await before?.ended;
    },
  };
}

const CALLS = [
  'drop',
  'event',
  'find',
  'forget',
  'keep',
  'limitTo',
  'lines',
  'list',
  'payload',
  'pin',
  'remove',
  'room',
  'search',
  'settle',
  'unsettled',
  'use',
  'want',
  'wanted',
] as const satisfies readonly (keyof LibraryCalls)[];

interface Running {
  readonly worker: Worker;
  readonly waiting: Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >;
  readonly ended: Promise<void>;
}

function start(program: string | URL, place: LibraryPlace, onEnd: () => void): Running {
  // Whoever wrote an export chose how long its lines are: they may end this thread, and not the app.
  const worker = new Worker(program, {
    workerData: place,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
  });
  const waiting: Running['waiting'] = new Map();
  worker.on('message', ({ id, outcome }: LibraryAnswer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (outcome.ok) asked?.resolve(outcome.value);
    else asked?.reject(errorOf(outcome));
  });
  // Its end follows.
  worker.on('error', (error) => console.error(error));
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      onEnd();
      for (const { reject } of waiting.values()) reject(stopped());
      resolve();
    });
  });
  return { worker, waiting, ended };
}

const MOST_MB = 2_048;

function errorOf({ trouble, message }: LibraryAnswer['outcome'] & { readonly ok: false }): Error {
  if (trouble === null) return new Error(message);
  return new TroubleError(trouble.code as TroubleCode, trouble.message, trouble.advice);
}

function stopped(): TroubleError {
  const advice = 'try again; if it stays so, restart the app: what was kept is not lost';
  return new TroubleError('replays_stopped', 'the part of the app that keeps sessions has stopped', advice);
}

/** Answers what the thread asks of an export, a chunk at a time. @returns what rejects when it comes no further. */
function supplying(
  port: MessagePort,
  { chunks, knownOf, onProgress, signal }: Pick<CheckOrder, 'chunks' | 'knownOf' | 'onProgress' | 'signal'>,
) {
  const from = chunks[Symbol.asyncIterator]();
  const failed = Promise.withResolvers<never>();
  // It may be over before.
  failed.promise.catch(() => {});
  const send = (supply: Supply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(supply, transfer);
  const fail = (error: unknown) => {
    failed.reject(error);
    send({ type: 'abort' });
  };
  const onAbort = () => fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const next = async () => {
    const { done, value } = await from.next();
    if (done === true) return send({ type: 'end' });
    // Of its own, so that it can be handed over: what comes may be a part of something larger.
    const bytes = new Uint8Array(value);
    send({ type: 'chunk', bytes }, [bytes.buffer]);
  };
  port.on('message', (demand: Demand) => {
    if (demand.type === 'progress') onProgress(demand);
    else if (demand.type === 'chunk') void next().catch(fail);
    else void knownOf(demand.log).then((known) => send({ type: 'known', ...known }), fail);
  });
  return {
    failed: failed.promise,
    end() {
      signal.removeEventListener('abort', onAbort);
      port.close();
      // A file is closed, and a connection let go of. What stalls is not waited for.
      void from.return?.()?.catch(() => {});
    },
  };
}
