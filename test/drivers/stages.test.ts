import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DEMO_POLICY, type Demo, startDemo } from '@sluice/demo';
import type { Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiClient } from '../support/api.ts';
import { whereFilesLeave } from '../support/files-leave.ts';
import { signIn } from '../support/wire.ts';
import { connect, disconnect, execute } from './node-driver.ts';

let demo: Demo;
let port: number;
let folder: string;
let ada: Connection;
let grace: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-stages-test-'));
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, whereFilesLeave(await readFile(DEMO_POLICY, 'utf8')));
  demo = await startDemo({ customers: 20, logLevel: 'silent', policy, longPollMs: 500 });
  port = Number(new URL(demo.relay.url).port);
  const of = async (who: string) =>
    await connect(port, { token: await demo.tokenFor(who), database: 'SHOP', schema: 'SCRATCH' });
  ada = await of('ada');
  grace = await of('grace');
});
afterAll(async () => {
  await disconnect(ada);
  await disconnect(grace);
  await demo.close();
  await rm(folder, { recursive: true, force: true });
});

const rowsOf = async (sql: string, of = ada) => (await execute(of, sql)).rows;

async function put(name: string, content: string, stage: string, more = '', of = ada) {
  const path = join(folder, name);
  await writeFile(path, content);
  return await rowsOf(`PUT file://${path} ${stage} ${more}`, of);
}

it('takes a file that a driver sends, lists it, loads it and removes it', async () => {
  await rowsOf('CREATE TEMPORARY STAGE T1');
  await rowsOf('CREATE TABLE LOADED (ID INT, T VARCHAR, D DATE)');
  const sent = await put('a.csv', '1,one,2024-01-01\n2,"two, too",\n', '@T1/in');
  expect(sent).toMatchObject([{ target: 'a.csv.gz', status: 'UPLOADED' }]);
  expect(await rowsOf('LIST @T1')).toMatchObject([{ name: 't1/in/a.csv.gz' }]);
  const loaded = await rowsOf(
    `COPY INTO LOADED FROM @T1/in FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '"') PURGE = TRUE`,
  );
  expect(loaded).toMatchObject([{ file: 'in/a.csv.gz', status: 'LOADED', rows_loaded: 2 }]);
  expect(JSON.stringify(await rowsOf('SELECT T, TO_CHAR(D) AS D FROM LOADED ORDER BY ID'))).toBe(
    '[{"T":"one","D":"2024-01-01"},{"T":"two, too","D":null}]',
  );
  expect(await rowsOf('LIST @T1')).toEqual([]);
});

it('takes a stage in quotes with any path', async () => {
  await rowsOf('CREATE TEMPORARY STAGE "Q s"');
  const stage = `'@"Q s"/a folder/b--c'`;
  expect(await put('q.csv', '1,one\n', stage)).toMatchObject([{ status: 'UPLOADED' }]);
  expect(await rowsOf(`LIST ${stage}`)).toMatchObject([{ name: 'q s/a folder/b--c/q.csv.gz' }]);
  expect(await rowsOf(`SELECT $2 AS V FROM ${stage}`)).toEqual([{ V: 'one' }]);
  expect(await rowsOf(`REMOVE ${stage}`)).toHaveLength(1);
});

it('reads JSON, by paths and by the names of columns', async () => {
  await rowsOf("CREATE OR REPLACE FILE FORMAT JF TYPE = 'JSON' STRIP_OUTER_ARRAY = TRUE");
  await put('b.json', '[{"id": 1, "t": "x", "n": {"a": [1, 2]}}, {"id": 2, "t": null}]', '@~/docs');
  expect(
    await rowsOf(
      `SELECT $1:id::INT AS ID, $1:n.a[1]::INT AS N FROM @~/docs (FILE_FORMAT => 'JF') ORDER BY 1`,
    ),
  ).toEqual([
    { ID: 1, N: 2 },
    { ID: 2, N: null },
  ]);
  await rowsOf('CREATE OR REPLACE TABLE NAMED (T VARCHAR, ID INT)');
  await rowsOf(
    `COPY INTO NAMED FROM @~/docs FILE_FORMAT = (FORMAT_NAME = 'JF') MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE`,
  );
  expect(await rowsOf('SELECT * FROM NAMED ORDER BY ID')).toEqual([
    { T: 'x', ID: 1 },
    { T: null, ID: 2 },
  ]);
  expect(await rowsOf('REMOVE @~/docs')).toHaveLength(1);
});

