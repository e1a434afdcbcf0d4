import type { Finding } from './finding.ts';

/** What is found first of what is looked at in order; null when nothing is. */
export function firstOf<Item>(items: readonly Item[], find: (item: Item) => Finding | null): Finding | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
