import { openShop } from '@sluice/demo';
import { SluiceError } from '../../relay/src/errors.ts';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';
import type { Warehouse } from '../../relay/src/warehouse/index.ts';
import { readCases, type TruthCase } from './case.ts';
import { shown } from './shown.ts';

/** What came of a case. `missing`: it was refused, with the name of what is not there. */
export interface Outcome extends TruthCase {
  readonly is: 'right' | 'wrong' | 'missing';
  readonly got: string;
}

/** Every case, on a warehouse of its own. */
export async function measureTruth(): Promise<readonly Outcome[]> {
  const warehouse = await openShop({ customers: 10 });
  try {
    const outcomes: Outcome[] = [];
    for (const one of readCases()) outcomes.push(await outcomeOf(warehouse, one));
    return outcomes;
  } finally {
    await warehouse.close();
  }
}

async function outcomeOf(warehouse: Warehouse, one: TruthCase): Promise<Outcome> {
  const session = await warehouse.openSession(warehouse.defaults);
  try {
    const { columns, rows } = await runSql(session, one.sql);
    const got = shown(columns, rows);
    return { ...one, got, is: got === one.expected ? 'right' : 'wrong' };
  } catch (thrown) {
    if (!(thrown instanceof SluiceError)) throw thrown;
    const got = `error: ${thrown.message}`;
    if (one.expected.startsWith('error')) return { ...one, got, is: 'right' };
    const isNamed = thrown.code === 'unsupported_by_warehouse' || thrown.code === 'statement_not_understood';
    return { ...one, got, is: isNamed ? 'missing' : 'wrong' };
  } finally {
    await session.close();
  }
}
