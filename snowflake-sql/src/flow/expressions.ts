import type { BoundExpression, BoundLiteral, BoundOutput, BoundWrapped, RelationId } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import { operatorFlow } from './operators.ts';
import { spend } from '../budget.ts';
import { callFlow } from './calls.ts';
import { caseFlow } from './cases.ts';
import { castFlow } from './casts.ts';
import {
  betweenFlow,
  comparisonFlow,
  inListFlow,
  inQueryFlow,
  isFlow,
  likeFlow,
  quantifiedFlow,
} from './conditions.ts';
import { digitsOfLiteral, digitsOfType, INTEGER } from './digits.ts';
import { conversion, growing } from './failing.ts';
import { type Kind, kindOfType } from './kinds.ts';
import { lambdaFlow } from './lambdas.ts';
import {
  derived,
  GIVEN,
  NOTHING,
  opaque,
  type Origin,
  recordedOrigin,
  union,
  unknownOrigin,
} from './origin.ts';
import { pathFlow } from './paths.ts';
import { existsFlow, subqueryFlow } from './queries.ts';
import { joined, strand } from './rope.ts';
import { type ColumnOrigin, type ExpressionFlow, type Flow, relationOf } from './state.ts';
import { asking, failing, type Tells, used } from './tells.ts';

/**
 * The flow of an expression. Every branch lists its operands: a kind that is not handled does not compile, and a
 * reference that is dropped is noticed at the end.
 */
export function expressionFlow(flow: Flow, expression: BoundExpression): ExpressionFlow {
  spend(flow.budget);
  const of = (part: BoundExpression) => expressionFlow(flow, part);
  switch (expression.kind) {
    case 'literal':
      return literalFlow(flow, expression);
    case 'bind':
      // If the bind's type is unknown, the other operand may be converted to any type.
      return plain(GIVEN, expression.family === 'number' ? 'bound' : (expression.family ?? 'unknown'));
    case 'variable':
      return plain(
        expression.origin === null
          ? unknownOrigin(
              opaque(`the session variable $${expression.name}, which was not set here`, expression.at),
            )
          : derived(flow.budget, 'expression', [recordedOrigin(flow.bases, expression.origin.sources)]),
        'unknown',
      );
    case 'column':
      return columnFlow(flow, expression.relation, expression.index, expression.reference);
    case 'open_column':
      return openColumnFlow(flow, expression.relation, expression.reference, expression.at);
    case 'merged':
      // Either side will do: in joined rows, the two are equal.
      return eitherFlow(flow, [of(expression.left), of(expression.right)], expression.at);
    case 'output':
      return outputFlow(flow, expression.output);
    case 'result':
      return resultFlow(flow, expression.index);
    case 'local': {
      const elements = flow.lambdas.get(expression.lambda);
      if (elements === undefined) throw new Error('a lambda parameter outside its lambda');
      return plain(elements, 'unknown');
    }
    case 'unknown':
      return plain(
        union(flow.budget, [
          derived(flow.budget, 'expression', [everything(flow, expression.sees)]),
          unknownOrigin(opaque(expression.reason, expression.at)),
        ]),
        'unknown',
      );
    case 'either':
      return eitherFlow(flow, expression.readings.map(of), expression.at);
    case 'columns': {
      const made = madeOf(
        flow,
        expression.columns.map((output) => outputFlow(flow, output)),
        'unknown',
      );
      if (expression.open === null) return made;
      return { ...made, value: union(flow.budget, [made.value, unknownOrigin(expression.open)]) };
    }
    case 'row':
      return madeOf(flow, expression.items.map(of), 'unknown');
    case 'array':
      return documentFlow(flow, expression, expression.items.map(of));
    case 'object':
      return documentFlow(
        flow,
        expression,
        expression.entries.map(({ value }) => of(value)),
      );
    case 'wrapped':
      return wrappedFlow(flow, of(expression.operand), expression.how);
    case 'logical': {
      const operands = expression.operands.map(of);
      const asked = operands.map((operand) => askedOf(operand, expression.at));
      // If an operand may fail, whether it is evaluated depends on the others.
      const mayFail = operands.filter(({ tells }) => tells !== null);
      const decisive = asked.filter((_, index) => mayFail.length > (mayFail[0] === operands[index] ? 1 : 0));
      return {
        ...madeOf(flow, operands, 'boolean', joined([booleans(flow, operands, expression.at), ...decisive])),
        asked: joined(asked),
      };
    }
    case 'not': {
      const operand = of(expression.operand);
      return {
        ...madeOf(flow, [operand], 'boolean', booleans(flow, [operand], expression.at)),
        asked: askedOf(operand, expression.at),
      };
    }
    case 'unary':
    case 'binary':
      return operatorFlow(flow, expression);
    case 'comparison':
    case 'distinct_from':
      return comparisonFlow(flow, expression);
    case 'quantified':
      return quantifiedFlow(flow, expression);
    case 'between':
      return betweenFlow(flow, expression);
    case 'in_list':
      return inListFlow(flow, expression);
    case 'in_query':
      return inQueryFlow(flow, expression);
    case 'like':
      return likeFlow(flow, expression);
    case 'is':
      return isFlow(flow, expression);
    case 'case':
      return caseFlow(flow, expression);
    case 'cast':
      return castFlow(flow, expression);
    case 'path':
      return pathFlow(flow, expression);
    case 'call':
      return callFlow(flow, expression);
    case 'extract': {
      const from = of(expression.from);
      return madeOf(flow, [from], INTEGER, conversion(flow, from, 'time', expression.at));
    }
    case 'subquery':
      return subqueryFlow(flow, expression.query);
    case 'exists':
      return existsFlow(flow, expression.query);
    case 'lambda':
      // A lambda that is not an argument: the origin of its parameters is not known.
      return lambdaFlow(flow, expression, unknownOrigin(opaque('a lambda by itself', expression.at)));
    default:
      return expression satisfies never;
  }
}

