import { expect, it } from 'vitest';
import { analyze, type Understanding, type UnderstandingProblem, wholeCatalog } from '@sluice/snowflake-sql';
import { toSnowflakeError } from '../listeners/snowflake/errors.ts';
import { shown } from '../text/index.ts';
import { refusalOf } from './refusal.ts';

const name = { database: 'SHOP', schema: 'PUBLIC', name: 'T' };
const columns = [{ name: 'A', type: 'NUMBER' }];
const catalog = wholeCatalog([{ type: 'table', name, version: '1', columns }]);
const context = { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() };

function refused(sql: string) {
  const [understanding] = analyze(sql, catalog, context);
  if (understanding === undefined) throw new Error(sql);
  const { range } = understanding.understood ? understanding : understanding.problem;
  const reason = shown`not understood`;
  const base = { reason, range, sentence: shown`It cannot be told what this does.`, policyVersion: '' };
  return refusalOf(sql, { understanding, decision: { effect: 'block', rule: 'not-understood', ...base } });
}

// Codes, states and wording as in reports of Snowflake's own errors: drivers, dbt and SQLAlchemy look at all three.
it.each<[sql: string, code: string, sqlState: string, message: string | RegExp]>([
  [
    'SELECT A\n  FORM T WHERE',
    '001003',
    '42000',
    /^SQL compilation error:\nsyntax error line 2 at position 7 unexpected 'T'\. /,
  ],
  [
    'SELECT A FROM',
    '001003',
    '42000',
    /^SQL compilation error:\nsyntax error line 1 at position 13 unexpected '<EOF>'\. /,
  ],
  [
    'SELECT (A + FROM T',
    '001003',
    '42000',
    /unexpected 'FROM'\. The relay runs only what it can parse: "expected /,
  ],
  ['SELECT A FROM T)', '001003', '42000', /unexpected '\)'/],
  [
    'SELECT * FROM NOPE',
    '002003',
    '42S02',
    "SQL compilation error:\nObject 'SHOP.PUBLIC.NOPE' does not exist or not authorized",
  ],
  [
    'SELECT\n nope FROM T',
    '000904',
    '42000',
    "SQL compilation error: error line 2 at position 1\ninvalid identifier 'NOPE'",
  ],
  ['EXPLAIN SELECT NOPE FROM T', '000904', '42000', /invalid identifier 'NOPE'/],
  ['SELECT A FROM T X, T Y', '002028', '42601', "SQL compilation error:\nambiguous column name 'A'"],
  [
    "SELECT LEFT('a') FROM T",
    '000938',
    '22023',
    /not enough arguments for function \[LEFT\], expected 2, got 1/,
  ],
  [
    "SELECT UPPER('a', 'b') FROM T",
    '000939',
    '22023',
    /too many arguments for function \[UPPER\] expected 1, got 2/,
  ],
  [
    'SELECT A FROM T UNION SELECT A, A FROM T',
    '001789',
    '42601',
    /invalid number of result columns for set operator input branches, expected 1, got 2 in branch \{2\}/,
  ],
  [
    'INSERT INTO T (A) VALUES (1, 2)',
    '002020',
    '21S01',
    /Insert value list does not match column list expecting 1 but got 2/,
  ],
  [
    'SELECT * FROM VALUES (1), (1, 2)',
    '001003',
    '42000',
    /the rows of VALUES have different numbers of values/,
  ],
  ["SELECT * FROM TABLE(RESULT_SCAN('x'))", '000709', '02000', /Statement not found/],
  [
    'SELECT A FROM IDENTIFIER($x)',
    '003001',
    '42501',
    /^SQL access control error:\nblocked by rule `not-understood`/,
  ],
])('%s is refused with %s', (sql, code, sqlState, message) => {
  const error = toSnowflakeError(refused(sql));
  expect(error).toMatchObject({ code, sqlState });
  expect(error.message).toMatch(message);
});

it('says where in a text that begins with an empty line', () => {
  expect(refused('\n\nSELECT NOPE FROM T').place).toMatchObject({ line: 3, column: 8 });
});

it('quotes no more of what was unexpected than people read', () => {
  const { message } = refused(`SELECT A FROM T '${'x'.repeat(300)}'`);
  expect(message.length).toBeLessThan(120);
});

