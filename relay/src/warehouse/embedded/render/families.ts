import type { Family } from '@sluice/snowflake-sql';
import type {
  BoundBody,
  BoundExpression,
  BoundQuery,
  BoundRelation,
  RelationId,
} from '@sluice/snowflake-sql/execution';
import { familyOfType } from '@sluice/snowflake-sql/execution';
import { familyOfCall } from './call-families.ts';

/**
 * What kind of value an expression has in DuckDB, as far as its rendering tells: a VARIANT is JSON there, and
 * has to be made a text or a number of where one is meant. 'unknown' is always a right answer.
 */
export function createFamilies(relations: ReadonlyMap<RelationId, BoundRelation>) {
  const known = new Map<object, Family>();
  const columns = new Map<string, Family>();
  return { of: familyOf, ofColumn };

  function familyOf(expression: BoundExpression): Family {
    const before = known.get(expression);
    if (before !== undefined) return before;
    known.set(expression, 'unknown');
    const family = compute(expression);
    known.set(expression, family);
    return family;
  }

  function compute(expression: BoundExpression): Family {
    switch (expression.kind) {
      case 'literal':
        return familyOfLiteral(expression.value.kind);
      case 'column':
        return ofColumn(expression.relation, expression.index);
      case 'merged':
        return familyOf(expression.join === 'right' ? expression.right : expression.left);
      case 'output':
        return familyOf(expression.output.expression);
      case 'either':
        return familyOf(expression.readings[0]!);
      case 'wrapped':
        return familyOf(expression.operand);
      case 'array':
      case 'object':
      case 'path':
      case 'local':
        return 'variant';
      case 'cast':
        return familyOfType(expression.type.name);
      case 'logical':
      case 'not':
      case 'comparison':
      case 'quantified':
      case 'distinct_from':
      case 'between':
      case 'in_list':
      case 'in_query':
      case 'like':
      case 'is':
      case 'exists':
        return 'boolean';
      case 'extract':
      case 'unary':
        return 'number';
      case 'binary':
        return expression.operators[0] === '||'
          ? 'text'
          : familyOfArithmetic(expression.operands.map(familyOf));
      case 'case':
        return common([...expression.branches.map(({ result }) => result), expression.otherwise]);
      case 'call':
        return familyOfCall(expression, familyOf, common);
      case 'subquery':
        return ofQuery(expression.query, 0);
      default:
        return 'unknown';
    }
  }

  /** All of one kind, but for those that are NULL. */
  function common(expressions: readonly (BoundExpression | null)[]): Family {
    const families = expressions.flatMap((one) => (one === null || isNull(one) ? [] : [familyOf(one)]));
    return families.every((family) => family === families[0]) ? (families[0] ?? 'unknown') : 'unknown';
  }

  function ofColumn(id: RelationId, index: number): Family {
    const key = `${id}.${index}`;
    const before = columns.get(key);
    if (before !== undefined) return before;
    columns.set(key, 'unknown');
    const family = ofRelation(relations.get(id)!, index);
    columns.set(key, family);
    return family;
  }

  function ofRelation(relation: BoundRelation, index: number): Family {
    switch (relation.kind) {
      case 'table':
        return familyOfType(relation.types[index] ?? '');
      case 'view':
        return relation.view.query === null ? 'unknown' : ofQuery(relation.view.query, index);
      case 'derived':
        return ofQuery(relation.query, index);
      case 'cte':
        return ofQuery(relation.cte.query, index);
      case 'table_function':
        return relation.call.name.name === 'FLATTEN' && index >= 4 ? 'variant' : 'unknown';
      case 'pivot':
        return index < relation.kept.length ? familyOf(relation.kept[index]!) : 'unknown';
      case 'unpivot':
        if (index < relation.kept.length) return familyOf(relation.kept[index]!);
        return index === relation.kept.length ? 'text' : common(relation.taken.map(({ column }) => column));
      default:
        return 'unknown';
    }
  }

  function ofQuery(query: BoundQuery, index: number): Family {
    return ofBody(query.body, index);
  }

  function ofBody(body: BoundBody, index: number): Family {
    switch (body.kind) {
      case 'select':
        return body.outputs[index] === undefined ? 'unknown' : familyOf(body.outputs[index].expression);
      case 'values':
        return common(body.rows.map((row) => row[index] ?? null));
      case 'set_operation': {
        const families = body.operands.map((operand, place) => {
          const own = body.places[index]?.[place] ?? -1;
          return own === -1 ? 'unknown' : ofBody(operand, own);
        });
        // A recursive table is asked for itself here, and does not know.
        return families.every((family) => family === families[0]) ? (families[0] ?? 'unknown') : 'unknown';
      }
      case 'query':
        return ofQuery(body, index);
      default:
        return body satisfies never;
    }
  }
}

export type Families = ReturnType<typeof createFamilies>;

function familyOfLiteral(kind: string): Family {
  switch (kind) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'typed_literal':
      return 'time';
    default:
      return 'unknown';
  }
}

function familyOfArithmetic(families: readonly Family[]): Family {
  if (families.includes('time')) return 'unknown';
  return families.every((family) => family === 'number' || family === 'variant') ? 'number' : 'unknown';
}

function isNull(expression: BoundExpression): boolean {
  return expression.kind === 'literal' && expression.value.kind === 'null';
}
