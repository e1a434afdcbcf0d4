import type { SourceRange } from '../source-range.ts';
import type { BinaryChain, Expression, Path, Query } from '../tree/query.ts';
import { originOfCall } from './calls.ts';
import { atPath, derive, isDirect, NOTHING, type Origin, union, unresolvedOrigin } from './origin.ts';
import { noteCondition } from './predicates.ts';
import { relationOfQuery } from './queries.ts';
import type { Relation } from './relation.ts';
import { lookUp, lookUpPosition, type Scope, withLocals, localNothing } from './scope.ts';
import { expandStar } from './star.ts';
import { noteUse, type Walk } from './walk.ts';

/**
 * Where an expression's value comes from. Every branch names its operands: what is not handled does not
 * compile, so nothing is dropped in silence.
 */
export function originOf(walk: Walk, scope: Scope, expression: Expression): Origin {
  const of = (part: Expression) => originOf(walk, scope, part);
  const made = (...parts: (Expression | null)[]) =>
    derive('expression', parts.filter((part) => part !== null).map(of));
  switch (expression.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'default':
    case 'typed_literal':
    case 'interval':
      return NOTHING;
    case 'bind':
      return scope.locals.get(expression.name) ?? NOTHING;
    case 'variable':
      return originOfVariable(walk, expression.name, expression);
    case 'column':
      // A sequence's next value is nothing of the data.
      if (expression.parts.length > 1 && expression.parts.at(-1)!.name === 'NEXTVAL') return NOTHING;
      return lookUp(scope, expression.parts, expression);
    case 'position':
      return lookUpPosition(
        scope,
        expression.qualifier?.parts.map(({ name }) => name) ?? [],
        expression.index,
        expression,
      );
    case 'dynamic_name':
      return unresolvedOrigin('a name that a value gives', expression, [everything(scope)]);
    case 'stage':
      return unresolvedOrigin('a stage', expression);
    case 'star':
      return derive(
        'expression',
        expandStar(walk, scope, expression).columns.map(({ origin }) => origin),
      );
    case 'paren':
    case 'odbc_escape':
      return of(expression.inner);
    case 'row':
      return made(...expression.items);
    case 'array':
      return made(...expression.items);
    case 'spread':
    case 'not':
    case 'unary':
    case 'is':
    case 'collate':
    case 'outer_join_mark':
    case 'prior':
    case 'match_semantics':
      return made(expression.operand);
    case 'logical':
      return made(...expression.operands);
    case 'binary':
      noteDivisors(walk, scope, expression);
      return made(...expression.operands);
    case 'comparison':
    case 'distinct_from':
    case 'quantified':
      return made(expression.left, expression.right);
    case 'between':
      return made(expression.operand, expression.low, expression.high);
    case 'in_list':
      return made(expression.operand, ...expression.list);
    case 'in_query':
      return derive('expression', [of(expression.operand), valueOfQuery(walk, scope, expression.query)]);
    case 'like':
      return made(expression.operand, ...expression.patterns, expression.escape);
    case 'case':
      // Which branch is taken can be seen by more than its value: one may fail where the other does not.
      for (const { when } of expression.branches) {
        if (expression.operand === null) noteCondition(walk, scope, when);
        else noteUses(walk, scope, [expression.operand, when], 'compare');
      }
      return made(
        expression.operand,
        ...expression.branches.flatMap(({ when, result }) => [when, result]),
        expression.otherwise,
      );
    case 'cast':
      return originOfCast(of(expression.operand), expression);
    case 'path':
      return originOfPath(walk, scope, expression);
    case 'call':
      return originOfCall(walk, scope, expression);
    case 'extract':
      return made(expression.from);
    case 'object':
      return derive(
        'expression',
        expression.entries.map((entry) => of(entry.kind === 'object_entry' ? entry.value : entry)),
      );
    case 'subquery':
      return valueOfQuery(walk, scope, expression.query);
    case 'exists':
      return derive('expression', [valueOfQuery(walk, scope, expression.query)]);
    case 'lambda': {
      // What its parameters stand for is an argument beside it.
      const names = expression.parameters.map(({ name }) => name.name);
      return derive('expression', [originOf(walk, withLocals(scope, localNothing(names)), expression.body)]);
    }
    case 'named_argument':
      return of(expression.value);
    case 'table_argument':
      return expression.source.kind === 'query'
        ? derive('expression', [valueOfQuery(walk, scope, expression.source)])
        : unresolvedOrigin('a table as an argument', expression);
    default:
      return expression satisfies never;
  }
}

/** Division by zero fails: that it does tells that the divisor is zero. */
function noteDivisors(walk: Walk, scope: Scope, { operators, operands }: BinaryChain): void {
  const divisors = operands
    .slice(1)
    .filter((_, index) => operators[index] === '/' || operators[index] === '%');
  noteUses(walk, scope, divisors, 'compare');
}

/** Every column that is in sight: what an unknown thing may be made of. */
export function everything(scope: Scope): Origin {
  const here = scope.relations.flatMap(({ relation }) => relation.columns.map(({ origin }) => origin));
  return scope.parent === null ? union(here) : union([...here, everything(scope.parent)]);
}

/** A query as a value: any of its columns, since a row may stand for one value. */
function valueOfQuery(walk: Walk, scope: Scope, query: Query): Origin {
  return valueOf(relationOfQuery(walk, scope, scope.ctes, query));
}

function valueOf({ columns, open }: Relation): Origin {
  const origin = union(columns.map((column) => column.origin));
  return open === null ? origin : { ...origin, unresolved: open };
}

function originOfVariable(walk: Walk, name: string, range: SourceRange): Origin {
  const variable = walk.context.variables.get(name);
  if (variable === undefined)
    return unresolvedOrigin(`the session variable $${name}, which was not set here`, range);
  return derive('expression', [{ sources: variable.sources, unresolved: null }]);
}

/**
 * A VARIANT's text is the value itself. Any other cast makes something new: a cast to a shorter type cuts the
 * value, and sixteen masks of sixteen cuts show it all.
 */
function originOfCast(operand: Origin, cast: Extract<Expression, { kind: 'cast' }>): Origin {
  const isText = ['VARCHAR', 'STRING', 'TEXT'].includes(cast.type.name) && cast.type.parameters.length === 0;
  return isText && isDirect(operand) ? operand : derive('expression', [operand]);
}

function originOfPath(walk: Walk, scope: Scope, { base, steps }: Path): Origin {
  const path: string[] = [];
  const computed: Origin[] = [];
  for (const step of steps) {
    if (step.kind === 'path_field') path.push(step.name);
    else if (step.index.kind === 'string') path.push(step.index.value);
    else {
      // Any element, since which one may depend on anything.
      path.push('*');
      computed.push(originOf(walk, scope, step.index));
    }
  }
  const value = atPath(originOf(walk, scope, base), path);
  return computed.some(({ sources, unresolved }) => sources.length > 0 || unresolved !== null)
    ? derive('expression', [value, ...computed])
    : value;
}

/** Notes a use of each expression's columns. */
export function noteUses(
  walk: Walk,
  scope: Scope,
  expressions: readonly Expression[],
  as: Parameters<typeof noteUse>[2],
): void {
  for (const expression of expressions) noteUse(walk, originOf(walk, scope, expression), as, expression);
}
