import type { Understanding, Understood } from './understanding.ts';

/**
 * Every different thing that a statement does, once: what a long text says of it again and again, at one place after
 * the other, says nothing more to whoever goes by what it does, and can be a hundred times as much. Of things that
 * are alike but for their places the last is kept, so that the session's effects end as they would have ended.
 * Null when even that is more than anybody could read.
 */
export function condense(meaning: Understood): Understood | null {
  const room = { characters: LONGEST, values: MOST_VALUES };
  const condensed = condenseInto(room, meaning);
  return isFull(room) ? null : condensed;
}

/** Of all that is kept, as JSON: what the widest result takes that is understood. */
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
    // It has its place already.
    if (kept.delete(key)) Object.assign(room, before);
    kept.set(key, item);
  }
  return [...kept.values()];
}

/** Takes the room that an item needs, and answers what is equal for all that are alike but for their place. */
function keep(room: Room, item: object): string {
  const key = JSON.stringify(item, (name, value: unknown) => {
    room.values -= 1;
    return name === 'range' ? undefined : value;
  });
  room.characters -= key.length;
  return key;
}
