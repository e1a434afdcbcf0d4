import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CatalogColumn, loadedCatalog, namesIn, split } from '@sluice/snowflake-sql';
import { analyzeScript } from '@sluice/snowflake-sql/analysis';
import { type Floor, NO_FLOOR } from '@sluice/snowflake-sql/execution';
import { parseRows } from '../../encoding/index.ts';
import { SluiceError } from '../../errors.ts';
import { loadNamed, planWith } from '../planning.ts';
import type { ExecutableStatement, Warehouse, WarehouseSession } from '../warehouse.ts';
import { openSnowflakeWarehouse } from './snowflake-warehouse.ts';
import { type Scripted, type ScriptedObject, scriptedUpstream, SHOP } from './testing.ts';

const CUSTOMERS: ScriptedObject = { name: 'CUSTOMERS', columns: { ID: 'NUMBER', NAME: 'TEXT', SSN: 'TEXT' } };

let objects: ScriptedObject[];
let answers: Record<string, Scripted | Error>;
let account: ReturnType<typeof scriptedUpstream>;
/** What EXPLAIN answers. */
let explainedAs: string;
let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  objects = [CUSTOMERS];
  answers = {};
  const explain = (sql: string): Scripted | null =>
    sql.startsWith('EXPLAIN') ? { columns: ['content'], rows: [[explainedAs]] } : null;
  account = scriptedUpstream({ objects, answer: (sql) => answers[sql] ?? explain(sql) });
  warehouse = openSnowflakeWarehouse({
    upstream: account.upstream,
    defaults: SHOP,
    catalogForMs: 60_000,
    now: () => 1_000,
    newId: randomUUID,
  });
  session = await warehouse.openSession(SHOP);
});

/** SSN may pass whole to an output, and nothing else. */
const guarded: Floor = ({ column }) =>
  column === 'SSN' ? { paths: null, raw: new Set(['direct']), token: new Set() } : null;

interface Given {
  readonly floor?: Floor;
  readonly isAsked?: boolean;
  readonly describeOnly?: boolean;
  readonly changesAtMost?: number | null;
  readonly mayKnowOf?: ExecutableStatement['mayKnowOf'];
}

/** As the gate would have it run. */
async function decided(sql: string, given: Given = {}): Promise<ExecutableStatement> {
  const { floor = NO_FLOOR, isAsked = false, describeOnly = false, changesAtMost = null } = given;
  const script = split(sql);
  const { surroundings } = session;
  const { state } = surroundings;
  const context = {
    ...(state.database === null ? {} : { database: state.database }),
    ...(state.schema === null ? {} : { schema: state.schema }),
    variables: new Map([...session.variables].map((name) => [name, { sources: [] }])),
    results: new Map([
      [
        '11111111-2222-4333-8444-555555555555',
        { outputs: [{ name: 'ID', sources: [], range: { start: 0, end: 0 } }] },
      ],
    ]),
  };
  const named = await loadNamed(namesIn(script), context, session.catalog, (text) => namesIn(split(text)));
  const catalog = loadedCatalog(named!.objects);
  const [analysis] = analyzeScript(script, catalog, context);
  if (analysis?.bound == null) throw new Error(`not understood: ${JSON.stringify(analysis?.understanding)}`);
  const { bound, used } = analysis;
  const planned = planWith({ source: sql, bound, catalog, context, floor, surroundings, isAsked });
  if (planned.plan === null) throw new SluiceError(planned.problem.code, planned.problem.message);
  return {
    plan: planned.plan,
    sql,
    binds: {},
    objects: used,
    describeOnly,
    encoding: 'json',
    changesAtMost,
    mayKnowOf: given.mayKnowOf ?? (() => true),
    earlier: () => null,
    queryId: 'statement-1',
    session: 'session-1',
    surroundings,
  };
}

const never = new AbortController().signal;
async function run(sql: string, given: Given = {}) {
  const result = await session.execute(await decided(sql, given), never);
  const rows = [];
  for await (const chunk of result.chunks) rows.push(...parseRows(await chunk.open()));
  return { ...result, rows };
}

