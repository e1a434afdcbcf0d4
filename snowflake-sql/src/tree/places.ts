import type { AnyNode } from './any-node.ts';
import type { Bind } from './names.ts';
import { visit } from './walk.ts';

/**
 * The `?` of a statement with their numbers: as Snowflake counts them, from 1 in the order of the text, whatever is
 * evaluated first. Those of SQL in a literal are not among them: it is a text of its own.
 */
export function placesIn(root: AnyNode): ReadonlyMap<Bind, number> {
  const found: Bind[] = [];
  visit(root, {
    bind(node) {
      if (node.name === '?') found.push(node);
    },
    embedded: (node) => (node === root ? undefined : 'skip'),
  });
  found.sort((a, b) => a.start - b.start);
  return new Map(found.map((node, index) => [node, index + 1]));
}

/** How many `?` a statement has. */
export function countPlaces(root: AnyNode): number {
  return placesIn(root).size;
}
