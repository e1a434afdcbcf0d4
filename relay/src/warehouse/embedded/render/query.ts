import type { BoundBody, BoundExpression, BoundQuery, Reading } from '@sluice/snowflake-sql/execution';
import { renderCtes, renderWith } from './ctes.ts';
import { renderExpression } from './expressions.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { PLAIN } from './scope.ts';
import { type Extra, renderSelect } from './select.ts';
import { renderSetOperation } from './set-operations.ts';
import { renderValues } from './values.ts';
import { renderOrders } from './windows.ts';

/** A query that gives the columns that are wanted of it, by their names; whoever reads it wants no others. */
export function renderQuery(rendering: Rendering, query: BoundQuery, wanted: readonly Wanted[]): string {
  return renderQueryWith(rendering, query, wanted, () => []);
}

/** @param before what it reads beside its own common table expressions: asked when all of it is rendered. */
export function renderQueryWith(
  rendering: Rendering,
  query: BoundQuery,
  wanted: readonly Wanted[],
  before: () => readonly string[],
): string {
  rendering.spend(0);
  return rendering.nested(() => {
    const body = renderOrdered(rendering, query, wanted);
    // What the body wants of them is known now.
    const ctes = renderCtes(rendering, query.ctes);
    return `${renderWith([...before(), ...ctes])}${body}`;
  });
}

function renderOrdered(rendering: Rendering, query: BoundQuery, wanted: readonly Wanted[]): string {
  const { body } = query;
  const top = body.kind === 'select' ? body.top : null;
  const limit = query.limit ?? top;
  if (query.orderBy.length === 0 && limit === null && query.offset === null) {
    return renderBody(rendering, body, wanted);
  }
  const hidden = createHidden(rendering, body);
  const orders = renderOrders(query.orderBy, hidden.order, (one) =>
    one.kind === 'result' ? rendering.types.ofQuery(query, one.index) : rendering.types.of(one),
  );
  // They see what is around the query, and nothing of it.
  const bounds = [
    limit === null ? '' : ` LIMIT ${renderCount(rendering, limit)}`,
    query.offset === null ? '' : ` OFFSET ${renderCount(rendering, query.offset)}`,
  ].join('');
  const inner = renderBody(rendering, body, [...wanted, ...hidden.wanted], hidden.extras);
  const alias = rendering.fresh('b');
  const columns = wanted.map(({ name }) => `${alias}.${name}`).join(', ');
  return `SELECT ${columns === '' ? '1 AS n' : columns} FROM (${inner}) AS ${alias}${orders === '' ? '' : ` ORDER BY ${orders}`}${bounds}`;
}

/** A constant: a NULL, and in Snowflake an empty text, is no bound. */
function renderCount(rendering: Rendering, count: BoundExpression): string {
  if (count.kind === 'literal' && count.value.kind === 'string' && count.value.value === '') return 'NULL';
  const text = renderExpression(rendering, PLAIN, count, 'use');
  return /^(?:\d+|\$\w+|NULL)$/.test(text) ? text : `(${text})`;
}

/** What a body has to give beside its columns for its rows to be ordered by it. */
function createHidden(rendering: Rendering, body: BoundBody) {
  const wanted: Wanted[] = [];
  const extras: Extra[] = [];
  const column = (index: number, reading: Reading) => {
    const known = wanted.find((one) => one.index === index && one.reading === reading);
    const name = known?.name ?? rendering.fresh('h');
    if (known === undefined) wanted.push({ index, reading, name });
    return name;
  };
  return {
    wanted,
    extras,
    order(expression: BoundExpression): string {
      const index = placeOf(rendering, body, expression);
      if (index !== null) return column(index, 'use');
      if (body.kind === 'select' && !body.distinct) {
        const name = rendering.fresh('h');
        extras.push({ expression, name });
        return name;
      }
      return renderExpression(rendering, { ...PLAIN, result: column }, expression, 'use');
    },
  };
}

/** The output that an order means, also where it repeats its expression. */
function placeOf({ identities }: Rendering, body: BoundBody, expression: BoundExpression): number | null {
  if (expression.kind === 'result') return expression.index;
  if (body.kind !== 'select') return null;
  const own = identities.of(expression);
  const index = body.outputs.findIndex((output) => identities.of(output.expression) === own);
  return index === -1 ? null : index;
}

function renderBody(
  rendering: Rendering,
  body: BoundBody,
  wanted: readonly Wanted[],
  extras: readonly Extra[] = [],
): string {
  switch (body.kind) {
    case 'select':
      return renderSelect(rendering, body, wanted, extras);
    case 'values':
      return renderValues(rendering, body, wanted);
    case 'set_operation':
      return renderSetOperation(rendering, body, wanted);
    case 'query':
      return renderQuery(rendering, body, wanted);
    default:
      return body satisfies never;
  }
}

/** An operand of a set operation: a query of its own, with its own LIMIT. */
export function renderOperand(rendering: Rendering, body: BoundBody, wanted: readonly Wanted[]): string {
  if (body.kind !== 'select' || body.top === null) return `(${renderBody(rendering, body, wanted)})`;
  return `(${renderSelect(rendering, body, wanted, [])} LIMIT ${renderCount(rendering, body.top)})`;
}
