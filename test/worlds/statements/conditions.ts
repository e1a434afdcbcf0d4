import { expression, leaf, literal } from './expressions.ts';
import { subquery } from './queries.ts';
import { deeper, type Pen, type Spot, typeIn } from './scope.ts';

/** Something true or false. A condition is a use of what it names, wherever it stands. */
export function condition(pen: Pen, at: Spot): string {
  const { chance } = pen;
  const spot = deeper(at, { place: 'use' });
  const type = typeIn(chance, at.scope.columns);
  const one = () => operand(expression(pen, type, spot));
  if (spot.depth <= 0) return `${leaf(pen, 'number', spot)} ${compared(pen)} ${literal(pen, 'number')}`;
  return chance.weighed<string>([
    [5, () => `${leaf(pen, 'number', spot)} ${chance.pick(['<', '<=', '>', '<>'])} ${chance.between(1, 20)}`],
    [4, () => `${one()} ${compared(pen)} ${one()}`],
    [1, () => `${one()} BETWEEN ${literal(pen, type)} AND ${literal(pen, type)}`],
    [1.5, () => `${one()} ${chance.pick(['IN', 'NOT IN'])} (${literal(pen, type)}, ${literal(pen, type)})`],
    // Every mask shows where there is nothing: this may name what is sensitive.
    [
      2,
      () =>
        `${operand(expression(pen, typeIn(chance, at.scope.columns), { ...spot, place: at.place }))} IS ${chance.pick(['NULL', 'NOT NULL'])}`,
    ],
    [
      1,
      () =>
        `${operand(expression(pen, 'text', spot))} ${chance.pick(['LIKE', 'ILIKE', 'NOT LIKE'])} ${chance.pick(["'%a%'", "'B%'", "'_%'"])}`,
    ],
    [0.5, () => `${operand(expression(pen, 'text', spot))} ${chance.pick(['RLIKE', 'REGEXP'])} '[A-M].*'`],
    [1, () => `${one()} ${chance.pick(['IN', 'NOT IN'])} ${subquery(pen, [type], spot, 'set').sql}`],
    [1, () => `${chance.pick(['EXISTS', 'NOT EXISTS'])} ${subquery(pen, [type], spot, 'set').sql}`],
    [
      0.4,
      () =>
        `${one()} ${compared(pen)} ${chance.pick(['ANY', 'ALL'])} ${subquery(pen, [type], spot, 'set').sql}`,
    ],
    [0.5, () => `${one()} IS ${chance.pick(['', 'NOT '])}DISTINCT FROM ${one()}`],
    [1, () => `(${condition(pen, spot)} ${chance.pick(['AND', 'OR'])} ${condition(pen, spot)})`],
    [0.5, () => `NOT (${condition(pen, spot)})`],
    [0.5, () => leaf(pen, 'truth', spot)],
  ]);
}

function compared({ chance }: Pen): string {
  return chance.pick(['=', '<>', '<', '<=', '>', '>=']);
}

function operand(text: string): string {
  return /^[\w.$":]+$/.test(text) ? text : `(${text})`;
}
