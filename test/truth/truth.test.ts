import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import { SluiceError } from '../../relay/src/errors.ts';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';
import type { Warehouse } from '../../relay/src/warehouse/index.ts';
import { functionNamed } from '../../snowflake-sql/src/functions/index.ts';
import { AVAILABLE, documented, functionsShown, SNOWFLAKE_FUNCTIONS } from './functions.ts';
import { measureTruth, type Outcome } from './measure.ts';

describe('the embedded warehouse, against the results that Snowflake documents', () => {
  let outcomes: readonly Outcome[];
  beforeAll(async () => {
    outcomes = await measureTruth();
  });

  it('gives none of them wrong', () => {
    expect(outcomes.length).toBeGreaterThan(100);
    expect(outcomes.filter(({ is }) => is === 'wrong').map(described)).toEqual([]);
  });

  it('says by name what it does not have, and has what it is not said to lack', () => {
    const unexpected = outcomes.filter(({ is, isMissing }) => (is === 'missing') !== isMissing);
    expect(unexpected.map(described)).toEqual([]);
  });

  it('tries every function that it has', () => {
    const shown = functionsShown(outcomes);
    const untried = [...AVAILABLE].filter(
      (name) => !shown.has(name) && functionNamed(name)?.kind !== 'context',
    );
    expect(untried).toEqual([]);
  });

  it('is documented as it is: `npm run -s truth -- --write`', () => {
    const { now, made } = documented(outcomes);
    expect(now).toBe(made);
  });
});

describe('every function of Snowflake', () => {
  const missing = SNOWFLAKE_FUNCTIONS.filter((name) => !AVAILABLE.has(name));
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openShop({ customers: 10 });
  });
  afterAll(() => warehouse.close());

  it('is known by name', () => {
    expect(SNOWFLAKE_FUNCTIONS.length).toBeGreaterThan(700);
    expect(new Set(SNOWFLAKE_FUNCTIONS).size).toBe(SNOWFLAKE_FUNCTIONS.length);
  });

  it.each(missing)('%s is refused by its name', async (name) => {
    const session = await warehouse.openSession(warehouse.defaults);
    const known = functionNamed(name);
    const given = Array.from({ length: known?.fewest ?? 1 }, () => 'NULL').join(', ');
    const sql =
      known?.kind === 'table' ? `SELECT * FROM TABLE(${name}(${given}))` : `SELECT ${name}(${given})`;
    const thrown: unknown = await runSql(session, sql).catch((error: unknown) => error);
    await session.close();
    expect(thrown).toBeInstanceOf(SluiceError);
    const { code, message } = thrown as SluiceError;
    expect(['unsupported_by_warehouse', 'statement_not_understood']).toContain(code);
    // It stands for another statement's result.
    expect(message).toContain(name === 'RESULT_SCAN' ? 'the result of a statement' : name);
  });
});

function described({ topic, line, text, expected, got }: Outcome): string {
  return `${topic}.txt:${line}: ${text} => ${expected}, got ${got}`;
}
