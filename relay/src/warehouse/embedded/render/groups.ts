import type { BoundExpression, BoundGrouping } from '@sluice/snowflake-sql/execution';
import { renderExpression } from './expressions.ts';
import type { Rendering } from './rendering.ts';
import type { GroupKey, Scope } from './scope.ts';
import { notAPlace } from './windows.ts';

/** GROUP BY, and what its keys are in the rest of the SELECT. */
export function renderGroups(
  rendering: Rendering,
  plain: Scope,
  groupBy: readonly BoundGrouping[],
): { readonly text: string; readonly keys: ReadonlyMap<number, GroupKey> } {
  const keys = new Map<number, GroupKey>();
  const text = groupBy.flatMap((grouping) => renderGrouping(grouping, false)).join(', ');
  return { text: text === '' ? '()' : text, keys };

  function renderGrouping(grouping: BoundGrouping, isPartial: boolean): readonly string[] {
    if (grouping.kind === 'grouping') {
      const sets = grouping.sets.flatMap((set) =>
        set.kind === 'row'
          ? [`(${set.items.map((item) => key(item, true)).join(', ')})`]
          : renderGrouping(set, true),
      );
      return [`${grouping.type} (${sets.join(', ')})`];
    }
    if (grouping.kind === 'row') return grouping.items.map((item) => key(item, isPartial));
    return [key(grouping, isPartial)];
  }

  function key(expression: BoundExpression, isPartial: boolean): string {
    const own = renderExpression(rendering, plain, expression, 'group');
    const text = notAPlace(own);
    // A constant is itself, in every group.
    if (text === own) keys.set(rendering.identities.of(expression), { expression, text, isPartial });
    return text;
  }
}
