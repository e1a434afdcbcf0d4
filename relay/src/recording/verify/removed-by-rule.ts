import type { EventBody } from '@sluice/contract';

/** What one rule removed, run by one person or by the relay itself. */
export interface Removals {
  readonly rule: string;
  /** The identity id of who had the rule applied; null for the relay's own schedule, and in older records. */
  readonly by: string | null;
  /** The rule's age in days; null in older records. */
  readonly afterDays: number | null;
  readonly bodies: number;
  readonly payloads: number;
}

/** Counts what `redacted` events list, each thing once an event, by rule, actor and age. */
export interface RemovedByRule {
  add(body: Extract<EventBody, { type: 'redacted' }>): void;
  /** Ordered by rule. */
  list(): readonly Removals[];
}

export function removedByRule(): RemovedByRule {
  const counted = new Map<string, Removals>();
  return {
    add({ rule, by, afterDays, events, payloads }) {
      const who = { rule, by: by?.id ?? null, afterDays: afterDays ?? null };
      const key = JSON.stringify(who);
      const known = counted.get(key) ?? { ...who, bodies: 0, payloads: 0 };
      counted.set(key, {
        ...known,
        bodies: known.bodies + new Set(events).size,
        payloads: known.payloads + new Set(payloads).size,
      });
    },
    list: () => [...counted.keys()].sort().map((key) => counted.get(key)!),
  };
}
