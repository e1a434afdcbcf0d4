/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { signIn } from '../test/support/wire.ts';
import type { RelayStarted } from './relay-worker.ts';

/**
 * For how long one text holds a relay's event loop at most, from the request to its answer, in milliseconds: by the
 * names of the texts, and `idle` for a relay that is asked for nothing on this machine.
 */
export async function heldByTexts(
  texts: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, number>>> {
  const relay = new Worker(new URL('./relay-worker.ts', import.meta.url));
  const [{ url, token }] = (await once(relay, 'message')) as [RelayStarted];
  const longest = async (): Promise<number> => {
    relay.postMessage('held');
    const [held] = (await once(relay, 'message')) as [number];
    return held;
  };
  const client = await signIn(url, token);
  // The first long text starts the relay's own threads, and compiles what it goes through.
  await client.query(
    `SELECT ID FROM CUSTOMERS WHERE ID IN (${Array.from({ length: 9_000 }).fill(1).join(', ')})`,
  );
  await longest();
  await sleep(IDLE_MS);
  const held: Record<string, number> = { idle: await longest() };
  for (const [name, sql] of texts) {
    // In a session of its own: whatever still runs in another does not keep it waiting.
    const client = await signIn(url, token);
    await client.query(sql);
    held[name] = await longest();
  }
  const ended = once(relay, 'exit');
  relay.postMessage('stop');
  await ended;
  return held;
}

const IDLE_MS = 3_000;
