import { type Budget, spend } from '../budget.ts';

/** Items that are joined in constant time. The same item may be reached in several ways: an acyclic graph. */
export type Rope<Item> = null | Strand<Item> | Knot<Item>;

interface Strand<Item> {
  readonly item: Item;
}

interface Knot<Item> {
  readonly parts: readonly Exclude<Rope<Item>, null>[];
}

export function strand<Item>(item: Item): Rope<Item> {
  return { item };
}

export function joined<Item>(ropes: readonly Rope<Item>[]): Rope<Item> {
  const parts = ropes.filter((rope) => rope !== null);
  return parts.length < 2 ? (parts[0] ?? null) : { parts };
}

/** Every item of these ropes, in order; each strand and each knot is visited once. */
export function itemsOf<Item>(budget: Budget, ropes: readonly Rope<Item>[]): readonly Item[] {
  const items: Item[] = [];
  const seen = new Set<Rope<Item>>();
  const waiting = ropes.filter((rope) => rope !== null).toReversed();
  for (let rope = waiting.pop(); rope !== undefined; rope = waiting.pop()) {
    if (seen.has(rope)) continue;
    seen.add(rope);
    spend(budget);
    if ('item' in rope) items.push(rope.item);
    else for (let at = rope.parts.length - 1; at >= 0; at -= 1) waiting.push(rope.parts[at]!);
  }
  return items;
}
