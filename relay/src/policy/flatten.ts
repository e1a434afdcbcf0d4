import type { Understanding } from '@sluice/snowflake-sql';

/** A statement and everything inside it, outermost first. */
export function flatten(understanding: Understanding): readonly Understanding[] {
  return understanding.understood
    ? [understanding, ...understanding.inner.flatMap(flatten)]
    : [understanding];
}
