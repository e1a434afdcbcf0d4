import type {
  BoundBinary,
  BoundBody,
  BoundCte,
  BoundExpression,
  BoundLiteral,
  BoundQuery,
  BoundRelation,
  BoundStaged,
  RelationId,
} from '@sluice/snowflake-sql/execution';
import type { Family } from '@sluice/snowflake-sql';
import { readFormat } from '../stages/format.ts';
import { typeOfNumber, typeOfOperator } from './arithmetic-type.ts';
import { isPartOfDate } from './date-part.ts';
import { partsOfInterval } from './interval.ts';
import { typeOfCall } from './call-type.ts';
import {
  ARRAY,
  BINARY,
  BOOLEAN,
  chosenType,
  commonType,
  familyOf,
  fixed,
  INTEGER,
  TIMESTAMP_LTZ,
  TIMESTAMP_NTZ,
  NULL,
  OBJECT,
  type SnowflakeType,
  TEXT,
  typeOfDataType,
  typeOfName,
  UNKNOWN,
  VARIANT,
} from './snowflake-type.ts';

/**
 * Which type Snowflake gives an expression. 'unknown' is always a right answer: then it is what DuckDB makes of it. Literals have as many
 * digits and characters as they are written with.
 */
export function createTypes(relations: ReadonlyMap<RelationId, BoundRelation>) {
  const known = new Map<object, SnowflakeType>();
  const columns = new Map<string, SnowflakeType>();
  return {
    of: typeOf,
    familyOf: (expression: BoundExpression): Family => familyOf(typeOf(expression)),
    /** Of a query's column, by its index from 0. */
    ofQuery,
  };

  function typeOf(expression: BoundExpression): SnowflakeType {
    const before = known.get(expression);
    if (before !== undefined) return before;
    // A recursive table is asked for itself here, and does not know.
    known.set(expression, UNKNOWN);
    const type = compute(expression);
    known.set(expression, type);
    return type;
  }

  function compute(expression: BoundExpression): SnowflakeType {
    switch (expression.kind) {
      case 'literal':
        return typeOfLiteral(expression.value);
      case 'column':
        return ofColumn(expression.relation, expression.index);
      case 'merged':
        return typeOf(expression.join === 'right' ? expression.right : expression.left);
      case 'output':
        return typeOf(expression.output.expression);
      case 'either':
        return typeOf(expression.readings[0]!);
      case 'wrapped':
        return typeOf(expression.operand);
      case 'array':
        return ARRAY;
      case 'object':
        return OBJECT;
      case 'path':
      case 'local':
        return VARIANT;
      case 'cast':
        return typeOfDataType(expression.type);
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
        return BOOLEAN;
      case 'extract':
        return INTEGER;
      case 'unary':
        return typeOfSigned(typeOf(expression.operand));
      case 'binary':
        return typesAlong(expression, typeOf).at(-1)!;
      case 'case':
        return chosenType(
          [...expression.branches.map(({ result }) => result), expression.otherwise].map((one) =>
            one === null ? NULL : typeOf(one),
          ),
        );
      case 'call':
        return typeOfCall(expression, typeOf);
      case 'subquery':
        return ofQuery(expression.query, 0);
      default:
        return UNKNOWN;
    }
  }

  function commonOf(expressions: readonly (BoundExpression | null)[]): SnowflakeType {
    return commonType(expressions.map((one) => (one === null ? NULL : typeOf(one))));
  }

  function ofColumn(id: RelationId, index: number): SnowflakeType {
    const key = `${id}.${index}`;
    const before = columns.get(key);
    if (before !== undefined) return before;
    columns.set(key, UNKNOWN);
    const type = ofRelation(relations.get(id)!, index);
    columns.set(key, type);
    return type;
  }

  function ofRelation(relation: BoundRelation, index: number): SnowflakeType {
    switch (relation.kind) {
      case 'table':
        return typeOfName(relation.types[index] ?? '');
      case 'view':
        return relation.view.query === null ? UNKNOWN : ofQuery(relation.view.query, index);
      case 'derived':
        return ofQuery(relation.query, index);
      case 'cte':
        return ofCte(relation.cte, index);
      case 'table_function':
        return relation.call.name.name === 'FLATTEN' && index >= 4 ? VARIANT : UNKNOWN;
      case 'pivot':
        return index < relation.kept.length ? typeOf(relation.kept[index]!) : UNKNOWN;
      case 'unpivot':
        if (index < relation.kept.length) return typeOf(relation.kept[index]!);
        return index === relation.kept.length ? TEXT : commonOf(relation.taken.map(({ column }) => column));
      case 'earlier':
        return 'result' in relation.of ? typeOfName(relation.of.result.types?.[index] ?? '') : UNKNOWN;
      case 'staged':
        return stagedType(relation, index);
      default:
        return UNKNOWN;
    }
  }

  /** What a recursive query begins with says what it is, here as in DuckDB; of numbers and texts, DuckDB knows how long. */
  function ofCte({ recursive, query }: BoundCte, index: number): SnowflakeType {
    const { body } = query;
    if (!recursive || body.kind !== 'set_operation') return ofQuery(query, index);
    const [first] = body.operands;
    const place = body.places[index]?.[0] ?? -1;
    const type = first === undefined || place === -1 ? UNKNOWN : ofBody(first, place);
    return familyOf(type) === 'time' ? type : ofQuery(query, index);
  }

  function ofQuery(query: BoundQuery, index: number): SnowflakeType {
    return ofBody(query.body, index);
  }

  function ofBody(body: BoundBody, index: number): SnowflakeType {
    switch (body.kind) {
      case 'select':
        return body.outputs[index] === undefined ? UNKNOWN : typeOf(body.outputs[index].expression);
      case 'values':
        return commonOf(body.rows.map((row) => row[index] ?? null));
      case 'set_operation':
        return commonType(
          body.operands.map((operand, place) => {
            const own = body.places[index]?.[place] ?? -1;
            return own === -1 ? NULL : ofBody(operand, own);
          }),
        );
      case 'query':
        return ofQuery(body, index);
      default:
        return body satisfies never;
    }
  }
}

