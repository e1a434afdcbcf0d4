import {
  type AnyBoundNode,
  type Bound,
  type BoundColumn,
  type BoundColumnReference,
  type RelationId,
  walkBound,
} from '../bound/index.ts';
import type { Catalog } from '../catalog.ts';
import { formatColumn, formatObjectName } from '../object-name.ts';
import { flowOf } from '../flow/index.ts';
import { budgetFor } from '../budget.ts';
import { NotWrappable } from './not-wrappable.ts';
import { keysToldApart, type Repeats } from './repeats.ts';
import { type Read, type Reads, readsOf } from './reads.ts';
import {
  copied,
  isReference,
  objectOf,
  OWN_TEXT,
  type Reference,
  referencesOf,
  typesOf,
} from './references.ts';

/**
 * A copy of the statement in which every reference is a separate object, and every name that means a guarded column of one is
 * a separate column, so that the flow tells of each how it is read.
 */
export interface ToldApart {
  readonly bound: Bound;
  readonly references: readonly ReferenceApart[];
  /** Names of keys that the text does not write out, or writes as positions. */
  readonly repeats: Repeats;
  /** The reads of columns that belong to none of the references. */
  readonly elsewhere: Reads;
}

export interface ReferenceApart {
  readonly reference: Reference;
  /** The names that mean a guarded column. */
  readonly names: readonly NameApart[];
  /** Reads of a column, by its name, that no name in the text stands for. */
  readonly others: (column: string) => readonly Read[];
}

/** One place in the copy that means a column of a reference. */
export interface NameApart {
  readonly node: BoundColumnReference;
  /** The index of the column in the reference. */
  readonly index: number;
  readonly reads: readonly Read[];
}

/** @param isGuarded - whether a column of a reference is, by its index */
export function tellApart(
  bound: Bound,
  catalog: Catalog,
  isGuarded: (reference: Reference, index: number) => boolean,
): ToldApart {
  const own = new Map(referencesOf(bound.statement).map((reference) => [reference.id, reference]));
  const repeats = keysToldApart(bound.tree);
  const copies = new Map<
    RelationId,
    { object: ReturnType<typeof objectOf>; columns: BoundColumn[]; types: string[] }
  >();
  const copy = copied(bound, bound.statement, (node) => {
    repeats.note(node);
    if (!isReference(node)) return;
    const original = own.get(node.id)!;
    const object = objectOf(node);
    // No real object has this character in its name.
    const apart = { ...object, name: `${object.name}\0${node.id}` };
    // Copies share nothing with other references to the same table, because the flow recognises a table by shared
    // objects.
    const columns = [...node.columns];
    const types = [...(node.kind === 'table' ? node.types : typesOf(catalog, objectOf(original)))];
    while (types.length < columns.length) types.push('');
    if (node.kind === 'view') Object.assign(node, AS_TABLE);
    Object.assign(node, { object: apart, columns, types });
    copies.set(node.id, { object: apart, columns, types });
  });
  const names = new Map<
    number,
    { readonly node: BoundColumnReference; readonly index: number; readonly as: string }[]
  >();
  for (const node of walkBound(copy.statement, OWN_TEXT)) {
    const made = node.kind === 'column' ? copies.get(node.relation) : undefined;
    if (node.kind !== 'column' || made === undefined) continue;
    const { index } = node;
    if (!isGuarded(own.get(node.relation)!, index)) continue;
    const as = `${made.columns[index]!.name}\0${node.reference}`;
    made.columns.push({ name: as, named: true });
    made.types.push(made.types[index]!);
    Object.assign(node, { index: made.columns.length - 1 });
    const known = names.get(node.relation) ?? [];
    known.push({ node, index, as });
    names.set(node.relation, known);
  }
  const meaning = flowOf(copy, budgetFor(0));
  if (!meaning.understood) throw new NotWrappable(meaning.problem.message, meaning.problem.range);
  const reads = readsOf(meaning);
  const apartNames = new Set([...copies.values()].map(({ object }) => formatObjectName(object)));
  return {
    bound: copy,
    repeats,
    references: [...copies].map(([id, { object }]) => ({
      reference: own.get(id)!,
      names: (names.get(id) ?? []).map(({ node, index, as }) => ({
        node,
        index,
        reads: reads.get(formatColumn({ object, column: as }))?.reads ?? [],
      })),
      others: (column) => reads.get(formatColumn({ object, column }))?.reads ?? [],
    })),
    elsewhere: new Map(
      [...reads].filter(([, { column }]) => !apartNames.has(formatObjectName(column.object))),
    ),
  };
}

const AS_TABLE = {
  kind: 'table',
  objectType: 'table',
  travel: [],
  key: null,
  changes: false,
  target: false,
} as const satisfies Partial<AnyBoundNode>;