it('tells where a row is from: the name of its file, and its number in it', async () => {
  await put('m1.csv', 'head\na,b\nc,d\n', '@~/meta');
  await put('m2.csv', 'head\ne,f\n', '@~/meta');
  await rowsOf('CREATE OR REPLACE FILE FORMAT HEADED TYPE = CSV SKIP_HEADER = 1');
  const from = "@~/meta (FILE_FORMAT => 'HEADED', PATTERN => '.*csv.*') t";
  expect(
    await rowsOf(
      `SELECT METADATA$FILENAME, t.METADATA$FILE_ROW_NUMBER AS N, $2, t.$1 AS A FROM ${from} ORDER BY 1, 2`,
    ),
  ).toEqual([
    { METADATA$FILENAME: 'meta/m1.csv.gz', N: 1, $2: 'b', A: 'a' },
    { METADATA$FILENAME: 'meta/m1.csv.gz', N: 2, $2: 'd', A: 'c' },
    { METADATA$FILENAME: 'meta/m2.csv.gz', N: 1, $2: 'f', A: 'e' },
  ]);
  expect(
    await rowsOf(
      `SELECT MAX(METADATA$FILE_ROW_NUMBER) AS N, COUNT(DISTINCT METADATA$FILENAME) AS F FROM ${from}`,
    ),
  ).toEqual([{ N: 2, F: 2 }]);
  const md5 = (await rowsOf('LIST @~/meta')).map((file) => file['md5']);
  expect(
    await rowsOf(
      `SELECT DISTINCT METADATA$FILE_CONTENT_KEY AS K, METADATA$FILENAME AS F,
         DATEDIFF(minute, METADATA$FILE_LAST_MODIFIED, SYSDATE()) BETWEEN 0 AND 1 AS M, METADATA$START_SCAN_TIME = CURRENT_TIMESTAMP() AS T
       FROM ${from} ORDER BY F`,
    ),
  ).toEqual(md5.map((K, index) => ({ K, F: `meta/m${index + 1}.csv.gz`, M: true, T: true })));
  await rowsOf('CREATE OR REPLACE TABLE FROM_FILES (A VARCHAR, F VARCHAR, N INT)');
  await rowsOf(
    "COPY INTO FROM_FILES FROM (SELECT $1, METADATA$FILENAME, METADATA$FILE_ROW_NUMBER FROM @~/meta) FILE_FORMAT = (FORMAT_NAME = 'HEADED') FILES = ('m1.csv.gz')",
  );
  expect(await rowsOf('SELECT * FROM FROM_FILES ORDER BY N')).toEqual([
    { A: 'a', F: 'meta/m1.csv.gz', N: 1 },
    { A: 'c', F: 'meta/m1.csv.gz', N: 2 },
  ]);
  await rowsOf("ALTER FILE FORMAT HEADED SET FIELD_DELIMITER = '|'");
  expect(await rowsOf("SELECT $1 AS V FROM @~/meta/m2.csv (FILE_FORMAT => 'HEADED')")).toEqual([
    { V: 'e,f' },
  ]);
  await put('m.json', '{"a": null, "b": 1}\n{"a": 2}\n', '@~/json');
  await rowsOf(
    'COPY INTO @~/parquet/ FROM (SELECT ID AS A, NULL::INT AS B FROM PUBLIC.ORDERS WHERE ID < 3) FILE_FORMAT = (TYPE = PARQUET) HEADER = TRUE',
  );
  await rowsOf('CREATE OR REPLACE FILE FORMAT J TYPE = JSON');
  await rowsOf('CREATE OR REPLACE FILE FORMAT P TYPE = PARQUET');
  expect(
    await rowsOf(
      `SELECT METADATA$FILE_ROW_NUMBER AS N, TO_JSON($1) AS V FROM @~/json (FILE_FORMAT => 'J') ORDER BY 1`,
    ),
  ).toEqual([
    { N: 1, V: '{"a":null,"b":1}' },
    { N: 2, V: '{"a":2}' },
  ]);
  const parquet = await rowsOf(
    `SELECT METADATA$FILE_ROW_NUMBER AS N, METADATA$FILENAME AS F, $1 AS V FROM @~/parquet (FILE_FORMAT => 'P') ORDER BY 1`,
  );
  const plain = await rowsOf(`SELECT $1 AS V FROM @~/parquet (FILE_FORMAT => 'P') ORDER BY $1:A::INT`);
  expect(parquet.map(({ N, V }) => [N, V])).toEqual(plain.map(({ V }, index) => [index + 1, V]));
  expect(parquet[0]!['F']).toMatch(/^parquet\/.*parquet$/);
  await expect(rowsOf('SELECT METADATA$FILENAME FROM PUBLIC.ORDERS')).rejects.toMatchObject({
    code: '000904',
  });
  await expect(rowsOf('SELECT METADATA$NOPE FROM @~/meta')).rejects.toMatchObject({ code: '000904' });
});

