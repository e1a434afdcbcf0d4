import { type ColumnRef, keyOfColumn } from '../object-name.ts';
import type { ColumnSource, Derivation } from '../understanding.ts';
import type { Origin } from './origin.ts';

/** A base column, or a column of a recursive query, which stands for its sources until they are known. */
export interface Base {
  /** Equal for equal columns. */
  readonly key: string;
  readonly column: ColumnRef | null;
  /** What a recursive query's column is made of, once that is solved. */
  solution: Origin | null;
  readonly variants: Map<string, Source>;
}

/**
 * A base column or a part of it, and how a value is derived from it. Within one analysis, equal sources are the same
 * object.
 */
export interface Source {
  readonly base: Base;
  readonly how: Derivation;
  /** The part of a VARIANT, outermost step first; empty for the whole. */
  readonly path: readonly string[];
}

export function newBase(key: string, column: ColumnRef | null): Base {
  return { key, column, solution: null, variants: new Map() };
}

export function baseOf(bases: Map<string, Base>, column: ColumnRef): Base {
  const key = keyOfColumn(column);
  const known = bases.get(key);
  if (known !== undefined) return known;
  const base = newBase(key, column);
  bases.set(key, base);
  return base;
}

export function sourceOf(base: Base, how: Derivation, path: readonly string[] = []): Source {
  const key = path.length === 0 ? how : `${how} ${JSON.stringify(path)}`;
  const known = base.variants.get(key);
  if (known !== undefined) return known;
  const source = { base, how, path };
  base.variants.set(key, source);
  return source;
}

/** From most to least revealing; a count does not become a value again. */
const REVEALING: readonly Derivation[] = ['direct', 'expression', 'aggregate', 'distinct', 'counted'];

/** A value derived in several steps reveals no more than its weakest step. */
export function weakened(source: Source, how: Derivation): Source {
  if (REVEALING.indexOf(source.how) >= REVEALING.indexOf(how)) return source;
  return sourceOf(source.base, how, source.path);
}

export function columnSource({ how, path }: Source, column: ColumnRef): ColumnSource {
  return { column, how, ...(path.length > 0 ? { path } : {}) };
}
