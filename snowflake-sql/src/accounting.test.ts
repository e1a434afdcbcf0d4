import { expect, test } from 'vitest';
import { unaccounted } from './accounting.ts';
import { type ParsedStatement, parse } from './parse.ts';
import type { Query, Select } from './tree/query.ts';

function select(text: string): ParsedStatement & { statement: Query & { body: Select } } {
  return parse(text) as ParsedStatement & { statement: Query & { body: Select } };
}

test('a token that no node holds is found', () => {
  const parsed = select('select a, ssn from t');
  const { body } = parsed.statement;
  const statement = { ...parsed.statement, body: { ...body, items: body.items.slice(0, 1) } };
  expect(unaccounted({ ...parsed, statement })).toEqual([{ start: 10, end: 13 }]);
});

test('a node outside its parent, or over its neighbour, is found', () => {
  const parsed = select('select a, b from t');
  const { body } = parsed.statement;
  const [first, second] = body.items;
  const moved = { ...parsed.statement, body: { ...body, items: [first!, { ...second!, start: 7 }] } };
  expect(unaccounted({ ...parsed, statement: moved })).toEqual([{ start: 7, end: 11 }]);
});
