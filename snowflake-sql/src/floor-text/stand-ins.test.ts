import { expect, it } from 'vitest';
import { catalog } from '../flow/testing.ts';
import { readsAsAllowed, type StandIn, standInName } from './stand-ins.ts';
import { guarded, inShop } from './testing.ts';
import type { Column } from './treatments.ts';

const guard = { ...guarded(['direct']), token: new Set(['group'] as const) };
const column = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  as: 'itself',
  paths: null,
  beside: [],
  behind: [],
  ...more,
});
const standIn: StandIn = {
  id: 1,
  columns: [
    column('ID'),
    column('SSN', {
      behind: [{ guard, how: 'direct' }],
      beside: [
        { name: 'T', as: 'token' },
        { name: 'B', as: 'blank' },
      ],
    }),
  ],
  types: ['NUMBER(38,0)', 'VARCHAR'],
  given: [],
  carried: new Set(),
};
const P = standInName(standIn);

const isAllowed = (sql: string, of: StandIn = standIn) => readsAsAllowed(sql, [of], catalog, inShop);

it.each([
  `SELECT SSN FROM ${P}`,
  `SELECT COUNT(*) FROM ${P} GROUP BY T`,
  `SELECT COUNT(DISTINCT T) FROM ${P}`,
  `SELECT SSN FROM ${P} WHERE B LIKE '1%' ORDER BY B`,
  `SELECT ID FROM ${P} WHERE ID > 1`,
])('lets values, tokens and blanks be used for what each is for: %s', (sql) => {
  expect(isAllowed(sql)).toBe(true);
});

it.each([
  `SELECT ID FROM ${P} WHERE SSN = '1'`,
  `SELECT COUNT(*) FROM ${P} GROUP BY SSN`,
  `SELECT MAX(SSN) FROM ${P}`,
  // A token that is shown, ordered by, or compared would be met by a guess.
  `SELECT T FROM ${P}`,
  `SELECT ID FROM ${P} ORDER BY T`,
  `SELECT ID FROM ${P} WHERE T = SHA2('1')`,
  `SELECT a.ID FROM ${P} a JOIN ${P} b ON a.T = b.T`,
  `SELECT NO_SUCH FROM ${P}`,
  `SELECT ID FROM`,
])('finds a text that reads another way: %s', (sql) => {
  expect(isAllowed(sql)).toBe(false);
});

it('lets a value be taken from any row of its group, only where that was put in', () => {
  const sql = `SELECT ANY_VALUE(SSN) FROM ${P} GROUP BY T`;
  expect(isAllowed(sql)).toBe(false);
  expect(isAllowed(sql, { ...standIn, carried: new Set(['SSN']) })).toBe(true);
});
