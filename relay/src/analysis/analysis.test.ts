import { afterEach, expect, it } from 'vitest';
import { type Catalog, createAnalyzer, type ObjectName } from '../statement/index.ts';
import { type Analyses, createAnalyses } from './index.ts';

const CARDS: ObjectName = { database: 'SHOP', schema: 'PUBLIC', name: 'CARDS' };
const OPEN_CARDS: ObjectName = { ...CARDS, name: 'OPEN_CARDS' };
const columns = [
  { name: 'ID', type: 'NUMBER(38,0)' },
  { name: 'CARD', type: 'VARCHAR' },
];
const asked: string[] = [];
const catalog: Catalog = {
  version: '1',
  find({ name }) {
    asked.push(name);
    if (name === 'CARDS') return { type: 'table', name: CARDS, columns };
    if (name !== 'OPEN_CARDS') return undefined;
    return { type: 'view', name: OPEN_CARDS, columns, definition: 'SELECT ID, CARD FROM CARDS' };
  },
};
const context = { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() };

let analyses: Analyses | null = null;
afterEach(async () => await analyses?.close());

const onThreads = (options: Parameters<typeof createAnalyses>[0] = {}) =>
  (analyses = createAnalyses({ longestAtOnce: 10, threads: 1, ...options }));

it.each([
  'SELECT ID, UPPER(CARD) AS C FROM CARDS WHERE CARD LIKE ?',
  'SELECT * FROM OPEN_CARDS JOIN CARDS USING (ID)',
  'INSERT INTO CARDS SELECT * FROM CARDS',
  'CREATE TABLE COPIES AS SELECT CARD FROM CARDS',
  'SELECT 1; SELECT CARD FROM CARDS',
  'SELECT CARD FROM NOWHERE',
  'SELECT CARD FROM',
])('means on a thread what it means at once: %s', async (sql) => {
  const long = await onThreads().analyze(sql, catalog, context);
  const short = createAnalyzer().analyze(sql, catalog, context);
  expect(long.map(({ understanding }) => understanding)).toEqual(
    short.map(({ understanding }) => understanding),
  );
  const [one, ...more] = long;
  const bounds = (analyses: typeof long) =>
    analyses.map(({ bound }) => (more.length === 0 ? bound?.() : null));
  expect(bounds([one!])).toEqual(bounds([short[0]!]));
});

it('binds what runs under the variables that it was understood under', async () => {
  const variables = new Map([['T', { literal: 'CARDS', sources: [] }]]);
  const sql = 'SELECT * FROM IDENTIFIER($T)';
  const [analysis] = await onThreads().analyze(sql, catalog, { ...context, variables });
  variables.set('T', { literal: 'OPEN_CARDS', sources: [] });
  expect(analysis!.bound!().objects).toMatchObject([{ name: CARDS }]);
});

it('asks the catalog for what a text names, once each', async () => {
  asked.length = 0;
  await onThreads().analyze('SELECT 1 FROM OPEN_CARDS A, OPEN_CARDS B, CARDS C', catalog, context);
  expect(asked).toEqual(['OPEN_CARDS', 'CARDS']);
});

it('sends variables and earlier results along with a text that may name one', async () => {
  const source = { column: { object: CARDS, column: 'CARD' }, how: 'direct' as const };
  const variables = new Map([['V', { sources: [source] }]]);
  const [analysis] = await onThreads().analyze('SELECT $V AS X, 1 AS Y', catalog, { ...context, variables });
  expect(analysis!.understanding).toMatchObject({
    outputs: [{ sources: [{ ...source, how: 'expression' }] }, {}],
  });
});

it('reads short texts at once, and leaves long ones unread', () => {
  const made = onThreads({ longestAtOnce: 12 });
  expect(made.parse('SELECT 1')?.statements).toHaveLength(1);
  expect(made.analyze('SELECT 1', catalog, context)).not.toBeInstanceOf(Promise);
  expect(made.parse('SELECT 1 AS ONE')).toBeNull();
});

const tooComplex = { understood: false, kind: { name: 'select' }, problem: { code: 'too_complex' } };
const long = `SELECT ${Array.from({ length: 20_000 }, () => 'CARD').join(' || ')} FROM CARDS`;

it('refuses what takes too long, and goes on with the next', { timeout: 30_000 }, async () => {
  const made = onThreads({ patienceMs: 5 });
  const [analysis] = await made.analyze(long, catalog, context);
  expect(analysis!.understanding).toMatchObject(tooComplex);
  await made.close();
  const [other] = await onThreads().analyze('SELECT CARD FROM CARDS', catalog, context);
  expect(other!.understanding.understood).toBe(true);
});

it('refuses what takes too much memory, and goes on with the next', { timeout: 60_000 }, async () => {
  const made = onThreads({ memoryMb: 48 });
  const many = Array.from({ length: 400_000 }, (_, index) => `(${index})`).join(', ');
  const [analysis] = await made.analyze(`SELECT * FROM VALUES ${many}`, catalog, context);
  expect(analysis!.understanding).toMatchObject(tooComplex);
  const [other] = await made.analyze('SELECT CARD FROM CARDS', catalog, context);
  expect(other!.understanding.understood).toBe(true);
});

it('turns away more than may wait', async () => {
  const made = onThreads({ mostWaiting: 1 });
  const sql = 'SELECT CARD FROM CARDS';
  const [first, second, third] = await Promise.allSettled(
    [1, 2, 3].map(async () => await made.analyze(sql, catalog, context)),
  );
  expect([first!.status, second!.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(third).toMatchObject({ reason: { code: 'too_many_statements' } });
});
