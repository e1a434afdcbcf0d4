import type { SourceRange } from '../source-range.ts';
import type { ColumnSource, Derivation, OpaquePart } from '../understanding.ts';
import { type Budget, spend } from '../budget.ts';
import { joined, type Rope } from './rope.ts';
import { type Base, baseOf, type Source, sourceOf, weakened } from './sources.ts';

/** Where a value comes from. */
export interface Origin {
  /** No two are the same. */
  readonly sources: readonly Source[];
  /** What of it could not be told. */
  readonly unresolved: OpaquePart | null;
  /** Whether it is, or may be in some row, a value that the text gives. */
  readonly given: boolean;
  /** The numbers of the column references that went into it, also of those that are not in the value. */
  readonly references: Rope<number>;
}

/** NULL: no value at all. */
export const NOTHING: Origin = { sources: [], unresolved: null, given: false, references: null };

/** A literal, a context function: nothing of the data is in it. */
export const GIVEN: Origin = { ...NOTHING, given: true };

export function opaque(reason: string, { start, end }: SourceRange): OpaquePart {
  return { opaque: true, reason, range: { start, end } };
}

export function unknownOrigin(unresolved: OpaquePart): Origin {
  return { ...NOTHING, unresolved };
}

/** What an earlier statement noted. */
export function recordedOrigin(
  bases: Map<string, Base>,
  sources: readonly ColumnSource[],
  unresolved: OpaquePart | null = null,
): Origin {
  const all = sources.map(({ column, how, path }) => sourceOf(baseOf(bases, column), how, path));
  return { sources: [...new Set(all)], unresolved, given: all.length === 0, references: null };
}

/**
 * A value that may be any of these, each as it is. Beside values that the text gives, a column's own are no longer told
 * from them: a mask that shows equals alike would show who has the value that was given.
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

/** A value made of others. What is made of nothing, of a NULL even, the text gives. */
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

/** A part of a semi-structured value; null for a part that cannot be told: then the value is made of the whole. */
export function atPath(budget: Budget, origin: Origin, path: readonly string[] | null): Origin {
  if (path === null) return derived(budget, 'expression', [origin]);
  if (path.length === 0) return origin;
  spend(budget, origin.sources.length);
  const inside = (source: Source) =>
    // The path into what an expression made is not a path into the column.
    source.how === 'direct' ? sourceOf(source.base, 'direct', [...source.path, ...path]) : source;
  return { ...origin, sources: [...new Set(origin.sources.map(inside))] };
}

/** Nothing of a value but that there is one, or how many: its references stay accounted for. */
export function disregarded({ references }: Origin): Origin {
  return { ...GIVEN, references };
}

/** A column's own value, unchanged. What a recursive query's own columns are is not known while it is followed. */
export function isWhole({ sources, unresolved }: Origin): boolean {
  return unresolved === null && sources.every(({ how, base }) => how === 'direct' && base.column !== null);
}

/** The same of all of a column. Whether there is a part of a value is told by what the value is. */
export function isColumn(origin: Origin): boolean {
  return isWhole(origin) && origin.sources.every(({ path }) => path.length === 0);
}

/** A value that the text gives, or none. */
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

/** What all of them leave unknown: functions only when each leaves nothing else. */
export function allUnresolved(parts: readonly OpaquePart[]): OpaquePart | null {
  const different = [...new Set(parts)];
  const [first] = different;
  if (first === undefined || different.length === 1) return first ?? null;
  const other = different.find(({ functions }) => functions === undefined);
  if (other !== undefined) return other;
  return { ...first, functions: [...new Set(different.flatMap(({ functions = [] }) => functions))] };
}
