import type { BoundCall, BoundExpression, BoundWindow, BoundWord } from '../bound/index.ts';
import { functionNamed, type FunctionSignature, isDatePart } from '../functions/index.ts';
import type { Call, ColumnReference, Expression, Frame, Window } from '../tree/query.ts';
import { type Binder, noteFunction, opaque, noteOpaque, placeOf, visit } from './binder.ts';
import { bindExpression, bindOrder } from './expressions.ts';
import { resolveName } from './names.ts';
import { invalid } from '../problem.ts';
import { lookUp, type Scope } from './scope.ts';
import { bindStar } from './star.ts';

/** Binds a call: to a built-in function by its bare name, to any other function by its full name. */
export function bindCall(binder: Binder, scope: Scope, call: Call): BoundCall {
  visit(binder, call);
  const builtIn = builtInSignature(call);
  const name =
    builtIn === null ? resolveName(binder, call.name) : { database: '', schema: '', name: builtIn.name };
  // Whether there is such a function counts as looked up: it tells a mistake from what is only not known here.
  if (builtIn === null) binder.catalog.find(name);
  noteFunction(binder, name, builtIn !== null, call);
  if (builtIn !== null) checkCount(builtIn, call);
  if (builtIn?.kind === 'outside')
    noteOpaque(binder, opaque(`the function ${builtIn.name} reaches outside the query`, call));
  const isAggregate = builtIn !== null && (builtIn.kind === 'aggregate' || builtIn.kind === 'count');
  if (isAggregate && call.over === null) binder.noted.aggregates += 1;
  return {
    kind: 'call',
    name,
    builtIn: builtIn !== null,
    distinct: call.distinct,
    arguments: [
      ...(call.methodOf ?? []).map((argument) => bindExpression(binder, scope, argument)),
      ...call.arguments.map((argument, place) => bindArgument(binder, scope, call, builtIn, argument, place)),
    ],
    withinGroup: bindOrder(binder, scope, call.withinGroup),
    fromLast: call.fromLast,
    nulls: call.nulls,
    over: call.over === null ? null : bindWindow(binder, scope, call.over),
    method: call.method !== null || call.methodOf !== null,
    at: placeOf(binder, call),
  };
}

/** The signature of a built-in function; null for a user-defined or unknown one. */
export function builtInSignature({ name, method, methodOf }: Call): FunctionSignature | null {
  if (name.kind !== 'qualified_name' || name.parts.length !== 1 || name.publicSchema) return null;
  if (method !== null || methodOf !== null || name.parts[0]!.quoted) return null;
  return functionNamed(name.parts[0]!.name) ?? null;
}

function checkCount({ name, fewest, most }: FunctionSignature, call: Call): void {
  const given = call.arguments.length;
  // `*` and `**` stand for any number.
  if (call.arguments.some(({ kind }) => kind === 'star' || kind === 'spread')) return;
  if (given < fewest || (most !== null && given > most)) {
    const what = given < fewest ? 'too few' : 'too many';
    const counted = { function: name, expected: given < fewest ? fewest : (most ?? fewest), given };
    const wrong = given < fewest ? 'too_few_arguments' : 'too_many_arguments';
    throw invalid({ what: wrong, ...counted }, `${what} arguments for the function ${name}`, call);
  }
}

function bindArgument(
  binder: Binder,
  scope: Scope,
  call: Call,
  builtIn: FunctionSignature | null,
  argument: Expression,
  place: number,
): BoundExpression | BoundWord {
  if (builtIn !== null && argument.kind === 'column' && argument.parts.length === 1) {
    const { name } = argument.parts[0]!;
    const role = builtIn.argument(place, call.arguments.length);
    const isPart = role.does === 'part' && isDatePart(name);
    // If a number is possible as well, a column of that name takes precedence.
    if (isPart && (role.takes === 'any' || !isColumn(binder, scope, argument))) {
      visit(binder, argument);
      return { kind: 'word', word: name, at: placeOf(binder, argument) };
    }
  }
  if (argument.kind === 'star' && argument.qualifier === null && builtIn?.kind === 'count' && !call.distinct)
    return bindStar(binder, scope, argument, true);
  return bindExpression(binder, scope, argument);
}

function isColumn(binder: Binder, scope: Scope, { parts, ...at }: ColumnReference): boolean {
  const before = binder.noted.references;
  const found = lookUp(
    binder,
    scope,
    parts.map(({ name }) => name),
    at,
  );
  binder.noted.references = before;
  return found !== null;
}

function bindWindow(binder: Binder, scope: Scope, window: Window): BoundWindow {
  return {
    at: placeOf(binder, window),
    partitionBy: window.partitionBy.map((part) => bindExpression(binder, scope, part)),
    orderBy: bindOrder(binder, scope, window.orderBy),
    frame: window.frame === null ? null : bindFrame(binder, scope, window.frame),
  };
}

function bindFrame(
  binder: Binder,
  scope: Scope,
  { unit, from, to }: Frame,
): NonNullable<BoundWindow['frame']> {
  const bound = ({ direction, offset }: Frame['from']) => ({
    direction,
    offset: offset === null ? null : bindExpression(binder, scope, offset),
  });
  return { unit, from: bound(from), to: to === null ? null : bound(to) };
}
