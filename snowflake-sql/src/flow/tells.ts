import type { SourceRange } from '../source-range.ts';
import type { OpaquePart, UseKind } from '../understanding.ts';
import { isGiven, type Origin } from './origin.ts';
import { type Rope, strand } from './rope.ts';
import type { Flow } from './state.ts';

/** What can be learnt beside a value: that something depends on columns, or on what is not known. */
export type Tell = UseTell | OpaqueTell;

export type Tells = Rope<Tell>;

interface UseTell {
  readonly kind: 'use';
  readonly value: Origin;
  readonly as: UseKind;
  readonly at: SourceRange;
  /** Set for failing: a function whose body alone is unknown may be declared by a policy, and then does not fail. */
  readonly failing: boolean;
  /** The clause, operator or function, for people. */
  readonly by?: string | undefined;
}

interface OpaqueTell {
  readonly kind: 'opaque';
  readonly part: OpaquePart;
}

/** That columns are used. It must reach the statement, or the statement is not understood. */
export function used(flow: Flow, value: Origin, as: UseKind, at: SourceRange, by?: string): Tells {
  return isGiven(value) && value.references === null
    ? null
    : registered(flow, { kind: 'use', value, as, at, failing: false, by });
}

/**
 * That whether something fails depends on a value. Of one that the text gives it tells nothing, but that what is
 * evaluated may fail: where a value decides on whether it is, that is an answer.
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
