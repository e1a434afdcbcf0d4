import type { Call, Expression, Lambda, Window } from '../tree/query.ts';
import { builtIn, dateParts, datePartPlace } from './built-ins.ts';
import { noteUses, originOf } from './expressions.ts';
import { resolveName } from './names.ts';
import {
  atPath,
  derive,
  isDirect,
  NOTHING,
  opaque,
  type Origin,
  union,
  unresolvedOrigin,
  madeByFunction,
} from './origin.ts';
import { noteCondition } from './predicates.ts';
import { type Scope, withLocals } from './scope.ts';
import { noteFunction, noteOpaque, noteUse, type Walk } from './walk.ts';

/** Where a call's value comes from: by what is known of the function, and the window it is over. */
export function originOfCall(walk: Walk, scope: Scope, call: Call): Origin {
  const over = call.over === null ? NOTHING : originOfWindow(walk, scope, call.over);
  const within = call.withinGroup === null ? [] : call.withinGroup.items.map(({ expression }) => expression);
  const order = within.map((expression) => originOf(walk, scope, expression));
  const value = originOfFunction(walk, scope, call);
  return over === NOTHING && order.length === 0
    ? value
    : union([value, derive('expression', [over, ...order])]);
}

function originOfFunction(walk: Walk, scope: Scope, call: Call): Origin {
  const name = builtInName(call);
  const kind = name === null ? undefined : builtIn(name);
  if (name === null || kind === undefined) return originOfUnknown(walk, scope, call);
  noteFunction(walk, { database: '', schema: '', name }, true, call);
  switch (kind) {
    case 'context':
      return NOTHING;
    case 'count':
      return originOfCount(walk, scope, call);
    case 'aggregate':
      return derive('aggregate', argumentOrigins(walk, scope, call, name));
    case 'outside':
      noteOpaque(walk, opaque(`the function ${name} reaches outside of the query`, call));
      return unresolvedOrigin(`the function ${name}`, call, argumentOrigins(walk, scope, call, name));
    case 'scalar':
      noteBranches(walk, scope, name, call);
      return name === 'GET_PATH' || name === 'GET'
        ? originOfGet(walk, scope, call)
        : derive('expression', argumentOrigins(walk, scope, call, name));
    default:
      return kind satisfies never;
  }
}

/** Functions that choose: by what, can be seen as it can of CASE. DIV and MOD fail as division does. */
function noteBranches(walk: Walk, scope: Scope, name: string, call: Call): void {
  const [first, second] = call.arguments;
  if (name === 'IFF' && first !== undefined) noteCondition(walk, scope, first);
  if (name === 'DECODE' || name === 'NULLIF') noteUses(walk, scope, call.arguments.slice(0, 2), 'compare');
  if (name === 'MOD' && second !== undefined) noteUses(walk, scope, [second], 'compare');
}

/**
 * How many rows there are, or how many have a value, tells no value. How many different values there are does:
 * add a guess, and see whether the number grows. So does counting what an expression lets through.
 */
function originOfCount(walk: Walk, scope: Scope, call: Call): Origin {
  const [only, ...more] = call.arguments;
  if (only?.kind === 'star' && only.qualifier === null && more.length === 0) return NOTHING;
  const origins = argumentOrigins(walk, scope, call, 'COUNT');
  return derive(!call.distinct && origins.every(isDirect) ? 'counted' : 'aggregate', origins);
}

/** `GET(v, 'a')` and `GET_PATH(v, 'a.b')` are paths when what they are given is a literal. */
function originOfGet(walk: Walk, scope: Scope, call: Call): Origin {
  const [base, path] = call.arguments;
  if (base === undefined || path?.kind !== 'string' || /["[\]]/.test(path.value)) {
    return derive(
      'expression',
      call.arguments.map((argument) => originOf(walk, scope, argument)),
    );
  }
  const steps = builtInName(call) === 'GET' ? [path.value] : path.value.split(/[.:]/);
  return atPath(originOf(walk, scope, base), steps);
}

/** A function of somebody's own may read anything; all that is known is what it is given. */
function originOfUnknown(walk: Walk, scope: Scope, call: Call): Origin {
  const name = resolveName(walk, call.name);
  noteFunction(walk, name, false, call);
  const given = [...call.arguments, ...(call.methodOf ?? [])].map((argument) =>
    originOf(walk, scope, argument),
  );
  return madeByFunction(name, call, given);
}

function argumentOrigins(walk: Walk, scope: Scope, call: Call, name: string): readonly Origin[] {
  const inner = scopeForLambdas(walk, scope, call.arguments);
  return call.arguments
    .filter((argument, index) => !isDatePart(name, argument, index))
    .map((argument) => originOf(walk, argument.kind === 'lambda' ? inner(argument) : scope, argument));
}

/** A lambda's parameters stand for the elements of what stands beside it. */
function scopeForLambdas(walk: Walk, scope: Scope, all: readonly Expression[]) {
  return (lambda: Lambda): Scope => {
    const beside = all.filter((argument) => argument.kind !== 'lambda');
    const elements = derive(
      'expression',
      beside.map((argument) => originOf(walk, scope, argument)),
    );
    return withLocals(scope, new Map(lambda.parameters.map(({ name }) => [name.name, elements])));
  };
}

function isDatePart(name: string, argument: Expression, index: number): boolean {
  if (datePartPlace[name] !== index || argument.kind !== 'column' || argument.parts.length !== 1)
    return false;
  return dateParts.has(argument.parts[0]!.name);
}

/** The (upper-case) name of a function that is not somebody's own, or null. */
export function builtInName({ name, method, methodOf }: Call): string | null {
  if (name.kind !== 'qualified_name' || name.parts.length !== 1 || method !== null || methodOf !== null)
    return null;
  return name.parts[0]!.name;
}

/** What a row's place among others tells: the columns that others are chosen and ordered by. */
function originOfWindow(walk: Walk, scope: Scope, window: Window): Origin {
  const ordered = window.orderBy === null ? [] : window.orderBy.items.map(({ expression }) => expression);
  const bounds = [window.frame?.from.offset, window.frame?.to?.offset].filter((offset) => offset != null);
  const all = [...window.partitionBy, ...ordered];
  noteUses(walk, scope, all, 'window');
  const origin = derive(
    'expression',
    [...all, ...bounds].map((part) => originOf(walk, scope, part)),
  );
  if (bounds.length > 0) noteUse(walk, origin, 'window', window);
  return origin;
}
