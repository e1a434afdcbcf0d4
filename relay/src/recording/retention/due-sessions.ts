import type { RecordReaders } from '../ports.ts';
import { logSizeAt } from './log-age.ts';
import type { ClosedSession, Removed } from './ports.ts';
import { type DueRule, levelOf } from './rule.ts';

/** Pages of the sessions that a rule applies to. They are found by when they were closed; no others are looked at. */
export async function* dueSessions(
  { retention, checkpoints }: Pick<RecordReaders, 'retention' | 'checkpoints'>,
  rule: DueRule,
): AsyncGenerator<readonly ClosedSession[]> {
  const grown = logSizeAt(await checkpoints.list(), rule.before);
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

const PAGE = 200;
