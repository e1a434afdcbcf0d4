import { LRUCache } from 'lru-cache';
import type { CellMask } from './cell.ts';

/** How many values a mask remembers what it made of, the latest used: results repeat values, and a token costs two HMACs. */
export const REMEMBERED = 32 * 1024;

/** Longer values are not remembered: they would take the memory, and seldom come twice. UTF-16 units. */
const LONGEST_REMEMBERED = 256;

/** The mask of that name, which remembers; made of `mask` when it is asked for first. */
export type Remembering = (name: string, mask: CellMask) => CellMask;

export function createRemembering(): Remembering {
  const masks = new Map<string, CellMask>();
  return (name, mask) => {
    const made = masks.get(name) ?? remembered(mask);
    masks.set(name, made);
    return made;
  };
}

/** The same mask, asked once for values that come again soon. */
function remembered(mask: CellMask): CellMask {
  // Each counts as one: by `max` the whole cache would be laid out at once, some 4 ms for every statement.
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
