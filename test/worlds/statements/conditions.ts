import { expression, leaf } from './expressions.ts';
import { literal } from './literals.ts';
import { subquery } from './queries.ts';
import { choose, deeper, type Pen, type Spot, typeIn } from './scope.ts';

/** Something true or false. A condition is a use of what it names, wherever it stands. */
export function condition(pen: Pen, at: Spot): string {
  const { chance } = pen;
  const spot = deeper(at, { place: 'use' });
  const type = typeIn(pen, at.scope.columns);
  const one = () => operand(expression(pen, type, spot));
  const not = () => chance.pick(['', '', 'NOT ']);
  pen.near = null;
  if (spot.depth <= 0) {
    const kind = pen.planting === null ? 'number' : type;
    return `${leaf(pen, kind, spot)} ${compared(pen)} ${literal(pen, kind)}`;
  }
  const rows = () => subquery(pen, [type], spot, 'set').sql;
  return choose<string>(pen, [
    [
      'comparison',
      5,
      () => {
        const left = leaf(pen, 'number', spot);
        return `${left} ${chance.pick(['<', '<=', '>', '<>'])} ${literal(pen, 'number')}`;
      },
    ],
    ['comparison', 3, () => `${one()} ${compared(pen)} ${literal(pen, type)}`],
    ['comparison', 3, () => `${one()} ${compared(pen)} ${one()}`],
    // One side is converted to the other's type.
    [
      'conversion',
      0.3,
      () => `${one()} ${compared(pen)} ${operand(expression(pen, typeIn(pen, at.scope.columns), spot))}`,
    ],
    ['conversion', 0.5, () => unlike(pen, spot)],
    ['BETWEEN', 1, () => `${one()} BETWEEN ${literal(pen, type)} AND ${literal(pen, type)}`],
    ['IN', 1.5, () => `${one()} ${not()}IN (${literal(pen, type)}, ${literal(pen, type)})`],
    // Every mask shows where there is nothing: this may name what is sensitive.
    [
      'IS NULL',
      2,
      () =>
        `${operand(expression(pen, typeIn(pen, at.scope.columns), { ...spot, place: at.place }))} IS ${not()}NULL`,
    ],
    [
      'LIKE',
      1,
      () => {
        const text = operand(expression(pen, 'text', spot));
        return `${text} ${not()}${chance.pick(['LIKE', 'ILIKE'])} ${chance.pick(["'%a%'", "'B%'", "'_%'", "'%1%'", "'4%'"])}`;
      },
    ],
    [
      'RLIKE',
      0.5,
      () =>
        `${operand(expression(pen, 'text', spot))} ${chance.pick(['RLIKE', 'REGEXP'])} ${chance.pick(["'[A-M].*'", "'.*@.*'", "'[0-9].*'"])}`,
    ],
    ['IN subquery', 1, () => `${one()} ${not()}IN ${rows()}`],
    ['EXISTS', 1, () => `${not()}EXISTS ${rows()}`],
    ['ANY or ALL', 0.4, () => `${one()} ${compared(pen)} ${chance.pick(['ANY', 'ALL'])} ${rows()}`],
    ['IS DISTINCT FROM', 0.5, () => `${one()} IS ${not()}DISTINCT FROM ${one()}`],
    ['operator', 1, () => `(${condition(pen, spot)} ${chance.pick(['AND', 'OR'])} ${condition(pen, spot)})`],
    ['operator', 0.5, () => `NOT (${condition(pen, spot)})`],
    [
      'call',
      pen.focus.type === 'truth' ? 1 : 0.5,
      () => (chance.happens(0.7) ? leaf(pen, 'truth', spot) : expression(pen, 'truth', spot)),
    ],
  ]);
}

/** A value beside one of another type: one of both is converted, which may fail by what it is. */
export function unlike(pen: Pen, spot: Spot): string {
  const { chance } = pen;
  const value = operand(leaf(pen, typeIn(pen, spot.scope.columns), spot));
  const other = () => literal(pen, chance.pick(['number', 'number', 'date', 'text']));
  return chance.happens(0.5) ? `${value} = ${other()}` : `${value} IN (${other()}, ${other()})`;
}

function compared({ chance }: Pen): string {
  return chance.pick(['=', '<>', '<', '<=', '>', '>=']);
}

function operand(text: string): string {
  return /^[\w.$":]+$/.test(text) ? text : `(${text})`;
}
