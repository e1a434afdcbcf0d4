import type { Tree } from '@sluice/snowflake-sql';
import { datePartNamed, isFieldAlone } from './date-part.ts';

/** `'1 year, 3 quarters'`, `'2' DAY`, `'5'` (seconds), part by part; null for one of another form. */
export function partsOfInterval({
  value,
  unit,
}: Tree.IntervalLiteral): readonly { readonly count: number; readonly part: string }[] | null {
  if (unit.includes(' ')) return null;
  const parts = value.value.split(',').map((text) => {
    const [, count, named = ''] = /^\s*([+-]?\d{1,9})\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
    const part = datePartNamed(named === '' ? unit || 'second' : named);
    if (count === undefined || part === undefined || isFieldAlone(part)) return null;
    return { count: Number(count), part };
  });
  return parts.every((part) => part !== null) ? parts : null;
}