it('loads all of it or nothing, and says of a file what is wrong with it', async () => {
  await rowsOf('CREATE OR REPLACE TABLE STRICT (A INT, B INT)');
  await put('wide.csv', '1,2\n3,4,5\n', '@~/bad');
  await expect(rowsOf('COPY INTO STRICT FROM @~/bad')).rejects.toMatchObject({ code: '100080' });
  await put('text.csv', '1,2\n3,x\n', '@~/bad', 'OVERWRITE = TRUE');
  await expect(rowsOf("COPY INTO STRICT FROM @~/bad FILES = ('text.csv.gz')")).rejects.toMatchObject({
    code: '100038',
  });
  expect(await rowsOf('SELECT COUNT(*) AS N FROM STRICT')).toEqual([{ N: 0 }]);
});

it('loads nothing of a file that ends in open quotes', async () => {
  await execute(ada, 'CREATE OR REPLACE TABLE OPEN_QUOTES (N INT, T VARCHAR)');
  const quoted = `FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '"')`;
  await put('open.csv', '1,a\n2,"b\n3,c\n4,d\n', '@~/open_quotes');
  const load = `COPY INTO OPEN_QUOTES FROM @~/open_quotes ${quoted}`;
  await expect(execute(ada, load)).rejects.toThrow('a file ends within a field in quotes');
  await put('open.csv', '1,a\n2,"b\nb"\n3,c"c\n4,"d""d"\n', '@~/open_quotes', 'OVERWRITE = TRUE');
  await execute(ada, load);
  expect(await rowsOf('SELECT COUNT(*) AS N FROM OPEN_QUOTES')).toEqual([{ N: 4 }]);
});

