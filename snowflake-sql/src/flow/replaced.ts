import type { FunctionSignature } from '../functions/index.ts';
import type { Argument } from './arguments.ts';
import { isWhole } from './origin.ts';
import { joined } from './rope.ts';
import type { Flow } from './state.ts';
import { failing, type Tells } from './tells.ts';

/**
 * The replacements may make a text too long, which reveals how many matches there are. This cannot happen if the
 * replacement is no longer than what it replaces, or is short and applied once to a column's own value.
 */
export function replacedFlow(flow: Flow, { name }: FunctionSignature, given: readonly Argument[]): Tells {
  const [subject, pattern, by] = given;
  if ((name !== 'REPLACE' && name !== 'REGEXP_REPLACE') || subject === undefined || by === undefined)
    return null;
  const length = lengthOf(by);
  const isNoLonger = name === 'REPLACE' && length <= (pattern === undefined ? 0 : lengthOf(pattern));
  if ((isNoLonger && length < Infinity) || (length <= SHORT && isWhole(subject.value))) return null;
  return joined(given.map(({ value, expression }) => failing(flow, value, expression.at)));
}

/** A replacement of up to this many characters does not make a column's value too long. */
const SHORT = 100;

function lengthOf({ expression }: Argument): number {
  const isText = expression.kind === 'literal' && expression.value.kind === 'string';
  return isText && expression.value.kind === 'string' ? expression.value.value.length : Infinity;
}
