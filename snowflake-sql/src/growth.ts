import {
  addBoundChildren,
  type AnyBoundNode,
  type BoundBody,
  type BoundCall,
  type BoundExpression,
  type BoundRelation,
  type RelationId,
} from './bound/index.ts';
import { functionNamed } from './functions/index.ts';

/**
 * How long texts may become, as far as the statement determines it. A statement that fails because a text is too long
 * reveals its length. The analysis counts that as a use of the value, and the embedded warehouse checks lengths in the
 * same places.
 */
export interface Growth {
  /** Whether the length of an expression needs no check. */
  isSmall(expression: BoundExpression): boolean;
  /** Whether the length of these expressions, concatenated, needs no check. */
  areSmall(expressions: readonly BoundExpression[]): boolean;
}

/** How many stored texts may be concatenated, and the assumed length of one. */
const FEW = 16;
const STORED = 16_384;

/** @param relations - looked up when a column is encountered. */
export function createGrowth(relations: () => ReadonlyMap<RelationId, BoundRelation>): Growth {
  const known = new Map<object, number>();
  const columns = new Map<object, Map<number, number>>();

  /** The upper limit for the length of an expression's text, in stored texts. */
  const of = (expression: AnyBoundNode): number => {
    const before = known.get(expression);
    if (before !== undefined) return before;
    // A recursive value has no bound.
    known.set(expression, Number.POSITIVE_INFINITY);
    const growth = Math.min(compute(expression), FEW + 1);
    known.set(expression, growth);
    return growth;
  };

  const compute = (expression: AnyBoundNode): number => {
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression;
        return value.kind === 'string' ? value.value.length / STORED : 1 / STORED;
      }
      case 'column': {
        const relation = relations().get(expression.relation);
        return relation === undefined ? 1 : ofColumn(relation, expression.index);
      }
      case 'output':
        return of(expression.output.expression);
      case 'subquery':
        return ofBody(expression.query, 0);
      case 'lambda':
        return FEW;
      case 'call':
        return ofCall(expression);
      case 'local':
      case 'bind':
      case 'variable':
        return 1;
      default:
        return partsOf(expression);
    }
  };

  const partsOf = (node: AnyBoundNode): number => {
    const parts: AnyBoundNode[] = [];
    addBoundChildren(node, parts);
    return parts.reduce((sum, part) => sum + of(part), 0);
  };

  /** The frame of a window does not make a text longer. */
  const givenTo = (call: BoundCall): number =>
    [...call.arguments, ...call.withinGroup.map(({ expression }) => expression)].reduce(
      (sum, part) => sum + of(part),
      0,
    );

  const ofCall = (call: BoundCall): number => {
    const { name } = call.name;
    const returns = functionNamed(name)?.returns;
    if (returns !== undefined && SHORT.has(returns)) return 1 / STORED;
    const [first, second, third] = call.arguments.map((given) => (given.kind === 'word' ? undefined : given));
    switch (name) {
      case 'HEX_ENCODE':
      case 'BASE64_ENCODE':
        return 2 * givenTo(call);
      case 'LPAD':
      case 'RPAD':
        return sizeOf(second) / STORED;
      case 'SPACE':
        return sizeOf(first) / STORED;
      case 'REPEAT':
        return first === undefined ? FEW : Math.min(FEW, of(first) * sizeOf(second));
      case 'REPLACE': {
        const [from, to] = [textOf(second), third === undefined ? '' : textOf(third)];
        if (first === undefined || from === null || to === null || to.length > from.length) return FEW;
        return of(first);
      }
      default:
        return GROWING.has(name) ? FEW : givenTo(call);
    }
  };

  const ofColumn = (relation: BoundRelation, index: number): number => {
    switch (relation.kind) {
      case 'table':
        return 1;
      case 'view':
        return relation.view.query === null ? 1 : ofBody(relation.view.query, index);
      case 'derived':
        return ofBody(relation.query, index);
      case 'cte':
        return relation.cte.recursive ? FEW : ofBody(relation.cte.query, index);
      default:
        return FEW;
    }
  };

  const ofBody = (body: BoundBody, index: number): number => {
    const before = columns.get(body)?.get(index);
    if (before !== undefined) return before;
    const growth = computeBody(body, index);
    columns.set(body, (columns.get(body) ?? new Map<number, number>()).set(index, growth));
    return growth;
  };

  const computeBody = (body: BoundBody, index: number): number => {
    switch (body.kind) {
      case 'select': {
        const output = body.outputs[index];
        return output === undefined ? 1 : of(output.expression);
      }
      case 'values':
        return body.rows.reduce(
          (most, row) => Math.max(most, row[index] === undefined ? 1 : of(row[index])),
          0,
        );
      case 'set_operation':
        return body.operands.reduce((most, operand, place) => {
          const own = body.places[index]?.[place] ?? -1;
          return own === -1 ? most : Math.max(most, ofBody(operand, own));
        }, 0);
      case 'query':
        return ofBody(body.body, index);
      default:
        return body satisfies never;
    }
  };

  const areSmall = (expressions: readonly BoundExpression[]) =>
    expressions.reduce((sum, expression) => sum + of(expression), 0) <= FEW;
  return { areSmall, isSmall: (expression) => areSmall([expression]) };
}

const SHORT: ReadonlySet<string> = new Set(['number', 'integer', 'float', 'boolean', 'time']);

/** Calls whose result may be longer than their arguments, by an unknown amount. */
const GROWING: ReadonlySet<string> = new Set(
  `REGEXP_REPLACE LISTAGG STRING_AGG ARRAY_AGG ARRAYAGG ARRAY_UNIQUE_AGG OBJECT_AGG OBJECTAGG RANDSTR
  ARRAY_GENERATE_RANGE TRANSFORM FILTER REDUCE`.split(/\s+/),
);

/** The value of a number literal; the limit for anything else. */
function sizeOf(expression: BoundExpression | undefined): number {
  if (expression?.kind !== 'literal' || expression.value.kind !== 'number') return FEW * STORED;
  const size = Number(expression.value.text);
  return Number.isFinite(size) ? Math.max(0, size) : FEW * STORED;
}

function textOf(expression: BoundExpression | undefined): string | null {
  return expression?.kind === 'literal' && expression.value.kind === 'string' ? expression.value.value : null;
}