it('leaves out the rows or the files that do not fit, as ON_ERROR says, and says what is wrong in no words of theirs', async () => {
  await rowsOf('CREATE OR REPLACE TABLE FIT (A INT NOT NULL, B VARCHAR(3), D DATE)');
  await put('ok.csv', 'h\n1,one,2024-01-01\n2,two,\n', '@~/fit');
  await put('odd.csv', 'h\n3,abc,\n4\nsecret,x,\n5,long4,\n,x,\n6,x,2024-99-01\n7,"a\nb",\n', '@~/fit');
  const load = (onError: string, more = '') =>
    rowsOf(
      `COPY INTO FIT FROM @~/fit FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '"') ON_ERROR = ${onError} ${more}`,
    );
  const ok = { file: 'fit/ok.csv.gz', status: 'LOADED', rows_parsed: 2, rows_loaded: 2, errors_seen: 0 };
  const odd = {
    file: 'fit/odd.csv.gz',
    rows_parsed: 7,
    errors_seen: 5,
    first_error: expect.stringMatching(/^Number of columns in file/),
    first_error_line: 3,
    first_error_column_name: null,
  };
  const failed = { ...odd, status: 'LOAD_FAILED', rows_loaded: 0 };
  expect(await load('SKIP_FILE')).toMatchObject([
    { ...failed, error_limit: 1 },
    { ...ok, error_limit: 1 },
  ]);
  // What was not loaded is looked at again; the other is not.
  expect(await load('SKIP_FILE_5')).toMatchObject([{ ...failed, error_limit: 5 }]);
  expect(await load("'SKIP_FILE_71%'")).toMatchObject([{ ...failed, error_limit: 5 }]);
  const partly = { ...odd, status: 'PARTIALLY_LOADED', rows_loaded: 2 };
  expect(await load('CONTINUE')).toMatchObject([partly]);
  expect(await rowsOf('SELECT A, B FROM FIT ORDER BY A')).toEqual([
    { A: 1, B: 'one' },
    { A: 2, B: 'two' },
    { A: 3, B: 'abc' },
    { A: 7, B: 'a\nb' },
  ]);
  await rowsOf('TRUNCATE TABLE FIT');
  expect(await load("'SKIP_FILE_72%'")).toMatchObject([partly, ok]);
  await rowsOf('TRUNCATE TABLE FIT');
  expect(await load('SKIP_FILE_6')).toMatchObject([partly, ok]);
  expect(await load('CONTINUE')).toEqual([{ status: 'Copy executed with 0 files processed.' }]);
  await expect(load('SOMETIMES')).rejects.toThrow(/ON_ERROR/);
  await expect(load('SKIP_FILE_101%')).rejects.toThrow(/statement|syntax/i);
});

it.each([
  ['A INT', 'x', 'Numeric value is not recognized', 1],
  ['A INT', '1\n99999999999999999999999999999999999999999', 'Numeric value is not recognized', 2],
  ['A BOOLEAN', 'perhaps', 'Boolean value is not recognized', 1],
  ['A DATE', 'soon', 'Date is not recognized', 1],
  ['A TIME', 'soon', 'Time is not recognized', 1],
  ['A TIMESTAMP_NTZ', 'soon', 'Timestamp is not recognized', 1],
  ['A TIMESTAMP_LTZ', 'soon', 'Timestamp is not recognized', 1],
  ['A TIMESTAMP_TZ', '2024-01-01 00:00:00 +0100\nsoon', 'Timestamp is not recognized', 2],
  ['A BINARY', 'zz', 'The string is not a legal hex-encoded value', 1],
  ['A BINARY(1)', '0011', expect.stringMatching(/^String is too long/), 1],
  ['A VARCHAR(2)', 'ab\nabc', expect.stringMatching(/^String is too long/), 2],
  ['A VARCHAR NOT NULL', 'a\n""', null, null],
  ['A VARIANT', '{', null, null],
])('says what is wrong with a file that is read into %s: %j', async (column, content, message, line) => {
  await rowsOf(`CREATE OR REPLACE TABLE ONE_COLUMN (${column})`);
  await put('one.csv', `${content}\n`, '@~/one', 'OVERWRITE = TRUE');
  const [told] = await rowsOf(
    `COPY INTO ONE_COLUMN FROM @~/one FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = NONE FIELD_OPTIONALLY_ENCLOSED_BY = '"') ON_ERROR = CONTINUE`,
  );
  const name = message === null ? null : '"ONE_COLUMN"["A":1]';
  expect(told).toMatchObject({ first_error: message, first_error_line: line, first_error_column_name: name });
});

