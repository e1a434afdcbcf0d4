/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { signIn, type Wire, type WireAnswer } from '../test/support/wire.ts';
import type { Hold } from './loop-meter.ts';
import type { RelayStarted } from './relay-worker.ts';

export interface HeldOptions {
  /** So often each text; the longest of its holds counts. */
  readonly runs: number;
  /** A statement that runs for longer is aborted: what takes so long is the warehouse. Milliseconds. */
  readonly patienceMs: (name: string) => number;
  /** Told of each text before it is sent. */
  readonly onText?: (name: string) => void;
}

/**
 * For how long one text holds a relay's event loop at most, on its whole way from the driver's request to the answer,
 * by the names of the texts; and `idle` for a relay that is asked for nothing on this machine. The relay has a thread
 * of its own, and its processor time is what counts.
 */
export async function heldByTexts(
  texts: ReadonlyMap<string, string>,
  { runs, patienceMs, onText }: HeldOptions,
): Promise<ReadonlyMap<string, Hold>> {
  const relay = new Worker(new URL('./relay-worker.ts', import.meta.url));
  const [{ url, token }] = (await once(relay, 'message')) as [RelayStarted];
  const during = async (work: () => Promise<unknown>): Promise<Hold> => {
    relay.postMessage('reset');
    await work();
    await sleep(AFTERWARDS_MS);
    relay.postMessage('held');
    const [held] = (await once(relay, 'message')) as [Hold];
    return held;
  };
  // The first long texts start the relay's own threads, and compile what they go through.
  for (const sql of WARMING_UP) await send(await signIn(url, token), sql, WARM_UP_MS);
  const held = new Map([['idle', await during(() => sleep(IDLE_MS))]]);
  for (const [name, sql] of texts) {
    onText?.(name);
    for (let run = 0; run < runs; run += 1) {
      // In a session of its own: whatever still runs in another does not keep it waiting.
      const client = await signIn(url, token);
      const hold = await during(() => send(client, sql, patienceMs(name)));
      if (hold.cpuMs >= (held.get(name)?.cpuMs ?? 0)) held.set(name, hold);
    }
  }
  relay.postMessage('stop');
  await once(relay, 'message');
  await relay.terminate();
  return held;
}

/** Waits for its answer, as a driver does, but not for ever. */
async function send(client: Wire, sql: string, patienceMs: number): Promise<void> {
  const requestId = randomUUID();
  const until = performance.now() + patienceMs;
  let answer = await client.query(sql, requestId);
  while (isPending(answer) && performance.now() < until)
    answer = await client.get(String(answer.data?.['getResultUrl']));
  if (isPending(answer))
    await client.post(`/queries/v1/abort-request?requestId=${randomUUID()}`, { requestId });
}

function isPending({ code }: WireAnswer): boolean {
  return code === '333333';
}

const many = (piece: string) => Array.from({ length: 4_500 }, () => piece).join(', ');
const WARMING_UP = [
  `SELECT ID FROM CUSTOMERS WHERE ID IN (${many('10001')})`,
  `SELECT ${many('ID')} FROM CUSTOMERS`,
  `SELECT EMAIL FROM CUSTOMERS WHERE ID IN (${many('NAME')})`,
];

const WARM_UP_MS = 60_000;
const IDLE_MS = 3_000;
/** What is left to do behind an answer: the words of a long text in the record's index. */
const AFTERWARDS_MS = 500;
