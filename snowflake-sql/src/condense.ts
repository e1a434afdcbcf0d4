import type { Understanding, Understood } from './understanding.ts';

/**
 * Keeps each different thing that a statement does once. A long text may repeat it at many places; repetitions add
 * nothing for readers who care about what it does, and can make the result a hundred times as large. Of items that
 * differ only in their range, the last is kept, so that the effects on the session end in the same state. Null if the
 * result is still larger than anyone could read.
 */
export function condense(meaning: Understood): Understood | null {
  const room = { characters: LONGEST, values: MOST_VALUES };
  const condensed = condenseInto(room, meaning);
  return isFull(room) ? null : condensed;
}

/** The limit for everything that is kept, in characters of JSON: enough for the widest result that is understood. */
const LONGEST = 4 * 1024 * 1024;
const MOST_VALUES = 250_000;

interface Room {
  characters: number;
  values: number;
}

function isFull({ characters, values }: Room): boolean {
  return characters < 0 || values < 0;
}

function condenseInto(room: Room, meaning: Understood): Understood {
  const { objects, outputs, uses, functions, flows, writes, opaque, inner, sessionEffects } = meaning;
  for (const output of outputs) if (!isFull(room)) keep(room, output);
  return {
    ...meaning,
    objects: different(room, objects),
    uses: different(room, uses),
    functions: different(room, functions),
    flows: different(room, flows),
    writes: different(room, writes),
    opaque: different(room, opaque),
    inner: different(
      room,
      inner.map((one): Understanding => (one.understood ? condenseInto(room, one) : one)),
    ),
    sessionEffects: different(room, sessionEffects),
  };
}

function different<Item extends object>(room: Room, items: readonly Item[]): readonly Item[] {
  const kept = new Map<string, Item>();
  for (const item of items) {
    if (isFull(room)) return [];
    const before = { ...room };
    const key = keep(room, item);
    // An equal item has been counted already.
    if (kept.delete(key)) Object.assign(room, before);
    kept.set(key, item);
  }
  return [...kept.values()];
}

/**
 * Subtracts what an item takes from the room, and returns a key that is equal for items that differ only in their
 * range.
 */
function keep(room: Room, item: object): string {
  const key = JSON.stringify(item, (name, value: unknown) => {
    room.values -= 1;
    return name === 'range' ? undefined : value;
  });
  room.characters -= key.length;
  return key;
}
