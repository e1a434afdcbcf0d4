import {
  type BoundExpression,
  type BoundMergedColumn,
  type BoundVariable,
  type Reading,
  readingThrough,
} from '@sluice/snowflake-sql/execution';
import { quoted, shown, word } from '../../../text/index.ts';
import { SluiceError } from '../../../errors.ts';
import { unsupported } from '../errors.ts';
import { renderCall } from './calls.ts';
import { asChosen, renderCast } from './casts.ts';
import { renderColumn } from './columns.ts';
import { renderExtract } from './date-parts.ts';
import { renderLiteral } from './literals.ts';
import { renderArithmetic, renderSigned } from './arithmetic.ts';
import { renderArray, renderObject, renderPath } from './json.ts';
import {
  renderBetween,
  renderComparison,
  renderDistinctFrom,
  renderInList,
  renderInQuery,
  renderLike,
  renderQuantified,
} from './predicates.ts';
import { renderQuery } from './query.ts';
import { quoteString } from './quote.ts';
import type { Rendering } from './rendering.ts';
import type { Scope } from './scope.ts';
import { isWhole } from './whole.ts';
import { variableName } from './variables.ts';

/** An expression as DuckDB computes it, with what it mentions read as little as its own reading needs. */
export function renderExpression(
  rendering: Rendering,
  scope: Scope,
  expression: BoundExpression,
  reading: Reading,
): string {
  rendering.spend(0);
  return rendering.nested(() => renderKey(rendering, scope, expression, reading));
}

/**
 * In a grouped SELECT a key is the same in all rows of a group. Where it is read otherwise than it is grouped by (a
 * token is, and the value is wanted), any row of the group has the value.
 */
function renderKey(
  rendering: Rendering,
  scope: Scope,
  expression: BoundExpression,
  reading: Reading,
): string {
  const key = scope.keys?.get(rendering.identities.of(expression));
  if (key === undefined) return renderOwn(rendering, scope, expression, reading);
  const own = renderOwn(rendering, { ...scope, keys: null }, expression, reading);
  if (own === key.text) return own;
  return key.isPartial
    ? `CASE WHEN grouping(${key.text}) = 0 THEN any_value(${own}) END`
    : `any_value(${own})`;
}