/** A value that reveals only itself. */
export function plain(value: Origin, kind: Kind): ExpressionFlow {
  return { value, kind, tells: null, asked: null };
}

/** A value computed from others. */
export function madeOf(
  flow: Flow,
  parts: readonly ExpressionFlow[],
  kind: Kind,
  tells: Tells = null,
): ExpressionFlow {
  return {
    value: derived(
      flow.budget,
      'expression',
      parts.map(({ value }) => value),
    ),
    kind,
    tells: joined([...parts.map((part) => part.tells), tells]),
    asked: null,
  };
}

function documentFlow(flow: Flow, made: BoundExpression, parts: readonly ExpressionFlow[]): ExpressionFlow {
  return madeOf(flow, parts, 'variant', growing(flow, made, parts));
}

/**
 * How an expression uses columns when it is a condition: which rows are returned reveals something about their values.
 */
export function askedOf({ asked, value }: ExpressionFlow, at: SourceRange): Tells {
  return asked ?? asking(value, 'compare', at);
}

/** Everything that a condition reveals. */
export function conditionTells(flow: Flow, condition: BoundExpression | null): Tells {
  if (condition === null) return null;
  const made = expressionFlow(flow, condition);
  return joined([made.tells, askedOf(made, condition.at)]);
}

/** Everything that expressions reveal when they are used in this way. */
export function usedTells(
  flow: Flow,
  expressions: readonly (BoundExpression | null)[],
  as: Parameters<typeof used>[2],
  by?: string,
): Tells {
  return joined(
    expressions
      .filter((expression) => expression !== null)
      .map((expression) => {
        const { value, tells } = expressionFlow(flow, expression);
        return joined([tells, used(flow, value, as, expression.at, by)]);
      }),
  );
}

/** An item of a select list, which may be referred to more than once. */
export function outputFlow(flow: Flow, output: BoundOutput): ExpressionFlow {
  const known = flow.outputs.get(output);
  if (known !== undefined) return known;
  const made = expressionFlow(flow, output.expression);
  flow.outputs.set(output, made);
  return made;
}

