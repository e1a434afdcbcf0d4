import type { EventBody, SessionEvent } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';

/** The record as the rest of the relay sees it: append, and it is durable when the promise resolves. */
export interface Recorder {
  /**
   * Appends one event to a session's chain. Resolves when it is on disk (fsynced; concurrent appends share
   * one commit), in the order of the calls. Rejects with `record_unavailable` when it cannot be made
   * durable: the caller must then not go on.
   */
  append(session: SessionId, body: EventBody): Promise<SessionEvent>;
  /**
   * Keeps a payload, compressed and addressed by its content, and answers its SHA-256 in hex. Durable no
   * later than the next event appended after it.
   */
  keep(payload: Uint8Array): Promise<string>;
}
