import { type LoadedObject, loadedCatalog, type ObjectName } from '@sluice/snowflake-sql';
import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
import { expect, it } from 'vitest';
import { type OwnMask, ownMasks, ownMasksOf } from './own-masks.ts';
import { toldThroughViews } from './told-through-views.ts';

const CARDS: ObjectName = { database: 'SHOP', schema: 'PUBLIC', name: 'CARDS' };
const OPEN_CARDS: ObjectName = { ...CARDS, name: 'OPEN_CARDS' };
const columns = [
  { name: 'ID', type: 'NUMBER(38,0)' },
  { name: 'CARD', type: 'VARCHAR' },
];
const masked = [{ column: 'ID', tags: [], maskedBy: ['P', 'Q'] }];
const table: LoadedObject = { name: CARDS, object: { type: 'table', name: CARDS, version: '1', columns } };
const definition = 'SELECT CARD, ID FROM CARDS';
const view: LoadedObject = {
  name: OPEN_CARDS,
  object: { type: 'view', name: OPEN_CARDS, version: '1', columns: columns.toReversed(), definition },
};
const both = [{ output: 0, policies: ['P', 'Q'] }];

/** What a statement is told of, where the warehouse says so of these objects. */
function told(sql: string, objects: readonly LoadedObject[]) {
  const parts = {
    catalog: loadedCatalog(objects),
    context: { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() },
  };
  const analyzer = createAnalyzer();
  const own: readonly OwnMask[] = objects.flatMap(ownMasks);
  const all = [...own, ...toldThroughViews(analyzer, parts, own)];
  const understanding = analyzer.analyze(sql, parts.catalog, parts.context)[0]!.understanding;
  return understanding.understood ? ownMasksOf(understanding.outputs, all) : null;
}

it.each<[string, string, ReturnType<typeof told>]>([
  ['a column', 'SELECT 1 AS N, ID FROM CARDS', [{ output: 1, policies: ['P', 'Q'] }]],
  ['what is made of it', 'SELECT MAX(ID) + 1 AS N FROM CARDS', both],
  ['how many there are, which shows none', 'SELECT COUNT(ID) AS N FROM CARDS', []],
  ['another column', 'SELECT CARD FROM CARDS', []],
  ['what a view reads', 'SELECT ID AS N FROM OPEN_CARDS', both],
])('tells that the warehouse masks %s', (_title, sql, expected) => {
  expect(told(sql, [{ ...table, governance: masked }, view])).toEqual(expected);
});

it('tells so of what is read through a view whose own column it masks', () => {
  expect(told('SELECT ID FROM OPEN_CARDS', [table, { ...view, governance: masked }])).toEqual(both);
});

it.each<[string, LoadedObject]>([
  ['nobody could ask for', { ...table, governance: 'unknown' }],
  ['there is no word of', table],
  ['are of what is gone', { name: CARDS, object: null, governance: masked }],
])('tells of none where its masks %s', (_title, object) => {
  expect(ownMasks(object)).toEqual([]);
});
