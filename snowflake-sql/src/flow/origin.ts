import type { SourceRange } from '../source-range.ts';
import type { ColumnSource, Derivation, OpaquePart } from '../understanding.ts';
import { type Budget, spend } from '../budget.ts';
import { joined, type Rope } from './rope.ts';
import { type Base, baseOf, type Source, sourceOf, weakened } from './sources.ts';

/** Where a value comes from. */
export interface Origin {
  /** Without duplicates. */
  readonly sources: readonly Source[];
  /** The part of it that is not known. */
  readonly unresolved: OpaquePart | null;
  /** Whether it is, or in some row may be, a constant from the text. */
  readonly given: boolean;
  /** The numbers of the column references that went into it, including those that do not contribute to the value. */
  readonly references: Rope<number>;
}

/** NULL: no value. */
export const NOTHING: Origin = { sources: [], unresolved: null, given: false, references: null };

/** A literal or a context function: it contains no data. */
export const GIVEN: Origin = { ...NOTHING, given: true };

export function opaque(reason: string, { start, end }: SourceRange): OpaquePart {
  return { opaque: true, reason, range: { start, end } };
}

export function unknownOrigin(unresolved: OpaquePart): Origin {
  return { ...NOTHING, unresolved };
}

/** The origin that an earlier statement recorded. */
export function recordedOrigin(
  bases: Map<string, Base>,
  sources: readonly ColumnSource[],
  unresolved: OpaquePart | null = null,
): Origin {
  const all = sources.map(({ column, how, path }) => sourceOf(baseOf(bases, column), how, path));
  return { sources: [...new Set(all)], unresolved, given: all.length === 0, references: null };
}

/**
 * A value that may be any of these, unchanged. If some are constants from the text, column values can no longer be
 * distinguished from them: a mask that shows equal values alike would show which rows have the constant.
 */
export function union(budget: Budget, origins: readonly Origin[]): Origin {
  const [first] = origins;
  if (first === undefined) return GIVEN;
  if (origins.length === 1) return first;
  spend(budget, origins.length);
  const given = origins.some((origin) => origin.given);
  const sources = allSources(
    budget,
    origins.map((origin) => origin.sources),
  );
  return {
    sources: given ? allWeakened(budget, sources, 'expression') : sources,
    given,
    unresolved: allUnresolved(origins.map(({ unresolved }) => unresolved).filter((part) => part !== null)),
    references: joined(origins.map(({ references }) => references)),
  };
}

/** A value computed from others. If it is computed from no column, even from a NULL, it counts as a constant. */
export function derived(budget: Budget, how: Derivation, origins: readonly Origin[]): Origin {
  const all = union(budget, origins);
  return {
    ...all,
    sources: allWeakened(budget, all.sources, how),
    given: all.given || isGiven(all),
  };
}

function allWeakened(budget: Budget, sources: readonly Source[], how: Derivation): readonly Source[] {
  if (sources.every((source) => weakened(source, how) === source)) return sources;
  spend(budget, sources.length);
  return [...new Set(sources.map((source) => weakened(source, how)))];
}

/**
 * A part of a semi-structured value; a null path means that the part is not known, and the result is derived from the
 * whole.
 */
export function atPath(budget: Budget, origin: Origin, path: readonly string[] | null): Origin {
  if (path === null) return derived(budget, 'expression', [origin]);
  if (path.length === 0) return origin;
  spend(budget, origin.sources.length);
  const inside = (source: Source) =>
    // A path into the result of an expression is not a path into the column.
    source.how === 'direct' ? sourceOf(source.base, 'direct', [...source.path, ...path]) : source;
  return { ...origin, sources: [...new Set(origin.sources.map(inside))] };
}

/** Only whether there is a value, or how many there are: its references are still accounted for. */
export function disregarded({ references }: Origin): Origin {
  return { ...GIVEN, references };
}

/** A column's own value, unchanged. The origins of a recursive query's columns are not known during its analysis. */
export function isWhole({ sources, unresolved }: Origin): boolean {
  return unresolved === null && sources.every(({ how, base }) => how === 'direct' && base.column !== null);
}

/** The unchanged value of a whole column. Whether a part of a value exists depends on the value. */
export function isColumn(origin: Origin): boolean {
  return isWhole(origin) && origin.sources.every(({ path }) => path.length === 0);
}

/** A constant from the text, or no value. */
export function isGiven({ sources, unresolved }: Origin): boolean {
  return sources.length === 0 && unresolved === null;
}

function allSources(budget: Budget, lists: readonly (readonly Source[])[]): readonly Source[] {
  const different = [...new Set(lists.filter((list) => list.length > 0))];
  if (different.length < 2) return different[0] ?? [];
  const sources = new Set<Source>();
  for (const list of different) {
    spend(budget, list.length);
    for (const source of list) sources.add(source);
  }
  return [...sources];
}

/** The unknown part of all of them: limited to functions only if that holds for each. */
export function allUnresolved(parts: readonly OpaquePart[]): OpaquePart | null {
  const different = [...new Set(parts)];
  const [first] = different;
  if (first === undefined || different.length === 1) return first ?? null;
  const other = different.find(({ functions }) => functions === undefined);
  if (other !== undefined) return other;
  return { ...first, functions: [...new Set(different.flatMap(({ functions = [] }) => functions))] };
}
