import { literal } from './literals.ts';
import { query } from './queries.ts';
import type { Relation } from './relations.ts';
import { deeper, NOWHERE, type Pen, type Spot } from './scope.ts';
import type { Type } from './shop-schema.ts';

/** Rows to columns: one for each of some values. */
export function pivoted(pen: Pen, spot: Spot, alias: string): Relation {
  const { chance } = pen;
  const cold = pen.planting === null && chance.happens(0.85);
  const key = chance.pick(['text', 'number'] as const);
  const group = chance.pick(['number', 'text', 'text'] as const);
  const inner = source(cold ? coldPen(pen) : pen, spot, [group, key, 'number']);
  const [keep, by, value] = inner.columns;
  const values = [0, 1, 2].map(() => literal(pen, key)).filter((value, at, all) => all.indexOf(value) === at);
  const aggregate = chance.pick(['SUM', 'MAX', 'COUNT', 'AVG']);
  const names = [`${alias}0`, ...values.map((_, index) => `${alias}${index + 1}`)];
  const hot = [value, by].some((column) => column!.hot);
  return {
    sql: `(${inner.sql}) PIVOT (${aggregate}(${value!.name}) FOR ${by!.name} IN (${values.join(', ')})) AS ${alias} (${names.join(', ')})`,
    alias,
    columns: names.map((name, index) => ({
      name,
      type: index === 0 ? group : 'number',
      hot: index === 0 ? keep!.hot : hot,
    })),
  };
}

/** Columns to rows; where a value is NULL there is none, unless it is asked for. */
export function unpivoted(pen: Pen, spot: Spot, alias: string): Relation {
  const { chance } = pen;
  const type = chance.pick(['text', 'text', 'number', 'date'] as const);
  const inner = source(pen, spot, ['number', type, type]);
  const [keep, ...over] = inner.columns;
  const include = chance.happens(0.2) ? 'INCLUDE NULLS ' : '';
  const [value, key] = [`${alias}V`, `${alias}K`];
  return {
    sql: `(${inner.sql}) UNPIVOT ${include}(${value} FOR ${key} IN (${over.map(({ name }) => name).join(', ')})) ${alias}`,
    alias,
    columns: [
      keep!,
      { name: key, type: 'text', hot: false },
      { name: value, type, hot: over.some(({ hot }) => hot) },
    ],
  };
}

function source(pen: Pen, spot: Spot, types: readonly Type[]) {
  return query(pen, deeper(spot, { scope: NOWHERE }), { types, named: true, plain: true });
}

/** What is sensitive in a PIVOT is refused as soon as it is seen: most should have nothing of it. */
function coldPen(pen: Pen): Pen {
  return { ...pen, heat: { output: 0, use: 0 } };
}
