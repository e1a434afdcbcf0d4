import type { OpaquePart } from '../understanding.ts';
import type { Origin } from './origin.ts';

/** Anything that stands in FROM, or that a query makes: columns in order. */
export interface Relation {
  readonly columns: readonly RelationColumn[];
  /** Set when it has columns beside these that cannot be told from here: a stage, an unknown function. */
  readonly open: OpaquePart | null;
}

export interface RelationColumn {
  readonly name: string;
  readonly origin: Origin;
}

export function relation(columns: readonly RelationColumn[]): Relation {
  return { columns, open: null };
}

/** The same columns under the names of an alias's column list. */
export function renamed(source: Relation, names: readonly string[]): Relation {
  if (names.length === 0) return source;
  return {
    ...source,
    columns: source.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name })),
  };
}
