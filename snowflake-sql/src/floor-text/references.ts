import {
  type AnyBoundNode,
  type Bound,
  type BoundStatement,
  type BoundTable,
  type BoundViewReference,
  walkBound,
} from '../bound/index.ts';
import type { Catalog } from '../catalog.ts';
import type { ObjectName } from '../object-name.ts';

/** A place in FROM that names a table or a view. */
export type Reference = BoundTable | BoundViewReference;

/** A copy of a statement, or of a view's query, whose column references are numbered from 0 without gaps. */
export function copied(
  bound: Bound,
  statement: BoundStatement,
  change: (node: AnyBoundNode) => void = () => undefined,
): Bound {
  const copy = structuredClone(statement);
  let references = 0;
  for (const node of walkBound(copy, OWN_TEXT)) {
    change(node);
    if ('reference' in node) Object.assign(node, { reference: references++ });
  }
  return { ...bound, statement: copy, references, views: [] };
}

export function objectOf(reference: Reference): ObjectName {
  return reference.kind === 'table' ? reference.object : reference.view.object;
}

/** The references in a statement's own text, without those inside the views that it reads. */
export function referencesOf(statement: BoundStatement): readonly Reference[] {
  return [...walkBound(statement, OWN_TEXT)].filter(isReference);
}

/** The definitions of views do not belong to the statement's own text. */
export const OWN_TEXT = { views: false } as const;

export function isReference(node: AnyBoundNode): node is Reference {
  return node.kind === 'table' || node.kind === 'view';
}

export function typesOf(catalog: Catalog, object: ObjectName): readonly string[] {
  const found = catalog.find(object);
  return found == null || !('columns' in found) ? [] : found.columns.map(({ type }) => type);
}
