import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyzeScript } from './analysis.ts';
import {
  type Catalog,
  type CatalogColumn,
  formatObjectName,
  keyOfObject,
  namesIn,
  type ObjectName,
  objectsNamed,
  type ResolutionContext,
  split,
  type Understanding,
} from './index.ts';
import { walk } from './tree/walk.ts';

const context: ResolutionContext = {
  database: 'D',
  schema: 'S',
  variables: new Map([
    ['T', { literal: 'HELD', sources: [] }],
    ['Q', { literal: 'E."f".HELD', sources: [] }],
    ['NONE', { sources: [] }],
    ['TWO', { literal: 'A, B', sources: [] }],
    ['LONG', { literal: 'A'.repeat(10_000), sources: [] }],
  ]),
  results: new Map(),
  bindTexts: new Map([
    ['1', 'FIRST'],
    ['P', '@FIRST'],
    ['2', 'x.second'],
    ['N', 'E.F.NAMED'],
  ]),
};

const named = (sql: string) =>
  objectsNamed(namesIn(split(sql)), context).map(({ type, name }) => {
    // Stages have names of their own.
    const plain = { ...name, name: name.name.replace(`${type}\u0000`, '') };
    return `${type} ${formatObjectName(plain)}`;
  });

describe('a text names', () => {
  it.each<[string, readonly string[]]>([
    ['SELECT * FROM t, x.t, y.x.t, z..t', ['D.S.T', 'D.X.T', 'Y.X.T', 'Z.PUBLIC.T']],
    ['SELECT "t".*, t.a, $1, t.$2 FROM "t", (SELECT b FROM u) v', ['D.S."t"', 'D.S.U']],
    ['SELECT 1 FROM t JOIN t USING (a) WHERE EXISTS (SELECT 1 FROM T)', ['D.S.T']],
    ['WITH c AS (SELECT * FROM t) SELECT * FROM c', ['D.S.T', 'D.S.C']],
    ['INSERT ALL INTO a INTO b SELECT * FROM c', ['D.S.A', 'D.S.B', 'D.S.C']],
    ['MERGE INTO a USING (SELECT * FROM b) c ON a.x = c.x WHEN MATCHED THEN DELETE', ['D.S.A', 'D.S.B']],
    ["SELECT 1 FROM IDENTIFIER('e.f.g'), IDENTIFIER($t), TABLE($q)", ['E.F.G', 'D.S.HELD', 'E."f".HELD']],
    ['SELECT 1 FROM IDENTIFIER($none), IDENTIFIER($two), IDENTIFIER($long), IDENTIFIER(:4)', []],
    ['SELECT 1 FROM (SELECT ? FROM a), TABLE(?), IDENTIFIER(:n)', ['D.S.A', 'D.X.SECOND', 'E.F.NAMED']],
    ['EXECUTE IMMEDIATE $$ SELECT * FROM a; DELETE FROM b $$', ['D.S.A', 'D.S.B']],
    ["EXECUTE IMMEDIATE 'SELECT ''it'''' is'' FROM a'", ['D.S.A']],
    [
      'BEGIN LET c CURSOR FOR SELECT * FROM a; FOR r IN c DO INSERT INTO b SELECT 1; END FOR; RETURN (SELECT MAX(x) FROM d); END',
      ['D.S.A', 'D.S.B', 'D.S.D'],
    ],
    ['CREATE TABLE a CLONE b', ['D.S.A', 'D.S.B']],
    ['CREATE TABLE a (x INT DEFAULT (SELECT MAX(y) FROM b))', ['D.S.A', 'D.S.B']],
    ['CREATE TASK k AFTER j AS INSERT INTO a SELECT * FROM b', ['task D.S.K', 'D.S.J', 'D.S.A', 'D.S.B']],
    ["PUT file:///a '@S/x'", ['stage D.S.S']],
    [`LIST '@x."s/s"/a b/c--d'`, ['stage D.X."s/s"']],
    ["LIST '@s -- x/y'", []],
    ["LIST '@s x/y'", []],
    [`LIST '@s"x'`, []],
    ['LIST @~/x', ['stage "~"']],
    ['LIST :p', ['stage D.S.FIRST']],
    [
      'SELECT 1 FROM TABLE(INFER_SCHEMA(LOCATION => :p, FILE_FORMAT => :2))',
      ['stage D.S.FIRST', 'file_format D.X.SECOND'],
    ],
    ["COPY INTO a FROM @s FILE_FORMAT = (FORMAT_NAME = 'f')", ['D.S.A', 'file_format D.S.F', 'stage D.S.S']],
    ['CREATE PIPE p AS COPY INTO a FROM @s/x', ['pipe D.S.P', 'D.S.A', 'stage D.S.S']],
    ['ALTER TABLE a SWAP WITH b', ['D.S.A', 'D.S.B']],
    ['ALTER VIEW a RENAME TO x.b', ['view D.S.A', 'view D.X.B']],
    ['DROP VIEW a', ['view D.S.A']],
    ['DESCRIBE VIEW a', ['view D.S.A']],
    ['GRANT SELECT ON VIEW a TO ROLE r', ['view D.S.A']],
    ['SELECT f(x), UPPER(y), e.f.g(z) FROM t', ['function D.S.F', 'function E.F.G', 'D.S.T']],
    ['CALL p(1)', ['procedure D.S.P']],
    ['SELECT * FROM @s/path, @%t', ['stage D.S.S', 'stage D.S."%T"', 'D.S.T']],
    ['SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))', []],
    ['SELECT 1; SELECT 2 FROM t; SELECT 3 FROM u', ['D.S.T', 'D.S.U']],
    ['USE SCHEMA x', []],
    ['DROP DATABASE x', []],
    ['CREATE WAREHOUSE w', []],
    ['SHOW TABLES IN SCHEMA x', []],
  ])('%s', (sql, names) => {
    const full = names.map((name) => (name.includes(' ') ? name : `table ${name}`));
    expect(named(sql).toSorted()).toEqual(full.toSorted());
  });

  it('the variables and earlier results that it depends on', () => {
    const scan = (id: string) => `SELECT * FROM TABLE(RESULT_SCAN(${id}))`;
    const parts = [scan("'q1'"), scan('LAST_QUERY_ID()'), scan('LAST_QUERY_ID(-2)'), scan('?'), 'SELECT $x'];
    const sql = parts.join(' UNION ALL ');
    expect(namesIn(split(sql))).toMatchObject({ variables: ['X'], results: ['q1', -1, -2] });
  });

  it('each once, however often', () => {
    const sql = `SELECT ${Array.from({ length: 1_000 }, () => '(SELECT MAX(a) FROM t)').join(' + ')}`;
    expect(namesIn(split(sql)).objects).toHaveLength(1);
  });
});