describe('the floor', () => {
  it('is in the text that is sent, where a sensitive column is used', async () => {
    await run("SELECT ID FROM CUSTOMERS WHERE SSN LIKE '1%'", { floor: guarded });
    expect(account.own()).toEqual([
      `SELECT ID FROM (SELECT "ID", "NAME", IFF("SSN" IS NULL, NULL, ''::VARCHAR) AS "SSN" FROM CUSTOMERS) AS "CUSTOMERS" WHERE SSN LIKE '1%'`,
    ]);
  });

  it('leaves what passes whole as it was written', async () => {
    await run('SELECT SSN FROM CUSTOMERS', { floor: guarded });
    expect(account.own()).toEqual(['SELECT SSN FROM CUSTOMERS']);
  });

  it('leaves blanks in files, which the account writes itself: nothing is masked on their way', async () => {
    const sql = 'COPY INTO @~/x FROM (SELECT ID, SSN, UPPER(SSN) FROM CUSTOMERS)';
    await run(sql, { floor: guarded, isAsked: true });
    expect(account.own()).toEqual([
      `COPY INTO @~/x FROM (SELECT ID, SSN, UPPER(SSN) FROM (SELECT "ID", "NAME", IFF("SSN" IS NULL, NULL, ''::VARCHAR) AS "SSN" FROM CUSTOMERS) AS "CUSTOMERS")`,
    ]);
  });

  it('puts tokens in for what is grouped by, with a salt that is in no plan and another one each time', async () => {
    const tokens: Floor = (column) => {
      const guard = guarded(column);
      return guard === null ? null : { ...guard, token: new Set(['group']) };
    };
    const sql = "SELECT COUNT(DISTINCT SSN), '(salt of this statement)' FROM CUSTOMERS";
    const { plan } = await decided(sql, { floor: tokens });
    expect(JSON.stringify(plan)).toContain("SHA2('(salt of this statement)' ||");
    await run(sql, { floor: tokens });
    await run(sql, { floor: tokens });
    const salts = account.own().map((text) => /SHA2\('([^']*)' \|\| "SSN", 256\)/.exec(text)?.[1]);
    expect(new Set(salts).size).toBe(2);
    for (const salt of salts) expect(salt).toMatch(/^[0-9a-f-]{36}$/);
    // A text of the client's that says the same is not where it goes.
    for (const text of account.own()) expect(text).toContain(", '(salt of this statement)' FROM");
  });

  it('has no tokens of texts that a collation finds equal', async () => {
    objects.push({ name: 'COLLATED', columns: { ID: 'NUMBER', SSN: 'TEXT COLLATE en-ci' } });
    const tokens: Floor = (column) => {
      const guard = guarded({ ...column, object: { ...column.object, name: 'CUSTOMERS' } });
      return guard === null ? null : { ...guard, token: new Set(['group']) };
    };
    await expect(run('SELECT COUNT(DISTINCT SSN) FROM COLLATED', { floor: tokens })).rejects.toMatchObject({
      message: expect.stringContaining("VARCHAR COLLATE 'en-ci' has none"),
    });
    await run("SELECT ID FROM COLLATED WHERE SSN = '1'", { floor: tokens });
    expect(account.own().at(-1)).toContain(`IFF("SSN" IS NULL, NULL, ''::VARCHAR COLLATE 'en-ci') AS "SSN"`);
  });

  it('where it has no text, nothing runs unless people are asked', async () => {
    const sql = 'SELECT SSN FROM CUSTOMERS UNION SELECT SSN FROM CUSTOMERS';
    await expect(run(sql, { floor: guarded })).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
    expect(account.own()).toEqual([]);
    const { plan } = await decided(sql, { floor: guarded, isAsked: true });
    expect(plan).toMatchObject({ sql, raw: expect.stringContaining('SSN') });
  });
});

describe('files of stages', () => {
  it.each(['PUT file:///tmp/x @~', 'GET @~/x file:///tmp/'])('move by a driver alone: %s', async (sql) => {
    await expect(run(sql)).rejects.toThrow(/(?:PUT|GET) unasked/);
    await expect(run(sql, { isAsked: true })).rejects.toThrow('needs a Snowflake driver');
    expect(account.own()).toEqual([]);
  });
});

