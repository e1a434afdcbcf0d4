import { LRUCache } from 'lru-cache';
import type { CellMask } from './cell.ts';

/** How many masked values a mask caches (LRU): results repeat values, and a token costs two HMACs. */
export const REMEMBERED = 32 * 1024;

/** Longer values are not cached, because they take memory and seldom repeat. UTF-16 units. */
const LONGEST_REMEMBERED = 256;

/** Returns the caching mask of that name, created from `mask` on the first call. */
export type Remembering = (name: string, mask: CellMask) => CellMask;

export function createRemembering(): Remembering {
  const masks = new Map<string, CellMask>();
  return (name, mask) => {
    const made = masks.get(name) ?? remembered(mask);
    masks.set(name, made);
    return made;
  };
}

/** The same mask with a cache for repeated values. */
function remembered(mask: CellMask): CellMask {
  // Each value has size 1. With `max` the whole cache would be allocated at once, about 4 ms for every statement.
  const known = new LRUCache<string, { readonly masked: string | null }>({
    maxSize: REMEMBERED,
    sizeCalculation: () => 1,
  });
  return (cell) => {
    if (cell.length > LONGEST_REMEMBERED) return mask(cell);
    const before = known.get(cell);
    if (before !== undefined) return before.masked;
    const masked = mask(cell);
    known.set(cell, { masked });
    return masked;
  };
}
