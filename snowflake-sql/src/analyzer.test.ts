import { expect, it } from 'vitest';
import { createAnalyzer } from './analysis.ts';
import {
  type Catalog,
  type CatalogObject,
  keyOfObject,
  type ObjectName,
  type ResolutionContext,
} from './index.ts';

const inPublic = (name: string): ObjectName => ({ database: 'SHOP', schema: 'PUBLIC', name });
const context: ResolutionContext = {
  database: 'SHOP',
  schema: 'PUBLIC',
  variables: new Map([['N', { literal: 'T', sources: [] }]]),
  results: new Map(),
};

/** A catalog that can be changed; each change is a new version of what is changed. */
function changing() {
  const objects = new Map<string, CatalogObject>();
  let version = 0;
  const put = (name: string, columns: readonly string[], definition?: string) => {
    version += 1;
    const base = {
      name: inPublic(name),
      version: String(version),
      columns: columns.map((column) => ({ name: column, type: 'VARCHAR' })),
    };
    const object: CatalogObject =
      definition === undefined ? { type: 'table', ...base } : { type: 'view', ...base, definition };
    objects.set(keyOfObject(base.name), object);
  };
  put('T', ['A', 'B']);
  put('V', ['A'], 'SELECT A FROM T');
  const catalog: Catalog = { find: (name) => objects.get(keyOfObject(name)) ?? null };
  return { put, drop: (name: string) => objects.delete(keyOfObject(inPublic(name))), catalog };
}

type World = ReturnType<typeof changing>;

/** Whether a text is analysed once more after something has happened. */
function isMadeAnew(sql: string, happening: (world: World) => void, next = context): boolean {
  const analyzer = createAnalyzer();
  const world = changing();
  const first = analyzer.analyze(sql, world.catalog, context);
  expect(analyzer.analyze(sql, world.catalog, context) === first).toBe(true);
  happening(world);
  const second = analyzer.analyze(sql, world.catalog, next);
  expect(second).toEqual(createAnalyzer().analyze(sql, world.catalog, next));
  return second !== first;
}

it.each<[string, string, (world: World) => void, boolean]>([
  ['another table', 'SELECT * FROM T', ({ put }) => put('OTHER', ['A']), false],
  ['a view of it', 'SELECT * FROM T', ({ put }) => put('V', ['A'], 'SELECT B FROM T'), false],
  ['the table', 'SELECT * FROM T', ({ put }) => put('T', ['A', 'B', 'C']), true],
  ['the table, as it was', 'SELECT * FROM T', ({ put }) => put('T', ['A', 'B']), true],
  ['the table, which has gone', 'SELECT * FROM T', ({ drop }) => drop('T'), true],
  ['the view', 'SELECT * FROM V', ({ put }) => put('V', ['A'], 'SELECT B FROM T'), true],
  ['the table behind the view', 'SELECT * FROM V', ({ put }) => put('T', ['A', 'C']), true],
  ['a table that was not there', 'SELECT * FROM OTHER', ({ put }) => put('OTHER', ['A']), true],
  ['a table that is only dropped', 'DROP TABLE T', ({ put }) => put('T', ['A']), true],
  ['a table in the place of one to be made', 'CREATE TABLE N (A INT)', ({ put }) => put('N', ['A']), true],
])('an analysis is kept unless what it used has changed: %s', (_, sql, happening, anew) => {
  expect(isMadeAnew(sql, happening)).toBe(anew);
});

it('is another in another schema, and for other kinds of binds', () => {
  const nothing = () => {};
  expect(isMadeAnew('SELECT 1', nothing, { ...context, schema: 'OTHER' })).toBe(true);
  expect(isMadeAnew('SELECT ?', nothing, { ...context, binds: new Map([['1', 'text']]) })).toBe(true);
  const given = { ...context, binds: new Map([['1', 'DATE'] as const]) };
  expect(isMadeAnew('SELECT ?', nothing, given)).toBe(true);
});

it('is not kept where a variable, the value of a bind or an earlier result was asked for, by a view either', () => {
  const analyzer = createAnalyzer();
  const { catalog, put } = changing();
  put('BY_NAME', ['A'], 'SELECT A FROM IDENTIFIER($N)');
  const texts = [
    'SELECT $N',
    'SELECT A FROM IDENTIFIER($N)',
    'SELECT A FROM IDENTIFIER(?)',
    'SELECT A FROM BY_NAME',
    "SELECT * FROM TABLE(RESULT_SCAN('q'))",
    'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
  ];
  for (const sql of texts) {
    const own = { ...context, bindTexts: new Map([['1', 'T']]) };
    const first = analyzer.analyze(sql, catalog, own);
    expect(analyzer.analyze(sql, catalog, own) === first).toBe(false);
  }
  // A `$` in a literal is none.
  const first = analyzer.analyze("SELECT '$N' FROM T", catalog, context);
  expect(analyzer.analyze("SELECT '$N' FROM T", catalog, context) === first).toBe(true);
});

it('is not kept where something had not been loaded', () => {
  const analyzer = createAnalyzer();
  const { catalog } = changing();
  const sql = 'SELECT * FROM V';
  const partly: Catalog = { find: (name) => (name.name === 'T' ? undefined : catalog.find(name)) };
  expect(analyzer.analyze(sql, partly, context)).toMatchObject([
    { understanding: { understood: false, problem: { code: 'not_loaded' } } },
  ]);
  expect(analyzer.analyze(sql, catalog, context)).toMatchObject([{ understanding: { understood: true } }]);
  // Nor is a kept one of use to who has loaded less.
  expect(analyzer.analyze(sql, partly, context)).toMatchObject([{ understanding: { understood: false } }]);
});

it('says what it used, what is behind views and what is not there too', () => {
  const { catalog } = changing();
  const analyses = createAnalyzer().analyze(
    'SELECT * FROM V, (SELECT 1) X; DROP TABLE ELSEWHERE.V',
    catalog,
    context,
  );
  const used = analyses.flatMap((one) => one.used);
  expect(used.map(({ name, version }) => [name.schema, name.name, version])).toEqual([
    ['PUBLIC', 'V', '2'],
    ['PUBLIC', 'T', '1'],
    ['ELSEWHERE', 'V', null],
  ]);
});