/** All columns of these relations: what something unknown may be made of. */
export function everything(flow: Flow, ids: readonly RelationId[]): Origin {
  const relations = ids.map((id) => relationOf(flow, id));
  return union(flow.budget, [
    ...relations.flatMap(({ columns }) => columns.map(({ value }) => value)),
    ...relations.flatMap(({ open }) => (open === null ? [] : [unknownOrigin(open)])),
  ]);
}

function columnFlow(flow: Flow, id: RelationId, index: number, reference: number): ExpressionFlow {
  const column = relationOf(flow, id).columns[index];
  if (column === undefined) throw new Error(`column ${index} of a relation that has none`);
  flow.account.visited.add(reference);
  return plain({ ...column.value, references: strand(reference) }, column.kind);
}

/** The column can only be one of those that are not known. */
function openColumnFlow(flow: Flow, id: RelationId, reference: number, at: SourceRange): ExpressionFlow {
  flow.account.visited.add(reference);
  const { open } = relationOf(flow, id);
  const value = union(flow.budget, [
    derived(flow.budget, 'expression', [everything(flow, [id])]),
    unknownOrigin(opaque(open?.reason ?? 'a column that is not known', at)),
  ]);
  return plain({ ...value, references: strand(reference) }, 'unknown');
}

function resultFlow({ result }: Flow, index: number): ExpressionFlow {
  const column: ColumnOrigin | undefined = result?.columns[index];
  if (column !== undefined) return plain(column.value, column.kind);
  if (result === null || result.open === null) throw new Error(`a result without a column ${index}`);
  return plain(unknownOrigin(result.open), 'unknown');
}

function eitherFlow(flow: Flow, readings: readonly ExpressionFlow[], at: SourceRange): ExpressionFlow {
  const kinds = new Set(readings.map(({ kind }) => kind));
  const [kind = 'unknown'] = kinds;
  const isAsked = readings.some(({ asked }) => asked !== null);
  return {
    value: union(
      flow.budget,
      readings.map(({ value }) => value),
    ),
    kind: kinds.size === 1 ? kind : 'unknown',
    tells: joined(readings.map(({ tells }) => tells)),
    asked: isAsked ? joined(readings.map((reading) => askedOf(reading, at))) : null,
  };
}

function wrappedFlow(flow: Flow, operand: ExpressionFlow, how: BoundWrapped['how']): ExpressionFlow {
  switch (how) {
    case 'named':
    case 'outer_join_mark':
      return operand;
    case 'collate':
    case 'prior':
    case 'connect_by_root':
    case 'final':
    case 'running':
      return madeOf(flow, [operand], operand.kind);
    case 'spread':
      return madeOf(flow, [operand], 'unknown');
    default:
      return how satisfies never;
  }
}

function booleans(flow: Flow, operands: readonly ExpressionFlow[], at: SourceRange): Tells {
  return joined(operands.map((operand) => conversion(flow, operand, 'boolean', at)));
}

/** How often NEXTVAL was evaluated shows in the next number, as a failure shows that something was. */
function literalFlow(flow: Flow, { value, at }: BoundLiteral): ExpressionFlow {
  const made = plain(value.kind === 'null' ? NOTHING : GIVEN, literalKind(value));
  return value.kind === 'sequence' ? { ...made, tells: failing(flow, GIVEN, at, 'NEXTVAL') } : made;
}

function literalKind(value: Extract<BoundExpression, { kind: 'literal' }>['value']): Kind {
  switch (value.kind) {
    case 'string':
      return 'quoted';
    case 'number':
      return digitsOfLiteral(value.text);
    case 'level':
      return INTEGER;
    case 'sequence':
      return digitsOfType('NUMBER', []);
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'typed_literal':
      return kindOfType(value.type, []);
    case 'interval':
    case 'default':
      return 'unknown';
    default:
      return value satisfies never;
  }
}
