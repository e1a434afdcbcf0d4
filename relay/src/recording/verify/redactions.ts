import type { EventType, RecordedEvent } from '@sluice/contract';
import { NEVER_REDACTED } from '../log/seal-event.ts';

/** What retention was free to remove from one session, judging by the session's `redacted` and `hold` events. */
export interface Redactions {
  /**
   * Takes the session's events in order; those of other types change nothing.
   * @param isSigned whether trusted keys have signed the event.
   */
  next(event: RecordedEvent, isSigned: boolean): void;
  /** Whether the `redacted` event with this number counts. */
  counts(seq: number): boolean;
  /** Whether this event's body may be missing. */
  excuseBody(seq: number, type: EventType): boolean;
  /** Whether a payload that this event names may be missing. */
  excusePayload(address: string, seq: number): boolean;
}

/**
 * A redaction counts if it was recorded while the session was not under legal hold, and if trusted keys have signed it:
 * whoever can write to a store could append one to excuse what they removed.
 */
export function redactions(): Redactions {
  const counted = new Set<number>();
  const bodies = new Set<number>();
  /** The newest redaction that lists each payload. */
  const payloads = new Map<string, number>();
  let held = false;

  return {
    next(event, isSigned) {
      if (!('body' in event)) return;
      const { body, seq } = event;
      if (body.type === 'hold') held = body.held;
      if (body.type !== 'redacted' || held || !isSigned) return;
      counted.add(seq);
      // A rule cannot remove what was recorded after it ran.
      for (const gone of body.events) if (gone < seq) bodies.add(gone);
      for (const address of body.payloads) payloads.set(address, seq);
    },
    counts: (seq) => counted.has(seq),
    excuseBody: (seq, type) => bodies.has(seq) && !NEVER_REDACTED.includes(type),
    // Named again since means that it was stored again.
    excusePayload: (address, seq) => (payloads.get(address) ?? -1) > seq,
  };
}