const samples = readFileSync(new URL('./samples.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(/ \| (.*)/s)[1]!);

describe('whatever the analysis looks up, was named', () => {
  it.each(samples)('%s', (sql) => {
    const script = split(sql);
    const looked = new Map<string, ObjectName>();
    const anything = catalogOfAnything(sql);
    const watched: Catalog = {
      find(name) {
        looked.set(keyOfObject(name), name);
        return anything.find(name);
      },
    };
    analyzeScript(script, watched, context);
    const names = new Set(objectsNamed(namesIn(script), context).map(({ name }) => formatObjectName(name)));
    const missed = [...looked.values()].map(formatObjectName).filter((name) => !names.has(name));
    expect(missed).toEqual([]);
  });

  it('and what was not loaded is said to be that, not to be missing', () => {
    const nothing: Catalog = { find: () => undefined };
    const texts = [
      'SELECT * FROM t',
      'DROP TABLE t',
      'CREATE TABLE t (a INT)',
      'ALTER TABLE t ADD b INT DEFAULT 1',
      "EXECUTE IMMEDIATE 'DROP TABLE t'",
    ];
    for (const sql of texts) {
      const [only] = analyzeScript(split(sql), nothing, context);
      expect(only).toMatchObject({ bound: null, used: [] });
      expect(problemsOf([only!.understanding])).toEqual(['not_loaded']);
    }
  });
});

/** Of a statement and those inside of it. */
function problemsOf(understandings: readonly Understanding[]): readonly string[] {
  return understandings.flatMap((one) => (one.understood ? problemsOf(one.inner) : [one.problem.code]));
}

/** Every name is a table's, and has every column that the text mentions. */
function catalogOfAnything(sql: string): Catalog {
  const words = new Set<string>();
  for (const { statement } of split(sql).statements)
    for (const node of walk(statement)) if (node.kind === 'identifier') words.add(node.name);
  const columns = [...words].map((name): CatalogColumn => ({ name, type: 'VARCHAR' }));
  return { find: (name) => ({ type: 'table', name, version: '1', columns }) };
}