export type Types = ReturnType<typeof createTypes>;

/** What each operand makes with those before it, from left to right. */
export function typesAlong(
  { operands, operators }: Pick<BoundBinary, 'operands' | 'operators'>,
  typeOf: (expression: BoundExpression) => SnowflakeType,
): readonly SnowflakeType[] {
  const [first, ...rest] = operands.map(typeOf);
  const along = [first!];
  for (const [index, right] of rest.entries()) {
    along.push(typeOfOperator(operators[index]!, along.at(-1)!, right));
  }
  return along;
}

function typeOfLiteral(value: BoundLiteral['value']): SnowflakeType {
  switch (value.kind) {
    case 'string':
      return { kind: 'text', length: Array.from(value.value).length };
    case 'number':
      return typeOfNumber(value.text);
    case 'boolean':
      return BOOLEAN;
    case 'null':
      return NULL;
    case 'typed_literal':
      return value.type === 'X' ? BINARY : typeOfName(value.type);
    case 'interval':
      return {
        kind: 'interval',
        isOfDays: partsOfInterval(value)?.every(({ part }) => isPartOfDate(part)) ?? false,
      };
    case 'level':
    case 'sequence':
      return INTEGER;
    default:
      return UNKNOWN;
  }
}

function typeOfSigned(type: SnowflakeType): SnowflakeType {
  if (type.kind === 'fixed' || type.kind === 'real') return type;
  return type.kind === 'text' ? fixed(18, 5) : { kind: 'real' };
}

const METADATA_OF_FILES: Readonly<Record<string, SnowflakeType>> = {
  METADATA$FILENAME: TEXT,
  METADATA$FILE_ROW_NUMBER: INTEGER,
  METADATA$FILE_LAST_MODIFIED: TIMESTAMP_NTZ,
  METADATA$START_SCAN_TIME: TIMESTAMP_LTZ,
  METADATA$FILE_CONTENT_KEY: TEXT,
};

/** Of files: texts, documents, and what INFER_SCHEMA tells. */
function stagedType({ what, files, columns }: BoundStaged, index: number): SnowflakeType {
  const metadata = METADATA_OF_FILES[columns[index]?.name ?? ''];
  if (metadata !== undefined) return metadata;
  if (what === 'schema') return index === 2 ? BOOLEAN : index === 5 ? INTEGER : TEXT;
  return readFormat(files.format).type === 'CSV' ? TEXT : VARIANT;
}