it('leaves out rows of JSON and Parquet that do not fit, and refuses it of a query', async () => {
  await rowsOf('CREATE OR REPLACE TABLE J (A INT)');
  await put('j.json', '{"A": 1}\n{"A": "x"}\n{"B": 2}\n', '@~/jfit');
  const load = 'FILE_FORMAT = (TYPE = JSON) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = CONTINUE';
  expect(await rowsOf(`COPY INTO J FROM @~/jfit ${load}`)).toMatchObject([
    { rows_parsed: 3, rows_loaded: 2, first_error_line: 2, first_error_column_name: '"J"["A":1]' },
  ]);
  await rowsOf(
    "COPY INTO @~/pfit/ FROM (SELECT IFF(ID = 1, 'x', ID::VARCHAR) AS A FROM PUBLIC.ORDERS WHERE ID < 4) FILE_FORMAT = (TYPE = PARQUET) HEADER = TRUE",
  );
  const parquet = load.replace('JSON', 'PARQUET');
  expect(await rowsOf(`COPY INTO J FROM @~/pfit ${parquet}`)).toMatchObject([
    { rows_loaded: 2, errors_seen: 1 },
  ]);
  await put('bad.json', '{"A": ', '@~/jbad');
  await expect(rowsOf(`COPY INTO J FROM @~/jbad ${load}`)).rejects.toMatchObject({ code: '100069' });
  await expect(
    rowsOf(
      'COPY INTO J FROM (SELECT $1:A::INT FROM @~/jfit) FILE_FORMAT = (TYPE = JSON) ON_ERROR = CONTINUE',
    ),
  ).rejects.toThrow(/ON_ERROR = CONTINUE of a query/);
});

it('loads a file once, until it is another or is asked for again', async () => {
  await rowsOf('CREATE OR REPLACE TABLE ONCE (A INT)');
  const loaded = async (more = '') => {
    const rows = await rowsOf(`COPY INTO ONCE FROM @~/once ${more}`);
    return rows[0]!['rows_loaded'] ?? rows[0]!['status'];
  };
  const nothing = 'Copy executed with 0 files processed.';
  await put('once.csv', '1\n2\n', '@~/once');
  expect(await loaded()).toBe(2);
  expect(await loaded()).toBe(nothing);
  expect(await loaded('FORCE = TRUE')).toBe(2);
  await put('once.csv', '1\n2\n3\n', '@~/once', 'OVERWRITE = TRUE');
  expect(await loaded()).toBe(3);
  // What is undone was not loaded.
  await put('more.csv', '9\n', '@~/once');
  await rowsOf('BEGIN');
  expect(await loaded()).toBe(1);
  await rowsOf('ROLLBACK');
  await rowsOf('ALTER TABLE ONCE ADD COLUMN B INT');
  await rowsOf('ALTER TABLE ONCE DROP COLUMN B');
  expect(await loaded()).toBe(1);
  expect(await loaded()).toBe(nothing);
  await rowsOf('TRUNCATE TABLE ONCE');
  expect((await rowsOf('COPY INTO ONCE FROM @~/once')).map((row) => row['rows_loaded'])).toEqual([1, 3]);
  await rowsOf('CREATE OR REPLACE TABLE ONCE (A INT)');
  expect(await loaded("FILES = ('more.csv.gz')")).toBe(1);
  // In another table, and of another person, it is another matter.
  await rowsOf('CREATE OR REPLACE TEMPORARY TABLE ONCE_OWN (A INT)');
  for (const rows of [2, 0])
    expect((await rowsOf('COPY INTO ONCE_OWN FROM @~/once')).map((row) => row['file'] ?? nothing)).toEqual(
      rows === 2 ? ['once/more.csv.gz', 'once/once.csv.gz'] : [nothing],
    );
  await put('more.csv', '9\n', '@~/once', '', grace);
  expect((await rowsOf('COPY INTO ONCE FROM @~/once', grace))[0]).toMatchObject({ rows_loaded: 1 });
  await rowsOf('REMOVE @~/once', grace);
  await rowsOf('BEGIN');
  await rowsOf('TRUNCATE TABLE ONCE');
  expect((await rowsOf('COPY INTO ONCE FROM @~/once')).map((row) => row['rows_loaded'])).toEqual([1, 3]);
  await rowsOf('COMMIT');
  expect(await loaded()).toBe(nothing);
});

