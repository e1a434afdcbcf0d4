import { alone, type Cell, type CellMask, type ColumnMask, type ColumnShape, each } from './cell.ts';
import { rewriteDocument, type Rewriting } from './document.ts';
import { redact } from './simple-masks.ts';
import type { JsonPathMask, MaskingPolicy } from './masking-policy.ts';

/** Compiles a mask for values inside of documents. */
export type CompileInner = (policy: MaskingPolicy, shape: ColumnShape) => ColumnMask;

/**
 * Masks the values at some paths of documents and keeps the rest unchanged. Where a document's shape
 * does not match a path, the value where the path cannot continue is masked. Text that is not a document is redacted
 * whole.
 */
export function jsonMask(
  paths: readonly JsonPathMask[],
  column: ColumnShape,
  compile: CompileInner,
): ColumnMask {
  const redacted = redact(column);
  const masks = paths.map(({ path, policy }) => {
    const mask = compile(policy, INNER);
    return { path, mask: alone(mask), together: TOGETHER.has(policy.method) ? createTogether(mask) : null };
  });
  const root = createPlaces(masks);
  const together = masks.flatMap(({ together: one }) => (one === null ? [] : [one]));
  const masked = (cell: string) => rewriteDocument(cell, root, MASKING) ?? redacted(cell);
  if (together.length === 0) return each(masked);

  /** Whether it is a document; only then its values have been gathered. */
  const gather = (cell: string): boolean => {
    const before = together.map(({ mark }) => mark());
    if (rewriteDocument(cell, root, GATHERING) !== null) return true;
    together.forEach(({ forget }, index) => forget(before[index]!));
    return false;
  };
  return (cells) => {
    const areDocuments = cells.map((cell) => cell !== null && gather(cell));
    for (const { mask } of together) mask();
    return cells.map((cell, index) => {
      if (cell === null) return null;
      return areDocuments[index] ? masked(cell) : redacted(cell);
    });
  };
}

/** What takes many values at once is given those of all documents; anything else is as fast one at a time. */
const TOGETHER: ReadonlySet<MaskingPolicy['method']> = new Set(['token']);

const INNER: ColumnShape = { name: '', type: 'variant', precision: null, scale: null, length: null };

/** Values that are gathered, masked together, and then given back in the same order. */
interface Together {
  add(value: string): void;
  /** How many have been added. */
  mark(): number;
  /** Those that have been added since. */
  forget(mark: number): void;
  mask(): void;
  /** What came of the next one. */
  take(value: string): Cell;
}

function createTogether(mask: ColumnMask): Together {
  let values: string[] = [];
  let masked: readonly Cell[] = [];
  let next = 0;
  return {
    add: (value) => void values.push(value),
    mark: () => values.length,
    forget: (mark) => void values.splice(mark),
    mask() {
      masked = mask(values);
      next = 0;
    },
    take(value) {
      const index = next;
      next += 1;
      if (values[index] !== value)
        throw new Error('the values are not in the order in which they were gathered');
      const cell = masked[index]!;
      if (next === values.length) values = [];
      return cell;
    },
  };
}

interface Path {
  readonly path: readonly string[];
  readonly mask: CellMask;
  /** The same mask for the values of all documents at once, where that is faster. */
  readonly together: Together | null;
}

/** The state of several paths at one place in a document. The next places are computed when first needed. */
interface Place {
  /** The masks of all these paths, in order, for a scalar, in which no path can continue. */
  readonly masks: readonly CellMask[];
  /** The mask of the only path, where its values are masked together. */
  readonly together: Together | null;
  /** The masks of the paths that end here. */
  readonly ends: readonly CellMask[];
  /** Whether some path names this key. */
  names(key: string): boolean;
  /** The place under a named key, or with null, under any other key. */
  under(key: string | null): Place | null;
  /** The place of an array's elements. */
  inside(): Place | null;
  readonly known: Map<string | null, Place | null>;
}

/** The place of the whole document. */
function createPlaces(paths: readonly Path[]): Place {
  interface Step {
    readonly index: number;
    readonly at: number;
  }
  /** Places by the paths and their progress, so that the same combination is created only once. */
  const places = new Map<string, Place>();
  const wanted = ({ index, at }: Step) => paths[index]!.path[at];
  const placeOf = (steps: readonly Step[]): Place => {
    const id = steps.map(({ index, at }) => `${index}:${at}`).join();
    const before = places.get(id);
    if (before !== undefined) return before;
    const open = steps.filter((step) => wanted(step) !== undefined);
    const names = new Set(open.map(wanted));
    const next = (more: readonly Step[]) => (more.length === 0 ? null : placeOf(more));
    const place: Place = {
      masks: steps.map(({ index }) => paths[index]!.mask),
      together: steps.length === 1 ? paths[steps[0]!.index]!.together : null,
      ends: steps.filter((step) => wanted(step) === undefined).map(({ index }) => paths[index]!.mask),
      names: (key) => names.has(key),
      under: (key) =>
        next(
          open
            .filter((step) => wanted(step) === '*' || wanted(step) === key)
            .map(({ index, at }) => ({ index, at: at + 1 })),
        ),
      // In an array where a key was expected, the path continues inside each element.
      inside: () => next(open.map((step) => (wanted(step) === '*' ? { ...step, at: step.at + 1 } : step))),
      known: new Map(),
    };
    places.set(id, place);
    return place;
  };
  return placeOf(paths.map((_, index) => ({ index, at: 0 })));
}

const WALKING = {
  inKey(place: Place, key: string): Place | null {
    const name = place.names(key) ? key : null;
    let found = place.known.get(name);
    if (found === undefined) place.known.set(name, (found = place.under(name)));
    return found;
  },
  inArray: (place: Place) => place.inside(),
  rename: () => null,
};

/** Changes nothing. */
const GATHERING: Rewriting<Place> = {
  ...WALKING,
  scalar({ together }, value) {
    together?.add(value);
    return value;
  },
  whole: (_, value) => value,
};

const MASKING: Rewriting<Place> = {
  ...WALKING,
  scalar: ({ together, masks }, value) =>
    together === null ? maskWith(masks, value) : (together.take(value) ?? 'null'),
  whole: ({ ends }, value) => maskWith(ends, value),
};

/** Applies the masks in order. `null` reveals nothing and stays; a mask that cannot produce a value yields `null`. */
function maskWith(masks: readonly CellMask[], value: string): string {
  return masks.reduce((masked, mask) => (masked === 'null' ? masked : (mask(masked) ?? 'null')), value);
}
