import { type Bound, type ColumnGuard, type Floor } from '../bound/index.ts';
import { type ColumnRef, keyOfColumn } from '../object-name.ts';
import type { FloorText } from './floor-text.ts';

interface Remembered {
  /** All that the floor was asked, and what it said. */
  readonly asked: readonly Asked[];
  readonly text: FloorText;
}

interface Asked {
  readonly column: ColumnRef;
  readonly guard: string;
}

const remembered = new WeakMap<Bound, Remembered>();

/**
 * What was made of a statement under this floor, or is made now. Most of the work is to prove that the text means the same; a statement
 * that an analyzer has bound before is the very same object, as long as nothing that it names has changed. It is made anew
 * when the floor says anything else of a column that it was asked about.
 */
export function rememberedText(bound: Bound, floor: Floor, make: (floor: Floor) => FloorText): FloorText {
  const known = remembered.get(bound);
  if (known?.asked.every(({ column, guard }) => textOf(floor(column)) === guard) === true) return known.text;
  const asked = new Map<string, Asked>();
  const text = make((column) => {
    const guard = floor(column);
    const key = keyOfColumn(column);
    if (!asked.has(key)) asked.set(key, { column, guard: textOf(guard) });
    return guard;
  });
  remembered.set(bound, { asked: [...asked.values()], text });
  return text;
}

function textOf(guard: ColumnGuard | null): string {
  return guard === null ? '' : JSON.stringify([guard.paths, [...guard.raw], [...guard.token]]);
}
