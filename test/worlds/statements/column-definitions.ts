import type { Chance } from './chance.ts';
import { expression } from './expressions.ts';
import { isSought, NOWHERE, type Pen, type Scope, within } from './scope.ts';
import type { Column, Type } from './shop-schema.ts';

/** Types of a column that values of such a type may not all fit, and one that they do. */
const SQL_TYPES: Readonly<Record<Type, readonly [roomy: string, ...others: readonly string[]]>> = {
  text: ['VARCHAR', 'VARCHAR(12)', 'STRING', 'CHAR(30)'],
  number: ['NUMBER(38, 2)', 'NUMBER(6, 1)', 'INT', 'FLOAT'],
  date: ['DATE'],
  timestamp: ['TIMESTAMP', 'TIMESTAMP_TZ', 'TIMESTAMP_LTZ', 'TIMESTAMP_NTZ(0)'],
  truth: ['BOOLEAN'],
  json: ['VARIANT'],
};

export function columnType(chance: Chance, type: Type): string {
  const [roomy, ...others] = SQL_TYPES[type];
  return chance.happens(0.65) ? roomy : chance.pick([roomy, ...others]);
}

/** A type that some values fit and others do not, whatever they are. */
export function narrowType(chance: Chance): string {
  return chance.pick(['NUMBER', 'NUMBER(3)', 'VARCHAR(4)', 'VARCHAR(8)', 'DATE', 'BOOLEAN']);
}

/** A column of CREATE TABLE: its type, and what it is when nobody says: a value, a number of its own, or made of the others. */
export function columnDefinition(pen: Pen, { name, type }: Column, columns: readonly Column[]): string {
  const { chance } = pen;
  const isAbout = isSought(pen, 'column definitions');
  const scope: Scope = { ...NOWHERE, columns: columns.map((column) => ({ ...column, ref: column.name })) };
  const more = within(pen, 'column definitions', () =>
    chance.weighed<string>([
      [isAbout ? 1.5 : 6, () => ''],
      [1.5, () => ` DEFAULT ${expression(pen, type, { scope: NOWHERE, place: 'output', depth: 1 })}`],
      [0.7, () => ` AS (${expression(pen, type, { scope, place: 'output', depth: 1 })})`],
      [
        type === 'number' ? 1 : 0,
        () => chance.pick([' AUTOINCREMENT', ' IDENTITY(5, 5)', ' AUTOINCREMENT START 7 ORDER']),
      ],
      [0.7, () => ' NOT NULL'],
      [0.4, () => ' UNIQUE'],
      [0.4, () => ' PRIMARY KEY'],
    ]),
  );
  return `${name} ${columnType(chance, type)}${more}`;
}
