import '../no-eval.ts';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type NoteKey, witnessKey } from '@sluice/record-proof';
import { TroubleError } from '../relays/trouble.ts';
import { type Library, openLibrary } from './library.ts';
import { searchLibrary } from './search-library.ts';
import { keepChecked, takeIn } from './take-in.ts';
import type {
  Demand,
  LibraryAnswer,
  LibraryCalls,
  LibraryOrder,
  LibraryPlace,
  Supply,
} from './thread-messages.ts';

/**
 * The thread that has the file of downloaded sessions: it checks what comes in and answers what is asked, so that the main process, which
 * has the windows and the tray, never waits for either. Started by `openLibraryThread`.
 */
const { path, limit } = workerData as LibraryPlace;
const port = parentPort!;
let opened: Library | null = null;
let isTidying = false;
const library = (): Library => (opened ??= openLibrary(path, limit));

const calls: LibraryCalls = {
  drop: (...given) => library().drop(...given),
  event: (...given) => library().event(...given),
  find: (...given) => library().find(...given),
  forget: (...given) => library().forget(...given),
  limitTo: (...given) => library().limitTo(...given),
  lines: (...given) => library().lines(...given),
  list: () => library().list(),
  payload: (...given) => library().payload(...given),
  pin: (...given) => library().pin(...given),
  remove: (...given) => library().remove(...given),
  room: () => library().room(),
  settle: (...given) => library().settle(...given),
  unsettled: () => library().unsettled(),
  use: (...given) => library().use(...given),
  want: (...given) => library().want(...given),
  wanted: () => library().wanted(),
  search: async (query) => await searchLibrary(library(), query),
  keep: (order) => keepChecked(library(), order),
};

port.on('message', (order: LibraryOrder) => {
  switch (order.type) {
    case 'call':
      void answer(
        order.id,
        async () => await (calls[order.name] as (...given: unknown[]) => unknown)(...order.given),
      );
      return;
    case 'check':
      void answer(order.id, async () => await check(order));
      return;
    case 'close':
      opened?.close();
      port.close();
      return;
    default:
      order satisfies never;
  }
});

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  let outcome: LibraryAnswer['outcome'];
  try {
    outcome = { ok: true, value: await work() };
  } catch (error) {
    const { code, message, advice } = error as TroubleError;
    const trouble = error instanceof TroubleError ? { code, message, advice } : null;
    outcome = { ok: false, trouble, message: String(error) };
  }
  port.postMessage({ id, outcome } satisfies LibraryAnswer);
  void tidy();
}

/** What is dropped goes a part at a time: nothing waits for it. */
async function tidy(): Promise<void> {
  if (isTidying || opened === null) return;
  isTidying = true;
  try {
    while (opened.tidy()) await yieldToOthers();
  } catch {
    // Without room, damaged or closed: it is tried again behind the next call.
  } finally {
    isTidying = false;
  }
}

async function check({ relay, session, at, port: bytes }: LibraryOrder & { readonly type: 'check' }) {
  const supplied = supplyOf(bytes);
  try {
    let known: Promise<Supply & { readonly type: 'known' }> | null = null;
    const knownOf = (log: string) => (known ??= supplied.known(log));
    return await takeIn({
      library: library(),
      chunks: supplied.chunks(),
      relay,
      session,
      keysOf: async (log) => (await knownOf(log)).keys,
      witnessesOf: async (log) => await noteKeys((await knownOf(log)).witnesses),
      onProgress: (progress) => supplied.tell({ type: 'progress', ...progress }),
      signal: supplied.signal,
      now: () => at,
    });
  } finally {
    bytes.close();
  }
}

async function noteKeys(texts: readonly string[]): Promise<readonly NoteKey[]> {
  return (await Promise.all(texts.map(witnessKey))).filter((key) => key !== null);
}

/** Bytes one after the other, as they are asked for: what comes faster than it is checked waits where it comes from. */
function supplyOf(port: MessagePort) {
  const aborted = new AbortController();
  let wanted: { readonly take: (supply: Supply) => void; readonly refuse: (error: Error) => void } | null =
    null;
  const gone = () => {
    const error = new TroubleError('replay_called_off', 'the download was called off');
    aborted.abort(error);
    wanted?.refuse(error);
  };
  const tell = (demand: Demand) => port.postMessage(demand);
  const ask = async (demand: Demand) =>
    await new Promise<Supply>((take, refuse) => {
      if (aborted.signal.aborted) return refuse(aborted.signal.reason as Error);
      wanted = { take, refuse };
      tell(demand);
    });
  port.on('message', (supply: Supply) => {
    if (supply.type === 'abort') gone();
    else wanted?.take(supply);
  });
  port.on('close', gone);
  return {
    signal: aborted.signal,
    tell,
    known: async (log: string) => (await ask({ type: 'known', log })) as Supply & { readonly type: 'known' },
    async *chunks(): AsyncGenerator<Uint8Array> {
      for (;;) {
        const supply = await ask({ type: 'chunk' });
        if (supply.type !== 'chunk') return;
        yield supply.bytes;
      }
    },
  };
}
