import { groupedBy } from '../grouped-by.ts';
import {
  type BoundColumn,
  type BoundOutput,
  type BoundQuery,
  type BoundRelation,
  type BoundSelect,
  type BoundStatement,
  type RelationId,
  walkBound,
} from '../bound/index.ts';
import { OWN_TEXT } from './references.ts';

/** A query in FROM, or one of WITH, that can pass further columns on: each of its rows is of one row of what it reads. */
export interface Passing {
  readonly select: BoundSelect;
  /** Its own outputs, without those that have been added. */
  readonly outputs: readonly BoundOutput[];
  /** The relations that read it. */
  readonly relations: readonly RelationId[];
  /** Adds an output, and says at which index it is. */
  readonly add: (output: BoundOutput) => number;
}

/** In a copy of a statement, the queries that can, by the relations that read them. */
export function passingQueries(statement: BoundStatement): ReadonlyMap<RelationId, Passing> {
  const nodes = [...walkBound(statement, OWN_TEXT)];
  // What is made of all columns of a relation would have those, too.
  const taken = new Set<RelationId>(
    nodes.flatMap((node) =>
      node.kind === 'pivot' || node.kind === 'unpivot' || node.kind === 'match_recognize'
        ? [...walkBound(node.input, OWN_TEXT)].flatMap((inner) =>
            'id' in inner ? [inner.id as RelationId] : [],
          )
        : [],
    ),
  );
  const readers = groupedBy(
    nodes.filter((node) => node.kind === 'derived' || node.kind === 'cte'),
    (node) => (node.kind === 'derived' ? node.query : node.cte.query),
  );
  const passing = new Map<RelationId, Passing>();
  for (const [query, relations] of readers) {
    const isWhole = relations.every(
      (relation) => !taken.has(relation.id) && !(relation.kind === 'cte' && relation.cte.recursive),
    );
    const made = isWhole ? passingQuery(query, relations) : null;
    if (made !== null) for (const { id } of relations) passing.set(id, made);
  }
  return passing;
}

function passingQuery(query: BoundQuery, relations: readonly BoundRelation[]): Passing | null {
  const { body: select } = query;
  if (select.kind !== 'select' || select.distinct || select.groupBy !== null) return null;
  if (select.connectBy !== null || select.open !== null || select.into) return null;
  const outputs = [...select.outputs];
  const lists = new Set<readonly BoundColumn[]>([select.outputs, query.columns]);
  for (const relation of relations) {
    lists.add(relation.columns);
    if (relation.kind === 'cte') lists.add(relation.cte.columns);
  }
  // Where they are given other names, a list in the text would have to have more.
  const isNamedAlike = [...lists].every(
    (list) =>
      list.length === outputs.length && list.every(({ name }, index) => name === outputs[index]!.name),
  );
  if (!isNamedAlike) return null;
  return {
    select,
    outputs,
    relations: relations.map(({ id }) => id),
    add(output) {
      for (const list of lists) (list as BoundColumn[]).push(output);
      return select.outputs.length - 1;
    },
  };
}
