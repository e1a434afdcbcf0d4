import type { Removed, Removes } from './ports.ts';

/** What is removed from closed sessions that nothing has happened in for a while. */
export interface RetentionRule {
  /** Recorded with what the rule removed. */
  readonly name: string;
  /** Days since the session's newest event, not counting retention's own events. At least 1. */
  readonly afterDays: number;
  readonly removes: Removes;
}

/** A rule, and the instant that its age comes to. */
export interface DueRule extends RetentionRule {
  /** ISO 8601, UTC. */
  readonly before: string;
}

export const DAY_MS = 24 * 60 * 60 * 1_000;

export function dueRule(rule: RetentionRule, now: number): DueRule {
  return { ...rule, before: new Date(now - rule.afterDays * DAY_MS).toISOString() };
}

/** What has been announced of a session that the rule has been applied to. */
export function levelOf(removes: Removes): Exclude<Removed, 0> {
  switch (removes) {
    case 'payloads':
      return 1;
    case 'bodies':
      return 2;
    default:
      return removes satisfies never;
  }
}