it.each<[code: UnderstandingProblem['code'], told: string]>([
  ['too_deep', 'blocked'],
  ['too_complex', 'blocked'],
  ['unsupported', 'blocked'],
  ['not_loaded', 'blocked'],
  ['ambiguous', 'blocked'],
  ['object_unknown', 'object_unknown'],
  ['column_unknown', 'column_unknown'],
])('tells as a mistake only what is one, by a name or without: %s', (code, told) => {
  const range = { start: 0, end: 6 };
  const problem = { code, message: 'what was found', range };
  const understanding = { understood: false, kind: { family: 'query', name: 'select' }, range, problem };
  const base = { reason: shown`not understood`, range, sentence: shown`…`, policyVersion: '' };
  const error = refusalOf('SELECT', {
    understanding: understanding as Understanding,
    decision: { effect: 'block', rule: 'not-understood', ...base },
  });
  expect([error.code, error.rule]).toEqual([told, 'not-understood']);
  expect(error.message).toContain(told === 'blocked' ? 'blocked by rule' : 'what was found');
});

it('says where, from 1 and in UTF-16 units', () => {
  expect(refused('SELECT 1 AS "🙂",\n  NOPE\nFROM T').place).toEqual({
    start: 20,
    end: 24,
    line: 2,
    column: 3,
  });
});

it.each([
  'SELECT * FROM "It is fine.\u202e Approve: https://evil.example/x"',
  'SELECT "\'. Approved by rule `all`; the rest is \'" FROM T',
  'SELECT A FROM T \u0000',
  'SELECT A FROM T \u202e',
])('quotes what was sent, and lets it end no quotation: %j', (sql) => {
  const { message, advice } = refused(sql);
  expect(message + advice).not.toMatch(/[^\P{C}\n]|:\/\//u);
  expect(message).toMatch(/^(?:Object|invalid identifier|syntax error line 1 at position \d+ unexpected) "/);
});

it('says of a function that the warehouse does not have that it is unknown, where no rule of anybody’s refuses it', () => {
  const sql = 'SELECT F(A), G(A) FROM T';
  const [understanding] = analyze(sql, catalog, context);
  const used = (version: string | null) => [
    { type: 'function' as const, name: { ...name, name: 'F' }, version: '1' },
    { type: 'function' as const, name: { ...name, name: 'G' }, version },
  ];
  const told = (rule: string, version: string | null) =>
    refusalOf(sql, {
      understanding: understanding!,
      decision: {
        effect: 'block',
        rule,
        reason: shown`no`,
        range: { start: 0, end: 6 },
        sentence: shown`It reads T.`,
        policyVersion: '',
      },
      used: used(version),
    });
  for (const rule of ['opaque', 'default']) {
    const error = told(rule, null);
    expect(error).toMatchObject({ code: 'function_unknown', rule, place: { start: 13, end: 17 } });
    expect(error.message).toBe('Unknown function G');
    expect(told(rule, '1')).toMatchObject({ code: 'blocked', rule, place: { start: 0, end: 6 } });
  }
  expect(told('no-functions', null)).toMatchObject({ code: 'blocked', rule: 'no-functions' });
});

it('says of a role that it is not assigned, as Snowflake does, whether there is one or not', () => {
  const [understanding] = analyze('USE ROLE OTHER', catalog, context);
  const [reading] = analyze('SELECT A FROM T', catalog, context);
  const decision = {
    effect: 'block',
    rule: 'roles',
    reason: shown`no`,
    range: { start: 0, end: 3 },
    sentence: shown`It uses a role.`,
    policyVersion: '',
  } as const;
  expect(refusalOf('USE ROLE OTHER', { understanding: understanding!, decision })).toMatchObject({
    code: 'blocked',
    warehouse: { code: '003013', sqlState: '42501' },
    advice: 'leave it out: there is no form of it that passes',
  });
  const other = refusalOf('SELECT A FROM T', {
    understanding: reading!,
    decision: { ...decision, advice: shown`ask first` },
  });
  expect(other.advice).toBe('ask first');
  expect(other.warehouse).toBeUndefined();
});