describe('what is not known to be safe', () => {
  it.each([
    ['EXECUTE IMMEDIATE', "EXECUTE IMMEDIATE 'SELECT 1'"],
    ['a chain', 'SELECT 1 ->> SELECT * FROM $1'],
    ['a block', 'BEGIN SELECT 1; END'],
    ['EXPLAIN', 'EXPLAIN SELECT 1'],
    ['COPY FILES', 'COPY FILES INTO @~/x FROM @~/y'],
    ['secondary roles', 'USE SECONDARY ROLES ALL'],
    ['earlier results', "SELECT * FROM TABLE(RESULT_SCAN('11111111-2222-4333-8444-555555555555'))"],
    ['ids of Snowflake', 'SELECT LAST_QUERY_ID()'],
    ['names that mean something else', 'ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE'],
    ['names that are looked up elsewhere', "ALTER SESSION SET SEARCH_PATH = 'OTHER'"],
    ['unknown parameters', "ALTER SESSION SET WHATEVER = 'x'"],
    ['databases', 'CREATE DATABASE D'],
    ['schemas', 'DROP SCHEMA PUBLIC'],
    ['users', "ALTER USER RELAY SET PASSWORD = 'x'"],
  ])('is not run, asked about or not: %s', async (_title, sql) => {
    for (const isAsked of [false, true])
      await expect(run(sql, { isAsked })).rejects.toMatchObject({
        code: 'unsupported_by_warehouse',
        message: expect.not.stringContaining('embedded'),
      });
    expect(account.own()).toEqual([]);
  });

  it.each([
    ['unloading', 'COPY INTO @~/x FROM CUSTOMERS'],
    ['grants', 'GRANT SELECT ON TABLE CUSTOMERS TO ROLE OTHER'],
    ['policies', 'ALTER TABLE CUSTOMERS MODIFY COLUMN SSN UNSET MASKING POLICY'],
    ['swaps', 'ALTER TABLE CUSTOMERS SWAP WITH CUSTOMERS'],
    ['routines', 'CREATE FUNCTION F() RETURNS INT AS $$1$$'],
    ['stages', 'CREATE STAGE S'],
    ['lists of files', 'LIST @~'],
    ['taking files away', 'REMOVE @~/x'],
    ['functions of the account', 'SELECT SYSTEM$CANCEL_ALL_QUERIES(1)'],
    ['functions that show definitions', "SELECT GET_DDL('VIEW', 'V')"],
    ['functions that send data elsewhere', "SELECT AI_COMPLETE('m', NAME) FROM CUSTOMERS"],
    ['what a role may do', 'SHOW GRANTS TO ROLE ANALYST'],
  ])('is run when people let it through, and not otherwise: %s', async (_title, sql) => {
    await expect(run(sql)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
    expect(account.own()).toEqual([]);
    await run(sql, { isAsked: true });
    expect(account.own()).toEqual([sql]);
  });

  it.each([
    'CREATE OR REPLACE TABLE T (X NUMBER)',
    'CREATE TEMPORARY TABLE T AS SELECT ID FROM CUSTOMERS',
    'CREATE VIEW V AS SELECT ID FROM CUSTOMERS',
    'ALTER TABLE CUSTOMERS ADD COLUMN X NUMBER',
    'DROP TABLE CUSTOMERS',
    "INSERT INTO CUSTOMERS VALUES (1, 'a', 'b')",
    "UPDATE CUSTOMERS SET NAME = 'x' WHERE ID = 1",
    'TRUNCATE TABLE CUSTOMERS',
    'SET X = 1',
    'SHOW TABLES',
    'DESCRIBE TABLE CUSTOMERS',
    'BEGIN',
  ])('everyday work is: %s', async (sql) => {
    await run(sql);
    expect(account.own()).toEqual([sql]);
  });
});

describe('a session', () => {
  it('begins with what names and texts mean pinned, and with one role', async () => {
    expect(account.starts[0]).toMatchObject({
      ...SHOP,
      parameters: {
        QUOTED_IDENTIFIERS_IGNORE_CASE: false,
        SEARCH_PATH: '$current, $public',
        AUTOCOMMIT: true,
      },
    });
    expect(account.sent[0]!.sql).toBe('USE SECONDARY ROLES NONE');
  });

  it.each([
    ['an account that decides what names mean', { told: { QUOTED_IDENTIFIERS_IGNORE_CASE: true } }],
    ['an account that gives another role', { role: 'OTHER' }],
  ])(
    'is not opened on %s',
    async (_title, { told = {}, role = null }: { told?: Record<string, boolean>; role?: string | null }) => {
      const other = scriptedUpstream({ objects, told });
      const upstream = {
        ...other.upstream,
        openSession: (start: Parameters<typeof other.upstream.openSession>[0], signal: AbortSignal) =>
          other.upstream.openSession(role === null ? start : { ...start, role }, signal),
      };
      const options = { upstream, defaults: SHOP, catalogForMs: 0, now: () => 0, newId: randomUUID };
      await expect(openSnowflakeWarehouse(options).openSession(SHOP)).rejects.toMatchObject({
        code: 'warehouse_unavailable',
      });
      expect(other.counts.closed).toBe(1);
    },
  );

  it('is closed when Snowflake tells of another state than it was decided under', async () => {
    answers['SELECT ID FROM CUSTOMERS'] = { columns: ['ID'], rows: [['1']], state: { role: 'ACCOUNTADMIN' } };
    await expect(run('SELECT ID FROM CUSTOMERS')).rejects.toMatchObject({ code: 'session_changed' });
    expect(account.counts.closed).toBe(1);
    await expect(run('SELECT 1')).rejects.toMatchObject({ code: 'session_ended' });
  });

  it.each([
    ['USE SCHEMA OTHER', { schema: 'OTHER' }],
    ['USE DATABASE D', { database: 'D', schema: null }],
    ['USE ROLE READER', { role: 'READER' }],
    ['USE WAREHOUSE BIG', { warehouse: '"BIG"' }],
  ])('follows %s to what Snowflake tells, %j', async (sql, state) => {
    answers[sql] = { state };
    await run(sql);
    expect(session.state).toMatchObject(
      Object.fromEntries(
        Object.entries(state).map(([part, name]) => [part, name?.replaceAll('"', '') ?? null]),
      ),
    );
  });

  it.each([
    ['USE SCHEMA OTHER', { schema: 'ELSEWHERE' }],
    ['USE DATABASE D', { database: 'E', schema: 'PUBLIC' }],
    ['USE ROLE READER', {}],
  ])('is closed when %s leads elsewhere, %j', async (sql, state) => {
    answers[sql] = { state };
    await expect(run(sql)).rejects.toMatchObject({ code: 'session_changed' });
    expect(account.counts.closed).toBe(1);
  });

  it('gives out nothing of an object that is another by now, and changes nothing in it', async () => {
    const read = await decided('SELECT ID FROM CUSTOMERS');
    const change = await decided('DELETE FROM CUSTOMERS WHERE ID = 1');
    objects[0] = { ...CUSTOMERS, ddl: '2' };
    await expect(session.execute(read, never)).rejects.toMatchObject({ code: 'session_changed' });
    await expect(session.execute(change, never)).rejects.toMatchObject({ code: 'session_changed' });
    expect(account.own().filter((sql) => !sql.startsWith('SELECT'))).toEqual([]);
  });

  it('says that an object is another by now, whatever a statement on it has failed with', async () => {
    const read = await decided('SELECT ID FROM CUSTOMERS');
    objects[0] = { ...CUSTOMERS, ddl: '2' };
    answers['SELECT ID FROM CUSTOMERS'] = new SluiceError('statement_failed', 'what the other one holds');
    await expect(session.execute(read, never)).rejects.toMatchObject({ code: 'session_changed' });
  });

  it('runs nothing that was decided in another state', async () => {
    answers['USE SCHEMA OTHER'] = { state: { schema: 'OTHER' } };
    const elsewhere = await decided('SELECT 1');
    await run('USE SCHEMA OTHER');
    await expect(session.execute(elsewhere, never)).rejects.toMatchObject({ code: 'session_changed' });
    expect(account.own()).toEqual(['USE SCHEMA OTHER']);
  });

  it('keeps what a client sets of its own: variables, temporary tables, the transaction, parameters', async () => {
    await run('SET X = 1');
    await run('CREATE TEMPORARY TABLE T (X NUMBER)');
    await run("ALTER SESSION SET TIMEZONE = 'Europe/Vienna' QUERY_TAG = 'mine'");
    await run('BEGIN');
    expect([...session.variables]).toEqual(['X']);
    expect([...session.surroundings.answers.temporary]).toEqual(['SHOP.PUBLIC.T']);
    expect(session.parameters).toEqual({ TIMEZONE: 'Europe/Vienna', QUERY_TAG: 'mine' });
    expect(session.isInTransaction).toBe(true);
    expect(account.own()).toContain("ALTER SESSION SET TIMEZONE = 'Europe/Vienna'");
    await run('ALTER SESSION UNSET TIMEZONE');
    expect(account.own().at(-1)).toBe("ALTER SESSION SET TIMEZONE = 'Etc/UTC'");
    await run('ALTER SESSION UNSET QUERY_TAG');
    expect(account.own().at(-1)).toBe("ALTER SESSION SET TIMEZONE = 'Etc/UTC'");
    await run('UNSET X');
    await run('ROLLBACK');
    expect([session.variables.size, session.isInTransaction]).toEqual([0, false]);
  });

  it('describes without running', async () => {
    await run('SELECT ID FROM CUSTOMERS', { describeOnly: true });
    const described = account.sent.find(({ sql }) => sql === 'SELECT ID FROM CUSTOMERS');
    expect(described).toMatchObject({ describeOnly: true, changes: false });
    for (const sql of ['SET X = 1', 'USE SCHEMA OTHER', 'BEGIN', 'DROP TABLE CUSTOMERS'])
      await run(sql, { describeOnly: true });
    expect(account.own()).toEqual(['SELECT ID FROM CUSTOMERS']);
    expect([session.state, session.variables.size, session.isInTransaction]).toEqual([SHOP, 0, false]);
  });

  it('tags each statement with its place on the record, and with nothing that anybody wrote', async () => {
    await run("ALTER SESSION SET QUERY_TAG = 'prompt: everything about Ada'");
    await run('SELECT ID FROM CUSTOMERS');
    const { parameters } = account.sent.find(({ sql }) => sql === 'SELECT ID FROM CUSTOMERS')!;
    expect(parameters).toEqual({
      QUERY_TAG: JSON.stringify({ sluice: { session: 'session-1', statement: 'statement-1' } }),
      MULTI_STATEMENT_COUNT: 1,
      GO_QUERY_RESULT_FORMAT: 'JSON',
    });
    expect(JSON.stringify(account.sent)).not.toContain('prompt');
  });

  it('is signed in anew when Snowflake has ended it, unless it held something', async () => {
    const gone = new SluiceError('session_ended', 'gone');
    let times = 0;
    const other = scriptedUpstream({
      objects,
      answer: (sql) => (sql === 'SELECT 1' && times++ === 0 ? gone : null),
    });
    const options = {
      upstream: other.upstream,
      defaults: SHOP,
      catalogForMs: 0,
      now: () => 0,
      newId: randomUUID,
    };
    session = await openSnowflakeWarehouse(options).openSession(SHOP);
    await run('SELECT 1');
    expect([other.starts.length, times]).toEqual([2, 2]);
    await run('SET X = 1');
    times = 0;
    await expect(run('SELECT 1')).rejects.toMatchObject({ code: 'session_ended' });
    expect(other.starts).toHaveLength(2);
  });
});

describe('so many rows at most', () => {
  const sql = "UPDATE CUSTOMERS SET NAME = 'x' WHERE ID = 1";

  it('are changed in a transaction, and taken back when there are more', async () => {
    answers[sql] = { changed: { updated: 2 } };
    expect((await run(sql, { changesAtMost: 2 })).changed).toEqual({ inserted: 0, updated: 2, deleted: 0 });
    expect(account.own()).toEqual(['BEGIN', sql, 'COMMIT']);
    await expect(run(sql, { changesAtMost: 1 })).rejects.toMatchObject({ code: 'rows_exceeded' });
    expect(account.own().slice(3)).toEqual(['BEGIN', sql, 'ROLLBACK']);
  });

  it('are taken back when Snowflake does not count them, or fails', async () => {
    await expect(run(sql, { changesAtMost: 1 })).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
    answers[sql] = new SluiceError('statement_failed', 'no');
    await expect(run(sql, { changesAtMost: 1 })).rejects.toMatchObject({ code: 'statement_failed' });
    expect(account.own()).toEqual(['BEGIN', sql, 'ROLLBACK', 'BEGIN', sql, 'ROLLBACK']);
  });

  it.each([
    ['taken back', 'ROLLBACK', 1],
    ['committed', 'COMMIT', 2],
  ])('close the session when they cannot be %s', async (_title, end, most) => {
    answers[sql] = { changed: { updated: 2 } };
    answers[end] = new SluiceError('warehouse_unavailable', 'no');
    await expect(run(sql, { changesAtMost: most })).rejects.toMatchObject({ code: 'warehouse_unavailable' });
    expect(account.counts.closed).toBe(1);
    await expect(run('SELECT 1')).rejects.toMatchObject({ code: 'session_ended' });
  });

  it.each([
    ['a transaction that is open', ['BEGIN'], sql],
    ['AUTOCOMMIT off', ['ALTER SESSION SET AUTOCOMMIT = FALSE'], sql],
    ['TRUNCATE', [], 'TRUNCATE TABLE CUSTOMERS'],
    ['CREATE TABLE ... AS', [], 'CREATE TABLE T AS SELECT ID FROM CUSTOMERS'],
    ['CLONE', [], 'CREATE TABLE T CLONE CUSTOMERS'],
  ])('cannot be promised of %s', async (_title, before, text) => {
    for (const each of before) await run(each);
    const sent = account.own().length;
    await expect(run(text, { changesAtMost: 1 })).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
    expect(account.own()).toHaveLength(sent);
  });
});

describe('the catalog', () => {
  const find = async (name: string) => {
    const [found] = await session.catalog.load([
      { name: { database: 'SHOP', schema: 'PUBLIC', name }, type: 'table' },
    ]);
    return found!.object;
  };
  const columns: readonly CatalogColumn[] = [{ name: 'ID', type: 'NUMBER(38,0)', nullable: true }];

  it('has views with the query of their CREATE VIEW, and without where Snowflake does not tell it', async () => {
    const base = { type: 'VIEW', columns: { ID: 'NUMBER' } };
    objects.push(
      { ...base, name: 'V', definition: 'create or replace view V(ID) as select ID from CUSTOMERS;' },
      { ...base, name: 'S', definition: null },
      { ...base, name: 'W', definition: 'create view W as something that is not SQL' },
    );
    expect(await find('V')).toMatchObject({ type: 'view', columns, definition: 'select ID from CUSTOMERS' });
    for (const name of ['S', 'W']) expect((await find(name))!).not.toHaveProperty('definition');
    expect(await find('NONE')).toBeNull();
  });

  it('is believed for a while, but for what the relay sees changed, and never before something runs', async () => {
    const first = await find('CUSTOMERS');
    objects[0] = { ...CUSTOMERS, ddl: '2' };
    expect((await find('CUSTOMERS'))!.version).toBe(first!.version);
    await expect(session.execute(await decided('SELECT ID FROM CUSTOMERS'), never)).rejects.toMatchObject({
      code: 'session_changed',
    });
    expect((await find('CUSTOMERS'))!.version).not.toBe(first!.version);
    const second = await find('CUSTOMERS');
    await run('ALTER TABLE CUSTOMERS ADD COLUMN X NUMBER');
    objects[0] = { ...CUSTOMERS, ddl: '3' };
    expect((await find('CUSTOMERS'))!.version).not.toBe(second!.version);
  });

  it('takes two objects of one name for none: whose columns are whose is not told', async () => {
    objects.push({ ...CUSTOMERS, type: 'EXTERNAL TABLE' });
    expect(await find('CUSTOMERS')).toBeNull();
  });

  it('knows the session’s temporary table over another of its name, by what DESCRIBE says of it', async () => {
    const before = await find('CUSTOMERS');
    await run('CREATE TEMPORARY TABLE CUSTOMERS (ID NUMBER NOT NULL, NOTE VARCHAR(20))');
    objects.push({ name: 'CUSTOMERS', type: 'LOCAL TEMPORARY', ddl: '9', columns: { SECRET: 'TEXT' } });
    answers['DESCRIBE TABLE "SHOP"."PUBLIC"."CUSTOMERS"'] = {
      columns: ['name', 'type', 'kind', 'null?'],
      rows: [
        ['ID', 'NUMBER(38,0)', 'COLUMN', 'N'],
        ['NOTE', 'VARCHAR(20)', 'COLUMN', 'Y'],
      ],
    };
    const found = await find('CUSTOMERS');
    expect(found).toMatchObject({
      type: 'table',
      columns: [
        { name: 'ID', type: 'NUMBER(38,0)', nullable: false },
        { name: 'NOTE', type: 'VARCHAR(20)', nullable: true },
      ],
    });
    expect(found!.version).not.toBe(before!.version);
    // Dropped, the other one is what the name means again.
    await run('DROP TABLE CUSTOMERS');
    objects.pop();
    expect(await find('CUSTOMERS')).toEqual(before);
  });
});

it('hides the texts of views that somebody may not know of', async () => {
  answers['SHOW VIEWS'] = {
    columns: ['name', 'database_name', 'schema_name', 'text'],
    rows: [
      ['V', 'SHOP', 'PUBLIC', 'create view V as select 1'],
      ['W', 'SHOP', 'HR', 'create view W as select 2'],
    ],
  };
  const { rows } = await run('SHOW VIEWS', { mayKnowOf: ({ schema }) => schema === 'PUBLIC' });
  expect(rows.map((row) => row.at(-1))).toEqual(['create view V as select 1', '']);
});

describe('what a statement would read', () => {
  const told = {
    GlobalStats: { partitionsTotal: 120, partitionsAssigned: 3, bytesAssigned: 1_204 },
    Operations: [[{ id: 0, operation: 'TableScan', expressions: ["SSN = '123-45-6789'"] }]],
  };
  const costOf = async (sql: string, content: string, given: Given = {}) => {
    const statement = await decided(sql, given);
    const explained = account.sent.length;
    explainedAs = content;
    const cost = await session.cost!({ ...statement, binds: { '1': { type: 'FIXED', value: '7' } } }, never);
    return { cost, sent: account.sent.slice(explained) };
  };

  it('is what EXPLAIN says of the text that would run, and nothing of it runs', async () => {
    const sql = "SELECT ID FROM CUSTOMERS WHERE SSN LIKE '1%' AND ID = ?";
    const { cost, sent } = await costOf(sql, JSON.stringify(told), { floor: guarded });
    expect(cost).toEqual({ partitions: 3, partitionsTotal: 120, bytes: 1_204 });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ changes: false, binds: { '1': { value: '7' } } });
    expect(sent[0]!.sql).toMatch(
      /^EXPLAIN USING JSON SELECT ID FROM \(SELECT "ID", "NAME", IFF\("SSN" IS NULL/,
    );
  });

  it.each(['', '{', '{"GlobalStats":{}}', '{"GlobalStats":{"partitionsTotal":"1"}}'])(
    'is not known where the answer is %o',
    async (content) => {
      expect((await costOf('SELECT ID FROM CUSTOMERS', content)).cost).toBeNull();
    },
  );

  it('is not asked of what has no plan', async () => {
    const { cost, sent } = await costOf('DROP TABLE CUSTOMERS', JSON.stringify(told), { isAsked: true });
    expect([cost, sent]).toEqual([null, []]);
  });
});
