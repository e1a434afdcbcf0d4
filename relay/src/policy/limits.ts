import type { Understood } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import type { ResultLimits } from './decision.ts';
import type { Limit, Policy } from './policy.ts';
import { whoMatches } from './who.ts';

export interface LimitState {
  /** What this statement's result may still be. */
  readonly limits: ResultLimits;
  /** Limits that are used up: nothing more comes out without somebody's word. */
  readonly exhausted: readonly Limit[];
}

/** What of each limit is left for this statement. A limit that somebody may lift drops out once it is exhausted. */
export function remainingLimits(policy: Policy, statement: Understood, context: DecisionContext): LimitState {
  const exhausted: Limit[] = [];
  let limits: ResultLimits = {};
  for (const limit of policy.limits) {
    if (!whoMatches(limit.who, policy, context, statement)) continue;
    const left = whatIsLeft(limit, context);
    if (left.rows !== null && left.rows <= 0) exhausted.push(limit);
    else if (left.bytes !== null && left.bytes <= 0) exhausted.push(limit);
    else if (limit.per === 'statement' && limit.ask !== null && context.usage.stoppedBefore)
      exhausted.push(limit);
    else limits = tightest(limits, limit, left);
  }
  return { limits, exhausted };
}

interface Left {
  readonly rows: number | null;
  readonly bytes: number | null;
}

function whatIsLeft(limit: Limit, { usage }: DecisionContext): Left {
  if (limit.per === 'statement') return limit;
  const used = usage[limit.per];
  return {
    rows: limit.rows === null ? null : limit.rows - used.rows,
    bytes: limit.bytes === null ? null : limit.bytes - used.bytes,
  };
}

function tightest(limits: ResultLimits, limit: Limit, left: Left): ResultLimits {
  const fewerRows = left.rows !== null && left.rows < (limits.maxRows ?? Infinity);
  const fewerBytes = left.bytes !== null && left.bytes < (limits.maxBytes ?? Infinity);
  return {
    ...limits,
    ...(fewerRows && { maxRows: left.rows }),
    ...(fewerBytes && { maxBytes: left.bytes }),
    ...((fewerRows || fewerBytes) && { rule: limit.name }),
  };
}
