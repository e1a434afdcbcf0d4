/** Gives a place back. Calling it again does nothing. */
export type Release = () => void;

/** A maximum number at a time, for each key and in total. */
export interface Places {
  /** Throws what `refuse` returns when no place is left. */
  take(key: string): Release;
  /** For what exists already and has to be counted even if no place is left, as after a restart. */
  keep(key: string): Release;
}

/** @param refuse makes the error, given whether it is the key's own places that are taken, and how many it has. */
export function createPlaces(
  most: { readonly each: number; readonly all: number },
  refuse: (key: string, whose: 'own' | 'all', most: number) => Error,
): Places {
  const taken = new Map<string, number>();
  let all = 0;

  const keep = (key: string): Release => {
    taken.set(key, (taken.get(key) ?? 0) + 1);
    all += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      all -= 1;
      const left = taken.get(key)! - 1;
      if (left === 0) taken.delete(key);
      else taken.set(key, left);
    };
  };

  return {
    keep,
    take(key) {
      if ((taken.get(key) ?? 0) >= most.each) throw refuse(key, 'own', most.each);
      if (all >= most.all) throw refuse(key, 'all', most.all);
      return keep(key);
    },
  };
}