it('keeps what one person has put there from everybody else, in a stage of the same name', async () => {
  await rowsOf('CREATE OR REPLACE STAGE SHARED');
  await put('mine.csv', 'secret of ada\n', '@SHARED');
  await put('mine.csv', 'secret of ada\n', '@~');
  for (const stage of ['@SHARED', '@~']) {
    expect(await rowsOf(`LIST ${stage}/mine`)).toHaveLength(1);
    expect(await rowsOf(`LIST ${stage}`, grace)).toEqual([]);
    await expect(rowsOf(`SELECT $1 FROM ${stage}`, grace)).rejects.toThrow(/no such files/);
    expect(await rowsOf(`REMOVE ${stage}`, grace)).toEqual([]);
    expect(await rowsOf(`SELECT $1 AS T FROM ${stage}/mine`)).toEqual([{ T: 'secret of ada' }]);
  }
});

it('masks what is unloaded as a result is, and what is read of that again', async () => {
  const query = 'SELECT ID, NAME, EMAIL, CARD_NUMBER FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 5';
  const wire = await signIn(demo.relay.url, await demo.tokenFor('ada'));
  const shown = await rowsOf(query);
  expect(await rowsOf(`COPY INTO @~/out/ FROM (${query}) HEADER = TRUE`)).toMatchObject([
    { rows_unloaded: 5 },
  ]);
  const got = join(folder, 'got');
  await rm(got, { recursive: true, force: true });
  // GET takes out what was of sensitive columns: here no rule lets it.
  await expect(rowsOf(`GET @~/out/ file://${got}`)).rejects.toMatchObject({ code: '003001' });
  const read = await rowsOf('SELECT $1 AS ID, $2 AS NAME FROM @~/out/');
  // Whatever a path can reach is of all that is below it.
  expect(await rowsOf('SELECT $2 AS NAME FROM @~/ou')).toEqual(read.map(({ NAME }) => ({ NAME })));
  expect(JSON.stringify(read)).not.toMatch(/@[a-z]/);
  // What is made of it keeps where it comes from: it does not get into tables unasked.
  await rowsOf('CREATE OR REPLACE TABLE LAUNDERED (A VARCHAR, B VARCHAR, C VARCHAR, D VARCHAR)');
  const refused = await wire.query('COPY INTO SHOP.SCRATCH.LAUNDERED FROM @~/out/');
  expect(refused).toMatchObject({ success: false, code: '003001' });
  expect(shown[0]!['EMAIL']).toMatch(/^tok_/);
});

it('gives out what it made, and nothing that was not masked', async () => {
  const query = "SELECT ID, CITY, 'a,\"b' AS Q, NULL AS N FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 2";
  await rowsOf('CREATE OR REPLACE TEMPORARY STAGE PLAIN');
  const csv = `FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '"')`;
  await rowsOf(`COPY INTO @PLAIN/x FROM (${query}) ${csv} HEADER = TRUE`);
  await expect(rowsOf(`COPY INTO @PLAIN/x FROM (${query}) ${csv}`)).rejects.toThrow(/already existing/);
  const got = await mkdtemp(join(folder, 'got-'));
  await rowsOf(`GET @PLAIN file://${got}`);
  expect(await readdir(got)).toEqual(['x_0_0_0.csv.gz']);
  const [header, first] = gunzipSync(await readFile(join(got, 'x_0_0_0.csv.gz')))
    .toString()
    .split('\n');
  expect(header).toBe('"ID","CITY","Q","N"');
  expect(first).toMatch(/^1,"[A-Za-z ]+","a,""b",\\N$/);
  await rowsOf(
    `COPY INTO @PLAIN/p FROM (SELECT ID, CITY FROM SHOP.PUBLIC.CUSTOMERS) FILE_FORMAT = (TYPE = PARQUET) HEADER = TRUE`,
  );
  await rowsOf('CREATE OR REPLACE TABLE BACK (CITY VARCHAR, ID INT)');
  await rowsOf(
    `COPY INTO BACK FROM @PLAIN/p FILE_FORMAT = (TYPE = PARQUET) MATCH_BY_COLUMN_NAME = CASE_SENSITIVE`,
  );
  expect(await rowsOf('SELECT COUNT(*) AS N, COUNT(CITY) AS C, MIN(ID) AS I FROM BACK')).toEqual([
    { N: 20, C: 20, I: 1 },
  ]);
});

