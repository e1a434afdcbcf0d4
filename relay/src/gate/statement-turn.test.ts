import { describe, expect, it } from 'vitest';
import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
import { createSessionTurns } from '../session-turns.ts';
import { createStatementTurn, turnOf } from './statement-turn.ts';

describe('a statement has its session to itself when it may change what later ones mean', () => {
  it.each([
    ['SELECT 1', 'shared'],
    ["INSERT INTO T (A) VALUES ('x')", 'shared'],
    ['UPDATE T SET A = 1', 'shared'],
    ['SHOW TABLES', 'shared'],
    ['DESCRIBE TABLE T', 'shared'],
    ['EXPLAIN SELECT 1', 'shared'],
    ['USE SCHEMA S', 'alone'],
    ['SET X = 1', 'alone'],
    ['UNSET X', 'alone'],
    ['BEGIN', 'alone'],
    ['CREATE TEMPORARY TABLE T (A INT)', 'alone'],
    ['DROP TABLE T', 'alone'],
    ['SELECT 1; USE SCHEMA S', 'alone'],
    // It will be refused: nothing need wait for it.
    ['USE SCHEMA S; SELEKT 1', 'shared'],
    ['SELEKT 1', 'shared'],
  ])('%s: %s', (sql, how) => {
    expect(turnOf(createAnalyzer().parse(sql))).toBe(how);
  });

  it('also when its text was too long to be read for this', () => {
    expect(turnOf(null)).toBe('alone');
  });
});

it('a turn that never began ends without any harm', async () => {
  const turns = createSessionTurns();
  const turn = createStatementTurn(turns, null);
  turn.end();
  await turn.begin(new AbortController().signal);
  turn.end();
  turn.end();
  await expect(turns.take('alone', new AbortController().signal)).resolves.toBeDefined();
});
