import { condition } from './conditions.ts';
import { expression } from './expressions.ts';
import { NOWHERE, type Pen, type Scope, type Spot } from './scope.ts';
import { SEQUENCE } from './shop-schema.ts';

/**
 * A sequence, made, asked for its next number, or asked in a part of an expression that need not be evaluated: how often
 * it was is what the next number tells. Of one table, in which rows have one order.
 */
export function sequence(pen: Pen): string {
  const { chance } = pen;
  const table = chance.pick(pen.tables);
  const columns = table.columns.map((column) => ({ ...column, ref: column.name }));
  const scope: Scope = { ...NOWHERE, columns };
  const spot: Spot = { scope, place: 'output', depth: 2 };
  const text = () => expression(pen, 'text', spot);
  const asked = () => condition(pen, spot);
  const from = (made: string) => `SELECT ${made} FROM ${table.name}`;
  return chance.weighed<string>([
    [1, () => `CREATE OR REPLACE SEQUENCE ${SEQUENCE}`],
    [3, () => `SELECT ${SEQUENCE}.NEXTVAL`],
    [1, () => from(`${text()}, ${SEQUENCE}.NEXTVAL`)],
    [3, () => from(`${chance.pick(['COALESCE', 'NVL', 'IFNULL'])}(${text()}, ${SEQUENCE}.NEXTVAL::VARCHAR)`)],
    [1, () => from(`NVL2(${text()}, ${SEQUENCE}.NEXTVAL, 0)`)],
    [1, () => from(`IFF(${asked()}, ${SEQUENCE}.NEXTVAL, 0)`)],
    [1, () => from(`CASE WHEN ${asked()} THEN 1 ELSE ${SEQUENCE}.NEXTVAL END`)],
    [1, () => from(`(${asked()}) ${chance.pick(['AND', 'OR'])} ${SEQUENCE}.NEXTVAL > 0`)],
    [1, () => from(`${text()} IN ('a', ${SEQUENCE}.NEXTVAL::VARCHAR)`)],
  ]);
}
