import { type AnyBoundNode, walkBound } from './children.ts';
import type { BoundRelation, RelationId } from './query.ts';
import type { BoundStatement } from './statement.ts';

/** Every relation of a statement by its id, including those in views and common table expressions. */
export function indexRelations(statement: BoundStatement): ReadonlyMap<RelationId, BoundRelation> {
  const relations = new Map<RelationId, BoundRelation>();
  for (const node of walkBound(statement)) if (isRelation(node)) relations.set(node.id, node);
  return relations;
}

const RELATIONS: Readonly<Record<BoundRelation['kind'], true>> = {
  table: true,
  view: true,
  cte: true,
  derived: true,
  table_function: true,
  earlier: true,
  staged: true,
  opaque_relation: true,
  pivot: true,
  unpivot: true,
  match_recognize: true,
};

function isRelation(node: AnyBoundNode): node is BoundRelation {
  return Object.hasOwn(RELATIONS, node.kind);
}
