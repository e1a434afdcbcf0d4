import { expect, it } from 'vitest';
import { analyze, wholeCatalog } from '@sluice/snowflake-sql';
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
