import {
  addBoundChildren,
  type AnyBoundNode,
  type BoundBody,
  type BoundExpression,
  type BoundFrom,
  type BoundQuery,
  type BoundRelation,
  type BoundStatement,
  type RelationId,
} from '@sluice/snowflake-sql/execution';
import type { Types } from './types.ts';

/**
 * Whether a query's columns can be NULL, by what is declared and written alone, and never by values. TRUE is always a right answer: what
 * is not known here can be.
 */
export function createNulls(
  statement: BoundStatement,
  relations: ReadonlyMap<RelationId, BoundRelation>,
  types: Types,
): { readonly canBeIn: (query: BoundQuery, index: number) => boolean } {
  const missing = joinedOuter(statement);
  const known = new Map<object, boolean>();
  const isJson = (expression: BoundExpression) => !PLAIN.has(types.of(expression).kind);
  return { canBeIn: ofQuery };

  function ofQuery({ body }: BoundQuery, index: number): boolean {
    return ofBody(body, index);
  }

  function ofBody(body: BoundBody, index: number): boolean {
    switch (body.kind) {
      case 'select': {
        // A key that a row is not grouped by is NULL.
        if (body.groupBy?.some(({ kind }) => kind === 'grouping') === true) return true;
        const output = body.outputs[index];
        return output === undefined || of(output.expression);
      }
      case 'values':
        return body.rows.some((row) => row[index] === undefined || of(row[index]));
      case 'set_operation':
        return body.operands.some((operand, place) => {
          const own = body.places[index]?.[place] ?? -1;
          return own === -1 || ofBody(operand, own);
        });
      case 'query':
        return ofQuery(body, index);
      default:
        return body satisfies never;
    }
  }

  function of(expression: BoundExpression): boolean {
    const before = known.get(expression);
    if (before !== undefined) return before;
    // What asks for itself does not know.
    known.set(expression, true);
    const can = compute(expression);
    known.set(expression, can);
    return can;
  }

  function compute(expression: BoundExpression): boolean {
    switch (expression.kind) {
      case 'literal':
        return expression.value.kind === 'null' || expression.value.kind === 'default';
      case 'column':
        return (
          missing.has(expression.relation) || ofRelation(relations.get(expression.relation), expression.index)
        );
      case 'merged':
        return (
          expression.join === 'full' || of(expression.join === 'right' ? expression.right : expression.left)
        );
      case 'output':
        return of(expression.output.expression);
      case 'wrapped':
        return expression.how !== 'collate' || of(expression.operand);
      case 'array':
      case 'object':
      case 'is':
      case 'exists':
      case 'distinct_from':
        return false;
      case 'cast':
        return expression.style === 'TRY_CAST' || isJson(expression.operand) || of(expression.operand);
      case 'unary':
      case 'not':
        return of(expression.operand);
      case 'binary':
      case 'logical':
        return expression.operands.some(of);
      case 'comparison':
        return of(expression.left) || of(expression.right);
      case 'between':
        return [expression.operand, expression.low, expression.high].some(of);
      case 'in_list':
        return [expression.operand, ...expression.list].some(of);
      case 'like':
        return [expression.operand, ...expression.patterns].some(of);
      case 'case':
        return (
          expression.otherwise === null ||
          [...expression.branches.map(({ result }) => result), expression.otherwise].some(of)
        );
      case 'extract':
        return of(expression.from);
      case 'call': {
        const { name, arguments: given, builtIn } = expression;
        if (!builtIn) return true;
        if (NEVER_NULL.has(name.name)) return false;
        const values = given.flatMap((one) => (one.kind === 'word' ? [] : [one]));
        if (values.length === 0) return true;
        if (CHOOSING.has(name.name)) return values.every(of);
        return !NULL_OF_NULL.has(name.name) || values.some((one) => isJson(one) || of(one));
      }
      default:
        return true;
    }
  }

  function ofRelation(relation: BoundRelation | undefined, index: number): boolean {
    switch (relation?.kind) {
      case 'table':
        return relation.required[index] !== true;
      case 'view':
        return relation.view.query === null || ofQuery(relation.view.query, index);
      case 'derived':
        return ofQuery(relation.query, index);
      case 'cte':
        return relation.cte.recursive || ofQuery(relation.cte.query, index);
      default:
        return true;
    }
  }
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const NEVER_NULL = words(
  'COUNT COUNT_IF ROW_NUMBER RANK DENSE_RANK PERCENT_RANK CUME_DIST NTILE GROUPING GROUPING_ID APPROX_COUNT_DISTINCT ' +
    'EQUAL_NULL ARRAY_AGG ARRAY_CONSTRUCT OBJECT_CONSTRUCT PI RANDOM UUID_STRING SEQ1 SEQ2 SEQ4 SEQ8 ' +
    'CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP SYSTIMESTAMP',
);

const CHOOSING = words('COALESCE NVL IFNULL');

/** NULL where an argument is, and for no other. */
const NULL_OF_NULL = words(
  'ABS CEIL FLOOR ROUND SIGN UPPER LOWER LENGTH TRIM LTRIM RTRIM CONCAT CONTAINS STARTSWITH ENDSWITH REPLACE REVERSE ' +
    'DATE_TRUNC DATEADD DATEDIFF YEAR MONTH DAY HOUR MINUTE SECOND QUARTER DAYNAME MONTHNAME LAST_DAY ' +
    'TO_DATE TO_CHAR TO_VARCHAR TO_NUMBER TO_TIMESTAMP TO_TIMESTAMP_NTZ HASH MD5 SHA2',
);

/** Types without a null of their own beside NULL. A JSON null is there, and NULL as another type. */
const PLAIN = words('fixed real text binary boolean date time timestamp_ntz timestamp_ltz timestamp_tz');

/** Relations that a row may have no row of: the other side of an outer join. */
function joinedOuter(statement: BoundStatement): ReadonlySet<RelationId> {
  const missing = new Set<RelationId>();
  const seen = new Set<AnyBoundNode>();
  const waiting: AnyBoundNode[] = [statement];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'join') {
      if (node.type === 'left' || node.type === 'full' || node.type === 'asof')
        addRelations(node.right, missing);
      if (node.type === 'right' || node.type === 'full') addRelations(node.left, missing);
    }
    addBoundChildren(node, waiting);
  }
  return missing;
}

function addRelations(from: BoundFrom, to: Set<RelationId>): void {
  const waiting = [from];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one.kind === 'join') waiting.push(one.left, one.right);
    else to.add(one.id);
  }
}
