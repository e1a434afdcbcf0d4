import type { CellMask, ColumnShape } from './cell.ts';
import { rewriteDocument, type Rewriting } from './document.ts';
import { redact } from './simple-masks.ts';
import type { JsonPathMask, MaskingPolicy } from './masking-policy.ts';

/** Compiles a mask for one value inside a document. */
export type CompileInner = (policy: MaskingPolicy, shape: ColumnShape) => CellMask;

/**
 * Masks what lies at some paths of a document, all of them in one pass, and keeps the rest as it is. Where the document
 * has another shape than a path, what stands in the way is masked. What is no document is redacted whole.
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

/** Where several paths are at once. Where they go from there is worked out when a document first has it. */
interface Place {
  /** Of all of them, in order: for a value in which none of them can go on. */
  readonly masks: readonly CellMask[];
  /** Of those that end here. */
  readonly ends: readonly CellMask[];
  /** Whether some path names this key. */
  names(key: string): boolean;
  /** Under one of these keys; null: under any other. */
  under(key: string | null): Place | null;
  inside(): Place | null;
  readonly known: Map<string | null, Place | null>;
}

/** The document's own place. */
function createPlaces(paths: readonly Path[]): Place {
  interface Step {
    readonly index: number;
    readonly at: number;
  }
  /** The same paths, as far along, are one place, however a document gets there. */
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
      // An array where a key was expected: the path goes on inside each element.
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

/** `null` tells nothing, and stays; a mask that has no value to show leaves it. */
function maskWith(masks: readonly CellMask[], value: string): string {
  return masks.reduce((masked, mask) => (masked === 'null' ? masked : (mask(masked) ?? 'null')), value);
}
