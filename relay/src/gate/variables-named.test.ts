import { expect, it } from 'vitest';
import { source } from '../policy/statement-fixtures.ts';
import { variablesNamed } from './variables-named.ts';

const variables = new Map([
  ['X', { literal: '1 OR 1=1', sources: [] }],
  ['Y', { sources: [source('CUSTOMERS.ID'), source('CUSTOMERS.ID')] }],
  ['TEXT', { literal: 'DELETE FROM t WHERE id = $x', sources: [] }],
  ['LOOP', { literal: '$loop $loop', sources: [] }],
  ['OTHER', { literal: 'not named', sources: [] }],
]);

it.each([
  ['DELETE FROM t WHERE id = $x', ['X']],
  ['DELETE FROM t WHERE id = $X OR id = $y', ['X', 'Y']],
  ['EXECUTE IMMEDIATE $text', ['TEXT', 'X']],
  ["SELECT IDENTIFIER($x) -- '$y'", ['X', 'Y']],
  ['SELECT $loop, $1, $unset, $$text$$', ['LOOP']],
  ['SELECT 1', []],
])('%s', (sql, names) => {
  expect(variablesNamed(sql, variables, true).map(({ name }) => name)).toEqual(names);
});

it('says what is known of each, and of its value nothing where it may be sensitive', () => {
  const sql = 'DELETE FROM t WHERE id IN ($x, $y)';
  const y = { name: 'Y', value: null, from: ['SHOP.PUBLIC.CUSTOMERS.ID'] };
  expect(variablesNamed(sql, variables, true)).toEqual([{ name: 'X', value: '1 OR 1=1', from: [] }, y]);
  expect(variablesNamed(sql, variables, false)).toEqual([{ name: 'X', value: null, from: [] }, y]);
});
