import type { Bind } from '../tree/names.ts';
import { placesIn } from '../tree/places.ts';
import type { Binder } from './binder.ts';

/** What a client gives the value of a bind by: its number from `1`, or its name. */
export function bindName({ noted }: Binder, node: Bind): string {
  if (node.name !== '?') return node.name;
  if (noted.root === null) return node.name;
  noted.places ??= placesIn(noted.root);
  // A view's definition has none of its own: nobody gives a value for it.
  return String(noted.places.get(node) ?? node.name);
}
