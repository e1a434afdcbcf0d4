import type { RecordReaders } from '../ports.ts';
import type { ProvenRecord } from '../proven-record.ts';
import type { ClosedSession, Removed } from './ports.ts';
import { type DueRule, levelOf } from './rule.ts';

/**
 * Pages of the sessions that a rule applies to, by what the index says of them: `wholeSession` tells whether it does. They are
 * found by when they were closed; no others are looked at.
 */
export async function* dueSessions(
  { retention }: Pick<RecordReaders, 'retention'>,
  rule: DueRule,
  proof: Pick<ProvenRecord, 'sizeAt'>,
): AsyncGenerator<readonly ClosedSession[]> {
  const grown = proof.sizeAt(rule.before);
  for (let removed: Removed = 0; removed < levelOf(rule.removes); removed += 1) {
    let after: ClosedSession | null = null;
    for (;;) {
      const page: readonly ClosedSession[] = await retention.closed({
        removed: removed as Removed,
        before: rule.before,
        after,
        limit: PAGE,
      });
      yield page.filter(({ newestAt, newestPosition }) => newestAt < rule.before && newestPosition < grown);
      if (page.length < PAGE) break;
      after = page.at(-1)!;
    }
  }
}

/** Each is read whole before anything of it is announced. */
const PAGE = 50;
