import { LRUCache } from 'lru-cache';
import type { Identity } from '../identity/index.ts';
import type { Recorder } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';

/** One note of a reader and a session in so many milliseconds: who follows a session reads it again and again. */
const EVERY_MS = 60 * 60 * 1_000;
const MOST_KNOWN = 10_000;

/** Puts on the record who reads the sessions of others; resolves once that is durable. */
export function createReadNotes({
  recording,
  now,
}: {
  readonly recording: Pick<Recorder, 'append'> & { readonly relaySession: SessionId };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): (who: Identity, session: SessionId) => Promise<void> {
  const noted = new LRUCache<string, number>({ max: MOST_KNOWN });
  return async ({ id }, session) => {
    const key = JSON.stringify([id, session]);
    if (Math.abs(now() - (noted.get(key) ?? -Infinity)) < EVERY_MS) return;
    const detail = { by: id, session };
    await recording.append(recording.relaySession, { type: 'notice', what: 'session_read', detail });
    noted.set(key, now());
  };
}
