import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Binds } from '../../warehouse.ts';
import type { Warehouse, WarehouseSession } from '../../index.ts';
import { prettyJson as printed } from '../pretty-json.ts';
import { runSql } from '../testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
  await run('CREATE TABLE SCRATCH.KEPT (A INT)');
  await run('INSERT INTO SCRATCH.KEPT VALUES (1)');
});
afterAll(() => warehouse.close());

async function run(sql: string, binds: Binds = {}) {
  return await runSql(session, sql, { binds });
}

const BREAKING = [
  `x' OR 1=1 --`,
  `x"; DROP TABLE "SHOP"."SCRATCH"."KEPT"; --`,
  `x'); DROP TABLE KEPT; /*`,
  `back\\slash`,
  `$.a`,
  `*`,
  `**`,
  `a.b[0]`,
  `~/~0~1`,
  `été "q" 'p'`,
  ` `,
];

const sqlText = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
const sqlName = (name: string) => `"${name.replaceAll('"', '""')}"`;

describe.each(BREAKING)('%s is nothing but itself', (text) => {
  it('as a value', async () => {
    const sql = `SELECT ${sqlText(text)}, $$${text}$$, '' || ${sqlText(text)} WHERE ${sqlText(text)} IN (${sqlText(text)}) ORDER BY ${sqlText(text)}`;
    expect((await run(sql)).rows).toEqual([[text, text, text]]);
    expect(
      (await run('SELECT ?, ?', { 1: { type: 'TEXT', value: text }, 2: { type: 'TEXT', value: text } })).rows,
    ).toEqual([[text, text]]);
  });

  it('as a name of a column, a table, an alias, a CTE and a variable', async () => {
    const name = sqlName(text);
    await run(
      `CREATE OR REPLACE TABLE SCRATCH.${name} (${name} INT DEFAULT 5, B VARCHAR DEFAULT ${sqlText(text)})`,
    );
    await run(`INSERT INTO SCRATCH.${name} (${name}) VALUES (7), (DEFAULT)`);
    await run(`UPDATE SCRATCH.${name} SET ${name} = 8 WHERE ${name} = 7`);
    const { rows, columns } = await run(
      `WITH ${name} AS (SELECT ${name} FROM SCRATCH.${name}) SELECT ${name}.${name} AS ${name} FROM ${name} ORDER BY ${name}`,
    );
    expect(rows).toEqual([['5'], ['8']]);
    expect(columns.map((column) => column.name)).toEqual([text]);
    expect((await run(`SELECT B FROM SCRATCH.${name} LIMIT 1`)).rows).toEqual([[text]]);
    expect((await run(`DESCRIBE TABLE SCRATCH.${name}`)).rows.map(([column]) => column)).toEqual([text, 'B']);
    await run(`CREATE OR REPLACE VIEW SCRATCH.${sqlName(`v${text}`)} AS SELECT ${name} FROM SCRATCH.${name}`);
    expect((await run(`SELECT COUNT(*) FROM SCRATCH.${sqlName(`v${text}`)}`)).rows).toEqual([['2']]);
    await run(`DROP TABLE SCRATCH.${name}`);
    expect((await run('SELECT A FROM SCRATCH.KEPT')).rows).toEqual([['1']]);
  });

  it('as a field of a VARIANT', async () => {
    const json = JSON.stringify({ other: 1, [text]: { [text]: 2 }, list: [text] });
    const path = `v:${sqlName(text)}.${sqlName(text)}`;
    const sql = `SELECT ${path}, v[${sqlText(text)}][${sqlText(text)}], GET(v, ${sqlText(text)})[?], v:list[0]::STRING, {${sqlText(text)}: 1}[${sqlText(text)}]
      FROM (SELECT PARSE_JSON($$${json}$$) AS v)`;
    expect((await run(sql, { 1: { type: 'TEXT', value: text } })).rows).toEqual([['2', '2', '2', text, '1']]);
  });

  it('as a key that FLATTEN gives', async () => {
    const json = JSON.stringify({ [text]: 1 });
    const sql = `SELECT f.KEY, f.VALUE FROM (SELECT PARSE_JSON($$${json}$$) AS v) t, LATERAL FLATTEN(t.v) f`;
    expect((await run(sql)).rows).toEqual([[text, '1']]);
  });

  it('as a label of PIVOT and UNPIVOT', async () => {
    const name = sqlName(text);
    const unpivot = `SELECT K, V FROM (SELECT 1 AS ${name}) UNPIVOT (V FOR K IN (${name}))`;
    expect((await run(unpivot)).rows).toEqual([[text, '1']]);
    const pivot = `SELECT * FROM (SELECT ${sqlText(text)} AS K, 3 AS V) PIVOT (SUM(V) FOR K IN (${sqlText(text)})) AS p`;
    expect((await run(pivot)).rows).toEqual([['3']]);
  });
});

describe('paths', () => {
  const doc = `(SELECT PARSE_JSON('{"a":{"b":[10,{"c":20}],"0":"zero"},"*":1,"l":[5,6]}') AS v)`;
  it.each([
    ['v:a.b[1].c', '20'],
    ['v:a."0"', '"zero"'],
    ['v:l."0"', null],
    ['v:a[0]', null],
    ['v:"*"', '1'],
    ['v:"a.b"', null],
    ['v:A', null],
    ["GET_PATH(v, 'a.b[1].c')", '20'],
    [`GET_PATH(v, '"*"')`, '1'],
    ['v:l[9]', null],
    ['v:a.b.c', null],
  ])('%s', async (path, value) => {
    expect((await run(`SELECT ${path} FROM ${doc}`)).rows).toEqual([[value]]);
  });

  it('of FLATTEN are names and places alone', async () => {
    const rows = (path: string) =>
      run(
        `SELECT f.PATH, f.VALUE, f.THIS FROM ${doc} t, LATERAL FLATTEN(INPUT => t.v, PATH => ${path}) f ORDER BY 1`,
      );
    expect((await rows("'l'")).rows).toEqual([
      ['l[0]', '5', printed('[5,6]')],
      ['l[1]', '6', printed('[5,6]')],
    ]);
    expect((await rows("'a.b[1]'")).rows).toEqual([['a.b[1].c', '20', printed('{"c":20}')]]);
    for (const path of ["'a.*'", "'**'", "'$.a'", "'a[*]'", "'a b'", "'a[#-1]'", "UPPER('a')"]) {
      await expect(rows(path)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
    }
  });
});

it('names of results may repeat', async () => {
  const { rows, columns } = await run('SELECT 1 AS A, 2 AS A, 3 AS "a"');
  expect(rows).toEqual([['1', '2', '3']]);
  expect(columns.map(({ name }) => name)).toEqual(['A', 'A', 'a']);
});
