import type { Understanding } from '../statement/index.ts';

/** A statement and everything inside it, outermost first. */
export function flatten(understanding: Understanding): readonly Understanding[] {
  return understanding.understood
    ? [understanding, ...understanding.inner.flatMap(flatten)]
    : [understanding];
}
