import type { EventType, RecordedEvent } from '@sluice/contract';
import { payloadsOf } from '../log/index-events.ts';
import { NEVER_REDACTED } from '../log/seal-event.ts';

/** Compares what is missing from one session with what retention has recorded as removed. */
export interface RemovalCheck {
  next(event: RecordedEvent): void;
  /** Whether an event of this type has lost its body, so that checks that need it must be skipped. */
  hasLost(type: EventType): boolean;
  /** Whether an event names this payload. */
  names(address: string): boolean;
  /**
   * @param has whether a payload is present.
   * @returns what is missing although no retention rule on the record removed it.
   */
  end(has: (address: string) => boolean): readonly Removal[];
}

export interface Removal {
  readonly seq: number;
  readonly why: string;
}

export function removalCheck(): RemovalCheck {
  const bodiless = new Set<number>();
  const irremovable = new Set<number>();
  const lost = new Set<EventType>();
  /** Payload addresses, with the first event that names each since it was last removed. */
  const named = new Map<string, number>();
  const taken = new Set<string>();
  let held = false;

  const name = (address: string, seq: number) => {
    // Removed and named again since means that it was stored again.
    if (taken.delete(address) || !named.has(address)) named.set(address, seq);
  };

  return {
    next(event) {
      if (!('body' in event)) {
        bodiless.add(event.seq);
        if (NEVER_REDACTED.includes(event.type)) irremovable.add(event.seq);
        lost.add(event.type);
        return;
      }
      const { body, seq } = event;
      for (const address of payloadsOf(body)) name(address, seq);
      if (body.type === 'hold') held = body.held;
      // Retention must not remove anything under legal hold.
      if (body.type !== 'redacted' || held) return;
      // This covers only events before the `redacted` event: a rule cannot remove later ones.
      for (const gone of body.events) if (!irremovable.has(gone)) bodiless.delete(gone);
      for (const address of body.payloads) taken.add(address);
    },
    hasLost: (type) => lost.has(type),
    names: (address) => named.has(address),
    end(has) {
      const bodies = [...bodiless].map((seq) => ({ seq, why: `its body is gone, and ${NOBODY}` }));
      const payloads = [...named]
        .filter(([address]) => !has(address) && !taken.has(address))
        .map(([address, seq]) => ({ seq, why: `its payload ${address} is gone, and ${NOBODY}` }));
      return [...bodies, ...payloads];
    },
  };
}

const NOBODY = 'no retention rule on the record was free to take it';
