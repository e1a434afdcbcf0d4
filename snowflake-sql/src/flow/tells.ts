import type { SourceRange } from '../source-range.ts';
import type { OpaquePart, UseKind } from '../understanding.ts';
import { isGiven, type Origin } from './origin.ts';
import { type Rope, strand } from './rope.ts';
import type { Flow } from './state.ts';

/** What is revealed besides a value: that something depends on columns, or on something unknown. */
export type Tell = UseTell | OpaqueTell;

export type Tells = Rope<Tell>;

interface UseTell {
  readonly kind: 'use';
  readonly value: Origin;
  readonly as: UseKind;
  readonly at: SourceRange;
  /**
   * Set if whether something fails depends on the value. If only a function's body is unknown, a policy may declare the
   * function, which then does not fail.
   */
  readonly failing: boolean;
  /** Set if a key of the value's table is used in the same way. */
  readonly keyed?: true;
  /** The clause, operator or function, for people. */
  readonly by?: string | undefined;
}

interface OpaqueTell {
  readonly kind: 'opaque';
  readonly part: OpaquePart;
}

/** Records that columns are used. The use must reach the statement; otherwise the statement is not understood. */
export function used(flow: Flow, value: Origin, as: UseKind, at: SourceRange, by?: string): Tells {
  return isGiven(value) && value.references === null
    ? null
    : registered(flow, { kind: 'use', value, as, at, failing: false, by });
}

/** Records that rows are put together by a value and, beside it, by a key of its table. */
export function usedWithKey(flow: Flow, value: Origin, at: SourceRange, by: string): Tells {
  return isGiven(value) && value.references === null
    ? null
    : registered(flow, { kind: 'use', value, as: 'group', at, failing: false, keyed: true, by });
}

/**
 * Records that whether something fails depends on a value. A constant reveals nothing by this, but the evaluated
 * expression may fail: if another value decides whether it is evaluated, the failure reveals that value.
 */
export function failing(flow: Flow, value: Origin, at: SourceRange, by?: string): Tells {
  return isGiven(value)
    ? strand({ kind: 'use', value, as: 'compare', at, failing: true, by })
    : registered(flow, { kind: 'use', value, as: 'compare', at, failing: true, by });
}

/** How columns would be used if this became a condition. */
export function asking(value: Origin, as: UseKind, at: SourceRange, by?: string): Tells {
  return strand({ kind: 'use', value, as, at, failing: false, by });
}

export function unknown(flow: Flow, part: OpaquePart): Tells {
  return registered(flow, { kind: 'opaque', part });
}

function registered(flow: Flow, tell: Tell): Tells {
  flow.account.told.push(tell);
  return strand(tell);
}
