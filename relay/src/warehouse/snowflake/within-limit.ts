import { SluiceError } from '../../errors.ts';
import type { RowCounts } from '../result.ts';
import type { UpstreamAnswer } from './client/upstream.ts';
import { unsupported } from './errors.ts';
import type { Effect } from './plan.ts';

/** The relay's own transaction around a statement. */
export interface OwnTransaction {
  begin(): Promise<unknown>;
  commit(): Promise<unknown>;
  rollBack(): Promise<unknown>;
}

/**
 * Runs a statement that may change so many rows at most: in a transaction of its own, which is rolled back when
 * Snowflake has counted more. What cannot be rolled back is not run.
 */
export async function withinLimit(
  effect: Effect,
  most: number,
  session: { readonly isInTransaction: boolean; readonly isAutocommit: boolean },
  statement: () => Promise<UpstreamAnswer>,
  transaction: OwnTransaction,
): Promise<UpstreamAnswer> {
  checkCanBeLimited(effect, session);
  if (effect.kind !== 'change') return await statement();
  await transaction.begin();
  let answer: UpstreamAnswer;
  try {
    answer = await statement();
    const rows = answer.changed === undefined ? null : rowsOf(answer.changed);
    if (rows === null) throw uncounted();
    if (rows > most) throw exceeded(most);
  } catch (error) {
    await transaction.rollBack();
    throw error;
  }
  await transaction.commit();
  return answer;
}

function checkCanBeLimited(
  effect: Effect,
  session: { readonly isInTransaction: boolean; readonly isAutocommit: boolean },
): void {
  const advice = 'have it approved for any number of rows';
  if (effect.kind === 'final')
    throw unsupported(`${effect.of} for so many rows at most: it cannot be rolled back`, advice);
  if (effect.kind === 'ddl' && effect.makesRows)
    throw unsupported('CREATE TABLE ... AS for so many rows at most: it cannot be rolled back', advice);
  if (effect.kind !== 'change' || (!session.isInTransaction && session.isAutocommit)) return;
  throw unsupported(
    'change for so many rows at most within an open transaction: what came before would be rolled back, too',
    'commit or roll back first, and send it with AUTOCOMMIT on',
  );
}

function rowsOf({ inserted, updated, deleted }: RowCounts): number {
  return inserted + updated + deleted;
}

function uncounted(): SluiceError {
  return new SluiceError(
    'unsupported_by_warehouse',
    'Snowflake did not say how many rows the statement changed: it was rolled back',
    { advice: 'have it approved for any number of rows' },
  );
}

function exceeded(most: number): SluiceError {
  return new SluiceError(
    'rows_exceeded',
    `it would change more than ${most === 1 ? 'the 1 row' : `the ${most} rows`} that it was approved for`,
    { advice: 'nothing was changed; narrow it, or ask again' },
  );
}