function renderOwn(
  rendering: Rendering,
  scope: Scope,
  expression: BoundExpression,
  reading: Reading,
): string {
  const as = (one: BoundExpression, through: Reading) => renderExpression(rendering, scope, one, through);
  const part = (one: BoundExpression) => as(one, readingThrough(reading, 'expression'));
  const place = { rendering, scope, reading };
  switch (expression.kind) {
    case 'literal':
      return renderLiteral(expression.value, rendering);
    case 'bind':
      return rendering.bindNamed(expression.name);
    case 'variable':
      return renderVariable(expression, rendering);
    case 'column':
      return renderColumn(rendering, expression, reading);
    case 'merged':
      return renderMerged(expression, (one) => as(one, reading));
    case 'output':
      return as(expression.output.expression, reading);
    case 'result':
      if (scope.result === null) throw unsupported('a column of the result, here');
      return scope.result(expression.index, reading);
    case 'local':
      return scope.locals.get(`${expression.lambda}.${expression.name}`) ?? refuse('a parameter, here');
    case 'either':
      return as(expression.readings[0]!, reading);
    case 'row':
      return `row(${expression.items.map(part).join(', ')})`;
    case 'array':
      return renderArray(expression, place);
    case 'object':
      return renderObject(expression, place);
    case 'wrapped':
      if (expression.how === 'named') return as(expression.operand, reading);
      if (expression.how === 'collate') return part(expression.operand);
      throw unsupported(`this construct (${expression.how.replaceAll('_', ' ')})`);
    case 'logical':
      place.rendering.join(expression.operands.length);
      return `(${expression.operands.map(part).join(` ${expression.operator} `)})`;
    case 'not':
      return `(NOT ${part(expression.operand)})`;
    case 'unary':
      return renderSigned(expression.operator, expression.operand, place);
    case 'binary':
      return renderArithmetic(expression.operands, expression.operators, place);
    case 'comparison':
      return renderComparison(expression, place);
    case 'quantified':
      return renderQuantified(expression, place);
    case 'distinct_from':
      return renderDistinctFrom(expression, place);
    case 'between':
      return renderBetween(expression, place);
    case 'in_list':
      return renderInList(expression, place);
    case 'in_query':
      return renderInQuery(expression, place);
    case 'like':
      return renderLike(expression, place);
    case 'is': {
      const test = expression.test === 'UNKNOWN' ? 'NULL' : expression.test;
      const step = test === 'NULL' && isWhole(rendering, expression.operand) ? 'counted' : 'expression';
      const operand = as(expression.operand, readingThrough(reading, step));
      return `(${operand} IS ${expression.negated ? 'NOT ' : ''}${test})`;
    }
    case 'case': {
      const type = rendering.types.of(expression);
      const chosen = (one: BoundExpression) => asChosen(place, one, type) ?? part(one);
      // Which branch is taken is decided by the conditions.
      const head = expression.operand === null ? '' : ` ${as(expression.operand, 'use')}`;
      const branches = expression.branches.map(
        ({ when, result }) => ` WHEN ${as(when, 'use')} THEN ${chosen(result)}`,
      );
      const otherwise = expression.otherwise === null ? '' : ` ELSE ${chosen(expression.otherwise)}`;
      return `CASE${head}${branches.join('')}${otherwise} END`;
    }
    case 'cast':
      return renderCast(expression, place);
    case 'path':
      return renderPath(expression, place);
    case 'call':
      return renderCall(expression, place);
    case 'extract':
      return renderExtract(expression, place);
    case 'subquery':
      return `(${renderQuery(rendering, expression.query, [{ index: 0, reading, name: 's' }])})`;
    case 'exists':
      return `EXISTS (${renderQuery(rendering, expression.query, [])})`;
    case 'lambda':
      throw unsupported('a lambda, here');
    case 'columns':
      throw unsupported('`*`, here');
    case 'open_column':
      throw unsupported(
        shown`the column ${quoted(expression.name)}, which only a query of Snowflake's would tell`,
      );
    case 'unknown':
      throw unsupported(expression.reason);
    default:
      return expression satisfies never;
  }
}

/** What an expression's parts are rendered with. */
export interface Place {
  readonly rendering: Rendering;
  readonly scope: Scope;
  /** Of the expression itself. */
  readonly reading: Reading;
  /** Whether the arguments of a call have their offsets with them (offsets.ts). */
  readonly packs?: true;
}

/** Where an expression's parts are read: through whatever it makes of them. */
export function within({ rendering, scope, reading }: Place): Place {
  return { rendering, scope, reading: readingThrough(reading, 'expression') };
}

/** A part of an expression: read through whatever the expression makes of it. */
export function renderPart(place: Place, part: BoundExpression): string {
  const { rendering, scope, reading } = within(place);
  return renderExpression(rendering, scope, part, reading);
}

/** What decides something. */
export function renderUse({ rendering, scope }: Place, part: BoundExpression): string {
  return renderExpression(rendering, scope, part, 'use');
}

/** Of an outer join, the side that has a row. */
function renderMerged(
  { join, left, right }: BoundMergedColumn,
  render: (one: BoundExpression) => string,
): string {
  if (join === 'right') return render(right);
  return join === 'full' ? `coalesce(${render(left)}, ${render(right)})` : render(left);
}

function renderVariable({ name }: BoundVariable, { variables }: Rendering): string {
  if (!variables.has(name)) {
    const message = shown`SQL compilation error:\nSession variable '$${word(name)}' does not exist`;
    throw new SluiceError('statement_failed', message, {
      warehouse: { code: '002211', sqlState: '02000' },
    });
  }
  return `getvariable(${quoteString(variableName(name))})`;
}

function refuse(what: string): never {
  throw unsupported(what);
}
