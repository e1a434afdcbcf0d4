import type { CellMask, ColumnShape } from './cell.ts';
import { rewriteDocument, type Rewriting } from './document.ts';
import { redact } from './simple-masks.ts';
import type { JsonPathMask, MaskingPolicy } from './masking-policy.ts';

/** Compiles a mask for one value inside a document. */
export type CompileInner = (policy: MaskingPolicy, shape: ColumnShape) => CellMask;

/**
 * Masks the values at some paths of a document in one pass and keeps the rest unchanged. Where the document's shape
 * does not match a path, the value where the path cannot continue is masked. Text that is not a document is redacted
 * whole.
 */
export function jsonMask(
  paths: readonly JsonPathMask[],
  column: ColumnShape,
  compile: CompileInner,
): CellMask {
  const redacted = redact(column);
  const root = createPlaces(paths.map(({ path, policy }) => ({ path, mask: compile(policy, INNER) })));
  return (cell) => rewriteDocument(cell, root, MASKING) ?? redacted(cell);
}

const INNER: ColumnShape = { name: '', type: 'variant', precision: null, scale: null, length: null };

interface Path {
  readonly path: readonly string[];
  readonly mask: CellMask;
}

/** The state of several paths at one place in a document. The next places are computed when first needed. */
interface Place {
  /** The masks of all these paths, in order, for a scalar, in which no path can continue. */
  readonly masks: readonly CellMask[];
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

const MASKING: Rewriting<Place> = {
  inKey(place, key) {
    const name = place.names(key) ? key : null;
    let found = place.known.get(name);
    if (found === undefined) place.known.set(name, (found = place.under(name)));
    return found;
  },
  inArray: (place) => place.inside(),
  scalar: ({ masks }, value) => maskWith(masks, value),
  whole: ({ ends }, value) => maskWith(ends, value),
  rename: () => null,
};

/** Applies the masks in order. `null` reveals nothing and stays; a mask that cannot produce a value yields `null`. */
function maskWith(masks: readonly CellMask[], value: string): string {
  return masks.reduce((masked, mask) => (masked === 'null' ? masked : (mask(masked) ?? 'null')), value);
}
