import { describe, expect, it } from 'vitest';
import { FAILURE_TEXTS } from './statement-texts.ts';
import { statementFailure } from './statement-failure.ts';

const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: null };
const RAW = 'raw-value-4711';

function failed(code: string, message: string, sql = 'SELECT NOPE FROM CUSTOMERS') {
  const data = { errorCode: code, sqlState: '22018', errorMessage: RAW, line: 1, pos: 7 };
  return statementFailure({ code, message, data }, { sql, state });
}

describe('what is said of a failed statement', () => {
  it.each([...Object.keys(FAILURE_TEXTS), '999999', 'raw'])(
    'holds nothing of Snowflake’s message: %s',
    (code) => {
      for (const message of [
        `Numeric value '${RAW}' is not recognized`,
        `SQL compilation error:\ninvalid identifier '${RAW}'`,
        `SQL compilation error:\nObject '${RAW}' does not exist or not authorized.`,
        `SQL compilation error:\nUnknown function ${RAW.replaceAll('-', '_')}`,
        RAW,
      ]) {
        const { message: said, advice, warehouse } = failed(code, message);
        expect(JSON.stringify([said, advice, warehouse])).not.toMatch(/raw|4711/);
      }
    },
  );

  it.each([
    ['000904', "error line 1 at position 7\ninvalid identifier 'NOPE'", "invalid identifier 'NOPE'"],
    ['000904', "invalid identifier 'OTHER'", 'invalid identifier'],
    [
      '002003',
      "Object 'SHOP.PUBLIC.CUSTOMERS' does not exist or not authorized.",
      "Object 'SHOP.PUBLIC.CUSTOMERS' does not exist or not authorized.",
    ],
    [
      '002003',
      "Object 'SHOP.SECRET.CUSTOMERS' does not exist or not authorized.",
      'Object does not exist or not authorized.',
    ],
    ['002140', 'Unknown function NOPE', "Unknown function 'NOPE'"],
  ])('names what stands in the statement, and only that: %s %s', (code, message, said) => {
    const error = failed(code, `SQL compilation error:\n${message}`);
    expect(error.message).toBe(`SQL compilation error:\n${said}`);
    expect(error.warehouse).toEqual({ code, sqlState: '22018' });
  });

  it('has codes of its own for what was cancelled, or took too long', () => {
    expect(failed('000604', 'SQL execution canceled').code).toBe('statement_cancelled');
    expect(failed('000630', 'Statement reached its timeout of 5 second(s)').code).toBe('statement_timeout');
  });

  it('does not pass on codes and SQLSTATEs that are none', () => {
    const data = { errorCode: RAW, sqlState: RAW };
    const { warehouse } = statementFailure({ code: RAW, message: RAW, data }, { sql: '', state });
    expect(warehouse).toEqual({ code: '100132', sqlState: 'P0000' });
  });
});
