import type { BoundRelation, BoundStatement, RelationId } from './index.ts';

/** Every relation of a statement by its number, those in views and common table expressions among them. */
export function indexRelations(statement: BoundStatement): ReadonlyMap<RelationId, BoundRelation> {
  const relations = new Map<RelationId, BoundRelation>();
  const seen = new Set<object>();
  const left: object[] = [statement];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (isRelation(next)) relations.set(next.id, next);
    for (const value of Object.values(next) as unknown[]) {
      // A statement inside of this one has numbers of its own.
      if (typeof value !== 'object' || value === null || seen.has(value) || 'references' in value) continue;
      seen.add(value);
      left.push(value);
    }
  }
  return relations;
}

const RELATIONS: Readonly<Record<BoundRelation['kind'], true>> = {
  table: true,
  view: true,
  cte: true,
  derived: true,
  table_function: true,
  earlier: true,
  opaque_relation: true,
  pivot: true,
  unpivot: true,
  match_recognize: true,
};

function isRelation(node: object): node is BoundRelation {
  return 'id' in node && 'kind' in node && Object.hasOwn(RELATIONS, String(node.kind));
}
