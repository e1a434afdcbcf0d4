import type { BoundCall } from '../bound/index.ts';
import { functionNamed, type FunctionSignature } from '../functions/index.ts';
import { type Argument, argumentsOf } from './arguments.ts';
import { nullTest } from './conditions.ts';
import { countFlow } from './counts.ts';
import { askedOf, expressionFlow, madeOf, plain } from './expressions.ts';
import { conversion, growing, together } from './failing.ts';
import { digitsReturned, INTEGER } from './digits.ts';
import { columnKind, conversionFails, familyOfKind, isNumber, type Kind } from './kinds.ts';
import { derived, isColumn, isGiven, isWhole, opaque, type Origin, union, unknownOrigin } from './origin.ts';
import { gotten } from './paths.ts';
import { replacedFlow } from './replaced.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { asking, failing, type Tells, unknown, used } from './tells.ts';
import { windowFlow } from './windows.ts';

/** The flow of a call, according to the function's signature and the window that the call is over. */
export function callFlow(flow: Flow, call: BoundCall): ExpressionFlow {
  const value = functionFlow(flow, call);
  if (call.over === null && call.withinGroup.length === 0) return value;
  const over = call.over === null ? null : windowFlow(flow, call.over);
  const within = call.withinGroup.map(({ expression }) => expressionFlow(flow, expression));
  const placed = derived(flow.budget, 'expression', [
    ...(over === null ? [] : [over.value]),
    ...within.map((order) => order.value),
  ]);
  return {
    ...value,
    value: union(flow.budget, [value.value, placed]),
    tells: joined([
      value.tells,
      over?.tells ?? null,
      ...within.map(({ tells }) => tells),
      // It calculates with the values that it orders by.
      call.name.name === 'PERCENTILE_CONT'
        ? joined(within.map((order) => conversion(flow, order, 'number', call.at)))
        : null,
    ]),
    asked: null,
  };
}

function functionFlow(flow: Flow, call: BoundCall): ExpressionFlow {
  const { name } = call.name;
  const known = call.builtIn && !call.method ? (functionNamed(name) ?? null) : null;
  const given = argumentsOf(flow, call, known);
  if (known === null) return unknownFlow(flow, call, given);
  switch (known.kind) {
    case 'count':
      return countFlow(flow, call, given);
    case 'aggregate':
      return knownFlow(flow, call, known, given, 'aggregate');
    case 'outside':
    case 'table': {
      const reason = opaque(`the function ${name} reaches outside the query`, call.at);
      const made = madeOf(flow, given, 'unknown', unknown(flow, reason));
      return { ...made, value: union(flow.budget, [made.value, unknownOrigin(reason)]) };
    }
    case 'scalar':
    case 'window':
    case 'context':
      return knownFlow(flow, call, known, given, 'expression');
    default:
      return known.kind satisfies never;
  }
}

function knownFlow(
  flow: Flow,
  call: BoundCall,
  known: FunctionSignature,
  given: readonly Argument[],
  how: 'expression' | 'aggregate',
): ExpressionFlow {
  const { name } = known;
  const values = given.filter(({ role }) => role.takes === 'common' && role.does === 'value');
  const compared = given.filter(({ role }) => role.takes === 'common' && role.does === 'compared');
  const common = together(flow, values, call.at, name);
  const value =
    name === 'GET' || name === 'GET_PATH'
      ? gotten(flow, name, given, given[1]?.expression)
      : derived(
          flow.budget,
          how,
          given.map((argument) => argumentValue(flow, argument)),
        );
  return {
    ...plain(value, returned(known, given, common.kind)),
    asked: asking(value, 'compare', call.at, name),
    tells: joined([
      ...given.map((argument) => argumentTells(flow, known, argument)),
      replacedFlow(flow, known, given),
      evaluatedTells(flow, known, given),
      common.tells,
      together(flow, compared, call.at, name).tells,
      growing(flow, call, given, name),
    ]),
  };
}

/** NVL2 and similar functions choose by whether the argument is NULL. */
function argumentValue(flow: Flow, argument: Argument): Origin {
  return isNullTest(argument) ? nullTest(flow, argument, argument.expression.at).value : argument.value;
}