it('has one place for one file, which nobody can guess and which ends with its session', async () => {
  const wire = await signIn(demo.relay.url, await demo.tokenFor('ada'));
  const answer = await wire.query("PUT 'file:///etc/../tmp/x.csv' @~/w");
  const info = answer.data?.['stageInfo'] as { presignedUrl: string } | undefined;
  const presignedUrl = info?.presignedUrl.split('?')[0] ?? '';
  expect(presignedUrl).toMatch(/\/stages\/files\/[\w-]{43}$/);
  const send = async (url: string, body = 'x\n') => (await fetch(url, { method: 'PUT', body })).status;
  expect(await send(presignedUrl.slice(0, -1))).toBe(403);
  // Its name is the last part of the path at the client, below the path of the stage.
  expect(await send(presignedUrl)).toBe(200);
  expect((await wire.query('LIST @~/w')).data?.['rowset']).toEqual([
    ['w/x.csv', '2', expect.any(String), expect.any(String)],
  ]);
  // A place to send to is none to get from.
  expect((await fetch(presignedUrl)).status).toBe(404);
  const get = await wire.query('GET @~/w file:///tmp');
  const [url = ''] = (get.data?.['presignedUrls'] ?? []) as string[];
  expect(await partOf(url, 'bytes=0-0')).toEqual([206, 'bytes 0-0/2', 'x']);
  expect(await partOf(url, 'bytes=1-')).toEqual([206, 'bytes 1-1/2', '\n']);
  for (const range of ['bytes=2-', 'bytes=1-0', 'bytes=-1', 'bytes=0-0,1-1', 'lines=1'])
    expect(await partOf(url, range)).toEqual([200, null, 'x\n']);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '2']);
  await wire.post('/session?delete=true', {});
  expect(await send(presignedUrl)).toBe(403);
  for (const method of ['GET', 'HEAD']) expect((await fetch(url, { method })).status).toBe(404);
});

async function partOf(url: string, range: string) {
  const answer = await fetch(url, { headers: { range } });
  return [answer.status, answer.headers.get('content-range'), await answer.text()];
}

it('puts on the record what came and what went, before either', async () => {
  const own = await connect(port, { token: await demo.tokenFor('ada'), database: 'SHOP', schema: 'SCRATCH' });
  await put('noted.csv', 'x\n', '@~/noted', 'AUTO_COMPRESS = FALSE', own);
  const got = await mkdtemp(join(folder, 'noted-'));
  await rowsOf(`GET @~/noted file://${got}`, own);
  await disconnect(own);
  const api = apiClient(demo.relay.url, await demo.tokenFor('ada'));
  const { sessions } = await api.get<{ sessions: readonly { session: string }[] }>('/api/sessions');
  const notices = await Promise.all(
    sessions.map(async ({ session }) =>
      (await api.events(session)).flatMap(({ body }) => (body.type === 'notice' ? [body] : [])),
    ),
  );
  const file = {
    name: 'noted/noted.csv',
    bytes: '2',
    sha256: createHash('sha256').update('x\n').digest('hex'),
  };
  expect(notices.flat()).toEqual(
    expect.arrayContaining([
      { type: 'notice', what: 'file_received', detail: file },
      { type: 'notice', what: 'file_sent', detail: file },
    ]),
  );
});

it.each([
  'SELECT * FROM @~/star',
  'SELECT COUNT(DISTINCT *) FROM @~/star',
  'SELECT COUNT(F.*) FROM @~/star F',
  'SELECT HASH(*) FROM @~/star',
])('names the columns of files by their places: %s', async (sql) => {
  await put('star.csv', '1,2\n3,4\n', '@~/star', 'OVERWRITE = TRUE');
  await expect(rowsOf(sql)).rejects.toThrow(/places/);
  expect(await rowsOf('SELECT COUNT(*) AS N, MAX($2) AS M FROM @~/star')).toEqual([{ N: 2, M: '4' }]);
});
