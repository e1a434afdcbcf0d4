import { describe, expect, it } from 'vitest';
import { catalog } from '../flow/testing.ts';
import { floorText, textOf, tokenOnly, tokens, withBlank, withToken } from './testing.ts';

describe('queries in FROM and of WITH pass on what stands beside', () => {
  const cases: Readonly<Record<string, string>> = {
    "SELECT SSN FROM (SELECT * FROM P) WHERE SSN LIKE '1%'": `SELECT SSN FROM (SELECT * EXCLUDE ("sluice$blank_0_2"), "sluice$blank_0_2" FROM ${withBlank()} AS "P") WHERE "sluice$blank_0_2" LIKE '1%'`,
    'WITH q AS (SELECT * FROM P) SELECT a.SSN FROM q a, q b WHERE b.SSN > a.ID::VARCHAR': `WITH q AS (SELECT * EXCLUDE ("sluice$blank_0_2"), "sluice$blank_0_2" FROM ${withBlank()} AS "P") SELECT a.SSN FROM q a, q b WHERE b."sluice$blank_0_2" > a.ID::VARCHAR`,
    "SELECT q.* FROM (SELECT p.SSN AS S, UPPER('x') FROM P p) q ORDER BY q.S": `SELECT q.* EXCLUDE ("sluice$blank_0_2") FROM (SELECT p.SSN AS S, UPPER('x'), p."sluice$blank_0_2" FROM ${withBlank('P p')} AS p) q ORDER BY q."sluice$blank_0_2"`,
  };
  it.each(Object.entries(cases))('%s', (sql, expected) => {
    expect(textOf(sql)).toBe(expected);
  });

  const grouped: Readonly<Record<string, string>> = {
    'WITH q AS (SELECT x.SSN, x.PAY FROM P x), r AS (SELECT SSN AS S, PAY FROM q) SELECT S, SUM(PAY) AS N FROM r GROUP BY S ORDER BY N': `WITH q AS (SELECT x.SSN, x.PAY, x."sluice$token_0_2" FROM ${withToken('P x')} AS x), r AS (SELECT SSN AS S, PAY, "sluice$token_0_2" FROM q) SELECT ANY_VALUE("S") AS "S", SUM(PAY) AS N FROM r GROUP BY "sluice$token_0_2" ORDER BY N`,
    'SELECT DISTINCT d.SSN FROM (SELECT SSN FROM P WHERE ID > 1 LIMIT 9) d': `SELECT ANY_VALUE(d."SSN") AS "SSN" FROM (SELECT SSN, "sluice$token_0_2" FROM ${withToken()} AS "P" WHERE ID > 1 LIMIT 9) d GROUP BY d."sluice$token_0_2"`,
    'SELECT COUNT(DISTINCT SSN) FROM (SELECT SSN FROM P)': `SELECT COUNT(DISTINCT SSN) FROM (SELECT SSN FROM ${tokenOnly()} AS "P")`,
  };
  it.each(Object.entries(grouped))('%s', (sql, expected) => {
    expect(textOf(sql, tokens)).toBe(expected);
  });

  it.each([
    'WITH q (S) AS (SELECT SSN FROM P) SELECT S, COUNT(*) FROM q GROUP BY S',
    'SELECT SSN, COUNT(*) FROM (SELECT SSN FROM P UNION ALL SELECT SSN FROM P) GROUP BY SSN',
    'SELECT SSN, COUNT(*) FROM (SELECT DISTINCT SSN, ID FROM P) GROUP BY SSN',
    'WITH q AS (SELECT ID, SSN FROM P) SELECT SSN, COUNT(*) FROM q NATURAL JOIN O GROUP BY SSN',
    'SELECT a.SSN, COUNT(*) FROM (SELECT SSN, HASH(q.*) FROM (SELECT SSN FROM P) q) a GROUP BY a.SSN',
  ])('or there is no text: %s', (sql) => {
    expect(floorText(sql, tokens, catalog)).toHaveProperty('notWrappable');
  });
});
