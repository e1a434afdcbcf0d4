import {
  type AnyBoundNode,
  type Bound,
  type BoundColumn,
  type BoundColumnReference,
  type BoundOutput,
  type RelationId,
  walkBound,
} from '../bound/index.ts';
import type { Catalog } from '../catalog.ts';
import { formatColumn, formatObjectName } from '../object-name.ts';
import { flowOf } from '../flow/index.ts';
import { budgetFor } from '../budget.ts';
import { NotWrappable } from './not-wrappable.ts';
import { type Passing, passingQueries } from './passing.ts';
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

/** One place in the copy that means a column of a reference, itself or through queries that pass it on. */
export interface NameApart {
  readonly node: BoundColumnReference;
  /** The index of the column in the reference. */
  readonly index: number;
  /** Equal for names of the same column of the same relation. */
  readonly key: string;
  /** The outputs by which it is passed on, the outermost first. */
  readonly through: readonly PassedOn[];
  readonly reads: readonly Read[];
}

export interface PassedOn {
  readonly passing: Passing;
  readonly relation: RelationId;
  readonly output: BoundOutput & { readonly expression: BoundColumnReference };
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
  const names = new Map<number, (Omit<NameApart, 'reads'> & { readonly as: string })[]>();
  const passing = passingQueries(copy.statement);
  const nodes = [...walkBound(copy.statement, OWN_TEXT)].filter((node) => node.kind === 'column');
  // As they were, whatever has been told apart meanwhile.
  const meant = new Map(nodes.map((node) => [node, { relation: node.relation, index: node.index }]));
  let { references } = copy;
  for (const node of nodes) {
    const found = originOf(meant, passing, node);
    const made = found === null ? undefined : copies.get(found.relation);
    if (found === null || made === undefined) continue;
    const { relation, index, through } = found;
    if (!isGuarded(own.get(relation)!, index)) continue;
    const as = `${made.columns[index]!.name}\0${node.reference}`;
    made.columns.push({ name: as, named: true });
    made.types.push(made.types[index]!);
    let place = made.columns.length - 1;
    let from = relation;
    for (const { passing: query, relation: reader, output } of through.toReversed()) {
      const expression = { ...output.expression, relation: from, index: place, reference: references++ };
      place = query.add({ name: as, named: true, expression, at: output.at });
      from = reader;
    }
    const before = meant.get(node)!;
    Object.assign(node, { index: place });
    const known = names.get(relation) ?? [];
    known.push({ node, index, key: `${before.relation}.${before.index}`, through, as });
    names.set(relation, known);
  }
  const apartCopy = { ...copy, references };
  const meaning = flowOf(apartCopy, budgetFor(0));
  if (!meaning.understood) throw new NotWrappable(meaning.problem.message, meaning.problem.range);
  const reads = readsOf(meaning);
  const apartNames = new Set([...copies.values()].map(({ object }) => formatObjectName(object)));
  return {
    bound: apartCopy,
    repeats,
    references: [...copies].map(([id, { object }]) => ({
      reference: own.get(id)!,
      names: (names.get(id) ?? []).map(({ as, ...name }) => ({
        ...name,
        reads: reads.get(formatColumn({ object, column: as }))?.reads ?? [],
      })),
      others: (column) => reads.get(formatColumn({ object, column }))?.reads ?? [],
    })),
    elsewhere: new Map(
      [...reads].filter(([, { column }]) => !apartNames.has(formatObjectName(column.object))),
    ),
  };
}

/** The column of a reference that a name means; null if something else is made of it on the way. */
function originOf(
  meant: ReadonlyMap<BoundColumnReference, { readonly relation: RelationId; readonly index: number }>,
  passing: ReadonlyMap<RelationId, Passing>,
  node: BoundColumnReference,
) {
  const through: PassedOn[] = [];
  let at = meant.get(node)!;
  for (;;) {
    const query = passing.get(at.relation);
    if (query === undefined) return { ...at, through };
    const output = query.outputs[at.index];
    const expression = output?.expression;
    if (output === undefined || expression?.kind !== 'column') return null;
    through.push({ passing: query, relation: at.relation, output: { ...output, expression } });
    at = meant.get(expression)!;
  }
}

const AS_TABLE = {
  kind: 'table',
  objectType: 'table',
  travel: [],
  key: null,
  changes: false,
  target: false,
} as const satisfies Partial<AnyBoundNode>;
