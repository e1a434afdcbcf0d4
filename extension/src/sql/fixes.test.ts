import { describe, expect, it } from 'vitest';
import { applied, syntaxFixes } from './fixes.ts';
import { nearNames, rewritesAt } from './rewrites.ts';
import { readScript } from './script.ts';

describe('a mistake in the syntax is mended', () => {
  it.each<[string, readonly string[]]>([
    ['selct a from t', ['select a from t']],
    ['select a form t', ['select a from t']],
    ['select (a from t', ['select (a) from t']],
    ["select '😀'\r\nfrom t wehre a = 1", ["select '😀'\r\nfrom t where a = 1"]],
    ['SELECT CASE WHEN a THEN 1', ['SELECT CASE WHEN a THEN 1 END']],
    ['update t st a = 1', ['update t st SET a = 1']],
    ['create tabel t (a int)', ['create table t (a int)']],
    ["select 'abc", []],
  ])('%s', (text, expected) => {
    const [problem] = readScript(text).problems;
    expect(syntaxFixes(text, problem!).map(({ edits }) => applied(text, edits))).toEqual(expected);
  });
});

describe('what a masked column is refused for is left out or written otherwise; the place is between ‹ and ›', () => {
  it.each<[string, readonly string[]]>([
    [
      "select id from c where ‹email like 'a%'›",
      ['select id from c', 'select id from c where email IS NOT NULL'],
    ],
    [
      "select id from c\r\nwhere a = 1 and ‹email like 'ab'› and b = 2",
      [
        'select id from c\r\nwhere a = 1 and b = 2',
        'select id from c\r\nwhere a = 1 and email IS NOT NULL and b = 2',
        "select id from c\r\nwhere a = 1 and email = 'ab' and b = 2",
      ],
    ],
    [
      "select id from c where ‹email > 'a'› and b = 2",
      ['select id from c where b = 2', 'select id from c where email IS NOT NULL and b = 2'],
    ],
    ['select id from c order by ‹email› desc', ['select id from c']],
    ['select id from c order by id, ‹email›, b', ['select id from c order by id, b']],
    [
      "select '😀', email from c union select ‹email›, 1 from d",
      ["select '😀', email from c union ALL select email, 1 from d"],
    ],
    ['select ‹email::number› from c', ['select TRY_CAST(email AS number) from c']],
    ['select cast(‹email as number)› from c', ['select TRY_CAST(email as number) from c']],
    ['select ‹to_number(email)› from c', ['select try_to_number(email) from c']],
    ['select upper(email), 1 from c group by ‹upper(email)›', ['select email, 1 from c group by email']],
    ['select distinct ‹email› from c', ['select email from c']],
    ['select broken from', []],
  ])('%s', (marked, expected) => {
    const start = marked.indexOf('‹');
    const end = marked.indexOf('›') - 1;
    const sql = marked.replace('‹', '').replace('›', '');
    const texts = rewritesAt(sql, { start, end }).map(({ edits }) => applied(sql, edits));
    expect(texts.toSorted()).toEqual([...expected].toSorted());
  });
});

it('a name that is not there becomes one that is near', () => {
  const sql = 'select 1 from custmers';
  const near = (names: readonly string[]) =>
    nearNames(sql, 15, names).map(({ edits }) => applied(sql, edits));
  expect(near(['ORDERS', 'CUSTOMERS', 'CUSTOMER_S'])).toEqual([
    'select 1 from customers',
    'select 1 from customer_s',
  ]);
  expect(near(['Custmers'])).toEqual([]);
  expect(near(['ORDERS'])).toEqual([]);
});
