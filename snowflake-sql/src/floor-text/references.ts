import {
  type AnyBoundNode,
  type Bound,
  type BoundStatement,
  type BoundTable,
  type BoundViewReference,
  walkBound,
} from '../bound/index.ts';
import type { Catalog } from '../catalog.ts';
import { formatObjectName, type ObjectName } from '../object-name.ts';

/** A place in FROM that names a table or a view. */
export type Reference = BoundTable | BoundViewReference;

/** The statement again, with every reference an object of its own: what is told of it then is told of one place. */
export interface ToldApart {
  readonly bound: Bound;
  /** By the names that they have there. */
  readonly references: ReadonlyMap<string, Reference>;
}

export function tellApart(bound: Bound, catalog: Catalog): ToldApart {
  const references = new Map<string, Reference>();
  const copy = copied(bound, bound.statement, (node) => {
    if (!isReference(node)) return;
    const reference = structuredClone(node);
    const own = objectOf(reference);
    // No name of a real object has such a character.
    const object = { ...own, name: `${own.name}\0${reference.id}` };
    references.set(formatObjectName(object), reference);
    const types = reference.kind === 'table' ? reference.types : typesOf(catalog, own);
    if (reference.kind === 'view') Object.assign(node, AS_TABLE);
    // Nothing is shared with another reference to the same table: by what is, the flow would know it again.
    Object.assign(node, { object, columns: [...reference.columns], types: [...types] });
  });
  return { bound: copy, references };
}

/** A copy of a statement, or of a view's query, whose references are numbered from 0 and all are in it. */
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

/** The references of a statement's own text: not those inside the views that it reads. */
export function referencesOf(statement: BoundStatement): readonly Reference[] {
  return [...walkBound(statement, OWN_TEXT)].filter(isReference);
}

/** What is inside a view is not of the statement's own text. */
export const OWN_TEXT = { views: false } as const;

function isReference(node: AnyBoundNode): node is Reference {
  return node.kind === 'table' || node.kind === 'view';
}

const AS_TABLE = { kind: 'table', objectType: 'table', travel: [], changes: false, target: false } as const;

export function typesOf(catalog: Catalog, object: ObjectName): readonly string[] {
  const found = catalog.find(object);
  return found == null || found.type === 'function' ? [] : found.columns.map(({ type }) => type);
}
