import type { BoundBody, BoundExpression, BoundRelation } from '../../../statement/index.ts';
import type { Place } from './expressions.ts';
import { once } from './once.ts';
import type { Rendering } from './rendering.ts';

/** Snowflake's longest text. */
export const LONGEST_TEXT = 16_777_216;

/**
 * The longest text that is made for each row here: DuckDB makes some two thousand at once, outside of its memory
 * limit. What is made of literals alone is made once, and may be as long as in Snowflake.
 */
const LONGEST_OF_A_ROW = 262_144;

/** How many stored texts may be put together without looking at their lengths. */
const FEW = 16;

/** What DuckDB is made to say; errors.ts knows it. */
const TOO_LONG = 'String too long';

/** The longest text that a call may make of these arguments. */
export function longest(args: readonly BoundExpression[]): number {
  return args.every((argument) => argument.kind === 'literal') ? LONGEST_TEXT : LONGEST_OF_A_ROW;
}

/** `value`, unless the length that it would have is too much: then it is not made at all. */
export function bounded(length: string, most: number, value: string): string {
  return `CASE WHEN ${length} > ${most} THEN error('${most === LONGEST_TEXT ? TOO_LONG : `${TOO_LONG} for a row`}') ELSE ${value} END`;
}

/** Texts behind each other; with a NULL among them, NULL. */
export function joinTexts(
  place: Place,
  operands: readonly BoundExpression[],
  texts: readonly string[],
): string {
  const joined = texts.length === 1 ? texts[0]! : `(${texts.join(' || ')})`;
  if (isSmall(place.rendering, operands)) return joined;
  return once(place.rendering, texts, (...names) =>
    bounded(names.map((name) => `length(${name})`).join(' + '), longest(operands), names.join(' || ')),
  );
}

/** Whether the texts of these are few enough, however they came to be, that nobody need look at their lengths. */
export function isSmall(rendering: Rendering, operands: readonly BoundExpression[]): boolean {
  return operands.reduce((sum, operand) => sum + growthOf(rendering, operand), 0) <= FEW;
}

/** Calls whose text can be longer than their arguments'; each looks at the length of what it makes. */
const GROWING: ReadonlySet<string> = new Set(
  `REPEAT SPACE LPAD RPAD REPLACE REGEXP_REPLACE TRANSLATE LISTAGG ARRAY_AGG ARRAY_UNIQUE_AGG OBJECT_AGG RANDSTR
  ARRAY_GENERATE_RANGE INSERT`.split(/\s+/),
);

/** How many stored texts an expression's may be as long as, at most. */
function growthOf(rendering: Rendering, expression: BoundExpression): number {
  const before = known(rendering).get(expression);
  if (before !== undefined) return before;
  // Something that is made of itself has no end.
  known(rendering).set(expression, Number.POSITIVE_INFINITY);
  const growth = Math.min(compute(rendering, expression), FEW + 1);
  known(rendering).set(expression, growth);
  return growth;
}

const growths = new WeakMap<Rendering, Map<object, number>>();

function known(rendering: Rendering): Map<object, number> {
  let map = growths.get(rendering);
  if (map === undefined) growths.set(rendering, (map = new Map()));
  return map;
}

function compute(rendering: Rendering, expression: BoundExpression): number {
  if (expression.kind === 'column') {
    const relation = rendering.relations.get(expression.relation);
    return relation === undefined ? 1 : growthOfColumn(rendering, relation, expression.index);
  }
  if (expression.kind === 'output') return growthOf(rendering, expression.output.expression);
  if (expression.kind === 'subquery') return growthOfBody(rendering, expression.query, 0);
  if (expression.kind === 'call' && GROWING.has(expression.name.name)) return FEW;
  if (expression.kind === 'lambda') return FEW;
  const parts = Object.values(expression)
    .flat()
    .flatMap((part: unknown) =>
      isExpression(part) ? [growthOf(rendering, part)] : innerParts(rendering, part),
    );
  return Math.max(
    1,
    parts.reduce((sum, part) => sum + part, 0),
  );
}

/** Branches of CASE, entries of an object. */
function innerParts(rendering: Rendering, part: unknown): number[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.values(part).flatMap((inner: unknown) =>
    isExpression(inner) ? [growthOf(rendering, inner)] : [],
  );
}

function isExpression(value: unknown): value is BoundExpression {
  return typeof value === 'object' && value !== null && 'kind' in value && 'at' in value;
}

function growthOfColumn(rendering: Rendering, relation: BoundRelation, index: number): number {
  switch (relation.kind) {
    case 'table':
      return 1;
    case 'view':
      return relation.view.query === null ? 1 : growthOfBody(rendering, relation.view.query, index);
    case 'derived':
      return growthOfBody(rendering, relation.query, index);
    case 'cte':
      return relation.cte.recursive ? FEW : growthOfBody(rendering, relation.cte.query, index);
    default:
      return FEW;
  }
}

function growthOfBody(rendering: Rendering, body: BoundBody, index: number): number {
  switch (body.kind) {
    case 'select': {
      const output = body.outputs[index];
      return output === undefined ? 1 : growthOf(rendering, output.expression);
    }
    case 'values':
      return body.rows.reduce(
        (most, row) => Math.max(most, row[index] === undefined ? 1 : growthOf(rendering, row[index])),
        1,
      );
    case 'set_operation':
      return Math.max(
        1,
        ...body.operands.map((operand, place) => {
          const own = body.places[index]?.[place] ?? -1;
          return own === -1 ? 1 : growthOfBody(rendering, operand, own);
        }),
      );
    case 'query':
      return growthOfBody(rendering, body.body, index);
    default:
      return body satisfies never;
  }
}
