import { formatColumn, type ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { ColumnSource, Derivation, OpaquePart } from '../understanding.ts';

/** Where a value comes from: base columns, and whether anything of it could not be told. */
export interface Origin {
  readonly sources: readonly ColumnSource[];
  readonly unresolved: OpaquePart | null;
}

/** A literal, a context function: nothing of the data is in it. */
export const NOTHING: Origin = { sources: [], unresolved: null };

export function opaque(reason: string, { start, end }: SourceRange): OpaquePart {
  return { opaque: true, reason, range: { start, end } };
}

export function unresolvedOrigin(reason: string, range: SourceRange, from: readonly Origin[] = []): Origin {
  return { ...derive('expression', from), unresolved: opaque(reason, range) };
}

/** The value of a function of somebody's own: what it is given, and whatever its body does. */
export function madeByFunction(name: ObjectName, range: SourceRange, given: readonly Origin[]): Origin {
  const part = opaque(`the function \`${name.name}\`, whose body is not known`, range);
  return derive('expression', [...given, { sources: [], unresolved: { ...part, functions: [name] } }]);
}

/** From most to least revealing; what has been counted does not become a value again. */
const REVEALING: readonly Derivation[] = ['direct', 'expression', 'aggregate', 'counted'];

/** A value made of others: each source reveals as little as its weakest step. */
export function derive(how: Derivation, origins: readonly Origin[]): Origin {
  return union(
    origins.map(({ sources, unresolved }) => ({
      sources: sources.map((source) => ({ ...weakened(source, how) })),
      unresolved,
    })),
  );
}

function weakened(source: ColumnSource, how: Derivation): ColumnSource {
  if (how === 'direct') return source;
  const weaker = REVEALING.indexOf(source.how) > REVEALING.indexOf(how) ? source.how : how;
  return { ...source, how: weaker };
}

/** A value that may be any of these, each as it is. */
export function union(origins: readonly Origin[]): Origin {
  const [first] = origins;
  if (first === undefined) return NOTHING;
  if (origins.length === 1) return first;
  const sources = new Map<string, ColumnSource>();
  for (const origin of origins) for (const source of origin.sources) sources.set(sourceKey(source), source);
  return {
    sources: [...sources.values()],
    unresolved: bothUnresolved(origins.map(({ unresolved }) => unresolved).filter((part) => part !== null)),
  };
}

/** What all of them leave unknown: functions only when each leaves nothing else. */
function bothUnresolved(parts: readonly OpaquePart[]): OpaquePart | null {
  const other = parts.find(({ functions }) => functions === undefined);
  const [first] = parts;
  if (other !== undefined || first === undefined) return other ?? null;
  return { ...first, functions: parts.flatMap(({ functions = [] }) => functions) };
}

/** A part of a semi-structured value. */
export function atPath(origin: Origin, path: readonly string[]): Origin {
  if (path.length === 0) return origin;
  return {
    ...origin,
    sources: origin.sources.map((source) =>
      // The path into what an expression made is not a path into the column.
      source.how === 'direct' ? { ...source, path: [...(source.path ?? []), ...path] } : source,
    ),
  };
}

export function sourceKey({ column, how, path }: ColumnSource): string {
  return `${how} ${formatColumn(column)}${path === undefined ? '' : `:${JSON.stringify(path)}`}`;
}

export function sameOrigin(a: Origin, b: Origin): boolean {
  const keys = new Set(a.sources.map(sourceKey));
  return (
    (a.unresolved === null) === (b.unresolved === null) &&
    a.sources.length === b.sources.length &&
    b.sources.every((source) => keys.has(sourceKey(source)))
  );
}

/** A column's own value, unchanged. */
export function isDirect({ sources, unresolved }: Origin): boolean {
  return unresolved === null && sources.every(({ how }) => how === 'direct');
}