function isNullTest({ role }: Argument): boolean {
  return role.does === 'choice' && role.takes === 'any';
}

/** What evaluating a call reveals about an argument: by whether it fails, and by what it chooses. */
function argumentTells(flow: Flow, known: FunctionSignature, argument: Argument): Tells {
  const { role, value, tells, expression } = argument;
  const { at } = expression;
  const fails =
    role.fails && !isSafelyAdded(known, argument) && !isSafe(argument)
      ? failing(flow, value, at, known.name)
      : null;
  const converted =
    role.takes === 'any' || role.takes === 'common'
      ? null
      : conversion(flow, argument, role.takes, at, known.name);
  return joined([tells, fails, converted, choiceTells(flow, known, argument)]);
}

/**
 * Adding up a column's own numbers overflows only with more rows than any table has. A client cannot make it fail by
 * changing the numbers, since then the value is no longer the column itself.
 */
function isSafelyAdded({ name }: FunctionSignature, { kind, value }: Argument): boolean {
  return (name === 'SUM' || name === 'AVG') && isNumber(kind) && isWhole(value);
}

/**
 * Whether a call is evaluated depends on whether its arguments are NULL. If the call may fail, this can be observed:
 * for COALESCE and similar functions, whether a later argument is evaluated; for others, whether all arguments are
 * present. Whether a column is NULL reveals nothing about its values.
 */
function evaluatedTells(flow: Flow, { name, kind }: FunctionSignature, given: readonly Argument[]): Tells {
  if (kind !== 'scalar') return null;
  const isAsked = ({ value }: Argument) => !isGiven(value) && !isColumn(value);
  const asked = (argument: Argument) => nullTest(flow, argument, argument.expression.at).asked;
  if (FIRST_OF.has(name)) {
    // A string literal is converted to the type of the other arguments.
    const isRead = given.some(({ kind }) => kind !== 'null' && conversionFails('quoted', familyOfKind(kind)));
    const last = given.findLastIndex(({ tells, kind }) => tells !== null || (isRead && kind === 'quoted'));
    return joined(given.slice(0, Math.max(last, 0)).filter(isAsked).map(asked));
  }
  const failing = given.filter((argument) => argument.role.fails && !isSafe(argument));
  return joined(
    given.filter((argument) => isAsked(argument) && failing.some((one) => one !== argument)).map(asked),
  );
}

/** They return the first argument that is not NULL, and need not evaluate those after it. */
const FIRST_OF: ReadonlySet<string> = new Set(['COALESCE', 'NVL', 'IFNULL']);

/** A literal with which no function fails: a small number, or a pattern that is checked before the statement runs. */
function isSafe({ expression }: Argument): boolean {
  if (expression.kind !== 'literal') return false;
  const { value } = expression;
  return value.kind !== 'number' || /^\d{1,6}$/.test(value.text);
}

function choiceTells(flow: Flow, { name }: FunctionSignature, argument: Argument): Tells {
  const { at } = argument.expression;
  const { does } = argument.role;
  switch (does) {
    case 'choice':
      return askedOf(isNullTest(argument) ? nullTest(flow, argument, at) : argument, at);
    case 'compared':
      return used(flow, argument.value, 'compare', at, name);
    case 'value':
    case 'part':
    case 'lambda':
      return null;
    default:
      return does satisfies never;
  }
}

function returned(known: FunctionSignature, given: readonly Argument[], common: Kind): Kind {
  const { returns } = known;
  switch (returns) {
    case 'common':
      return common;
    case 'first':
      return columnKind(given[0]?.kind ?? 'unknown');
    case 'integer':
      return INTEGER;
    case 'number':
      return digitsReturned(known, given);
    default:
      return returns;
  }
}

/** A user-defined function may read anything; only its arguments are known. */
function unknownFlow(flow: Flow, { name, at }: BoundCall, given: readonly Argument[]): ExpressionFlow {
  const part = opaque(`the function \`${name.name}\`, whose body is not known`, at);
  const made = madeOf(flow, given, 'unknown');
  return { ...made, value: union(flow.budget, [made.value, unknownOrigin({ ...part, functions: [name] })]) };
}
