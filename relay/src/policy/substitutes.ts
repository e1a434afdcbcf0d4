import type { ColumnUse } from '@sluice/snowflake-sql';
import { hasTokens, hiddenTags, type MaskScope } from './masks.ts';
import type { Substitute } from './policy.ts';

/**
 * What a use of a column runs on in place of its values, when the policy says so for every tag that these people
 * do not see; null when it says nothing for one, or the warehouse could not do it. The weaker of several counts.
 */
export function substitutesFor(
  scope: MaskScope,
  { column, path, as, how }: Pick<ColumnUse, 'column' | 'path' | 'as' | 'how'>,
): Substitute | null {
  if (!scope.floor) return null;
  const source = path === undefined ? { column } : { column, path };
  const masks = hiddenTags(scope, source).flatMap((hidden) => hidden.masks);
  // How many tokens there are is how many values there are: it tells no more when something is decided by it.
  if (how === 'distinct' && hasTokens(scope, column, 'group')) return 'token';
  const chosen = masks.map(({ uses }) => uses.get(as) ?? null);
  if (chosen.length === 0 || chosen.includes(null)) return null;
  if (chosen.includes('blank')) return 'blank';
  // What is made of a value cannot be made of its token: equal values stay equal, nothing else of them is left.
  const isServed = how === 'direct' && (as === 'group' || as === 'join') && hasTokens(scope, column, as);
  return isServed ? 'token' : null;
}

/** Whether there is a value can be told of a blank as well. */
export function needsValue({ as }: Pick<ColumnUse, 'as'>): boolean {
  return as !== 'condition' && as !== 'count';
}
