import {
  type BoundBody,
  type BoundExpression,
  type BoundRelation,
  familyOfType,
  lengthOfText,
} from '@sluice/snowflake-sql/execution';
import type { Rendering } from './rendering.ts';

/**
 * Whether a value is a column's own, unchanged: what the flow of values takes for one, so that what a decision lets be
 * read whole is read whole in the same places, and nowhere else.
 */
export function isWhole(rendering: Rendering, expression: BoundExpression): boolean {
  const of = (one: BoundExpression) => isWhole(rendering, one);
  switch (expression.kind) {
    case 'column': {
      const relation = rendering.relations.get(expression.relation);
      return relation !== undefined && isWholeColumn(rendering, relation, expression.index);
    }
    case 'merged':
      return of(expression.left) && of(expression.right);
    case 'output':
      return of(expression.output.expression);
    case 'either':
      return expression.readings.every(of);
    case 'wrapped':
      return expression.how === 'named' && of(expression.operand);
    case 'path':
      return expression.steps.every((step) => typeof step !== 'object') && of(expression.base);
    case 'cast':
      return isPlainText(rendering, expression) && of(expression.operand);
    case 'subquery':
      return expression.query.columns.length === 1 && isWholeResult(rendering, expression.query, 0);
    default:
      return false;
  }
}

/** A VARIANT's text is the value itself, as a text is. A shorter type would cut it. */
export function isPlainText(
  { types }: Rendering,
  { type, operand }: Extract<BoundExpression, { kind: 'cast' }>,
): boolean {
  const from = types.familyOf(operand);
  const isText = familyOfType(type.name) === 'text' && lengthOfText(type.name, type.parameters) === null;
  return isText && (from === 'variant' || from === 'text');
}

/** What a query's column is made of. */
export function isWholeResult(rendering: Rendering, body: BoundBody, index: number): boolean {
  const known = memory(rendering);
  const key = `${index}`;
  const columns = known.get(body) ?? new Map<string, boolean>();
  known.set(body, columns);
  const before = columns.get(key);
  if (before !== undefined) return before;
  const whole = computeResult(rendering, body, index);
  columns.set(key, whole);
  return whole;
}

const memories = new WeakMap<Rendering, WeakMap<BoundBody, Map<string, boolean>>>();

function memory(rendering: Rendering): WeakMap<BoundBody, Map<string, boolean>> {
  let known = memories.get(rendering);
  if (known === undefined) memories.set(rendering, (known = new WeakMap()));
  return known;
}

function computeResult(rendering: Rendering, body: BoundBody, index: number): boolean {
  switch (body.kind) {
    case 'select': {
      const output = body.outputs[index];
      return output !== undefined && isWhole(rendering, output.expression);
    }
    case 'values':
      return body.rows.every((row) => row[index] !== undefined && isWhole(rendering, row[index]));
    case 'set_operation':
      return body.operands.every((operand, place) => {
        const own = body.places[index]?.[place] ?? -1;
        return own >= 0 && isWholeResult(rendering, operand, own);
      });
    case 'query':
      return isWholeResult(rendering, body.body, index);
    default:
      return body satisfies never;
  }
}

function isWholeColumn(rendering: Rendering, relation: BoundRelation, index: number): boolean {
  switch (relation.kind) {
    case 'table':
      return true;
    case 'view':
      return relation.view.query !== null && isWholeResult(rendering, relation.view.query, index);
    case 'derived':
      return isWholeResult(rendering, relation.query, index);
    case 'cte':
      // What a recursive one gives is made of itself.
      return !relation.cte.recursive && isWholeResult(rendering, relation.cte.query, index);
    case 'pivot': {
      const kept = relation.kept[index];
      return kept !== undefined && isWhole(rendering, kept);
    }
    case 'unpivot': {
      const kept = relation.kept[index];
      if (kept !== undefined) return isWhole(rendering, kept);
      return index > relation.kept.length && relation.taken.every(({ column }) => isWhole(rendering, column));
    }
    default:
      return false;
  }
}
