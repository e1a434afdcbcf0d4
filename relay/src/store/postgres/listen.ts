import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { StoreError } from '../store-error.ts';

type Notified = Readonly<Record<string, (said: string | null) => void>>;

export interface Listening {
  /** To all that listen on the channel, in whatever process. Rejects when it cannot be said: it is not kept. */
  say(channel: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Between two attempts to listen again. Milliseconds. */
const AGAIN = 1_000;
/** However quiet it is: a connection may be gone without anybody having said so. Milliseconds. */
const LOOK_EVERY = 30_000;

/**
 * Listens on a connection of its own, and listens again whenever it is lost. What was said meanwhile is not heard, so
 * everybody is notified then, too: whoever is notified reads what there is.
 *
 * @param notified what is called, by channel, with what was said; with null when something may have been said that was
 *   not heard.
 */
export async function listenTo(
  connect: () => Client,
  notified: Notified,
  onError: (error: unknown) => void,
): Promise<Listening> {
  const closing = new AbortController();
  const notifyAll = () => {
    for (const notify of Object.values(notified)) notify(null);
  };
  let current = await listen(connect, notified);
  const timer = setInterval(notifyAll, LOOK_EVERY).unref();

  const keepListening = async () => {
    while (!closing.signal.aborted) {
      await current.lost;
      if (closing.signal.aborted) return;
      try {
        current = await listen(connect, notified);
        notifyAll();
      } catch (error) {
        onError(error);
        await sleep(AGAIN, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  };
  const listening = keepListening();

  return {
    say: (channel, text) => current.say(channel, text),
    async close() {
      clearInterval(timer);
      closing.abort();
      await current.end();
      await listening;
      // One that had just been opened.
      await current.end();
    },
  };
}

async function listen(connect: () => Client, notified: Notified) {
  const client = connect();
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  client.on('error', () => resolve());
  client.on('end', () => resolve());
  client.on('notification', ({ channel, payload = '' }) => notified[channel]?.(payload));
  try {
    await client.connect();
    for (const channel of Object.keys(notified)) await client.query(`LISTEN ${channel}`);
  } catch (error) {
    await client.end().catch(() => {});
    // Not in the driver's words, which may say where it connects to.
    throw new StoreError('lost', new Error(`PostgreSQL: ${(error as { code?: string }).code ?? 'unknown'}`));
  }
  return {
    lost,
    async say(channel: string, text: string) {
      await client.query('SELECT pg_notify($1, $2)', [channel, text]);
    },
    async end() {
      await client.end().catch(() => {});
      resolve();
    },
  };
}
