import { groupedBy } from '../grouped-by.ts';
import type { Bound, BoundView, Floor } from '../bound/index.ts';
import { budgetFor } from '../budget.ts';
import type { Catalog } from '../catalog.ts';
import { flowOf } from '../flow/index.ts';
import { walk } from '../tree/walk.ts';
import type { Understood } from '../understanding.ts';
import { type Named, namedAs } from './named.ts';
import { NotWrappable } from './not-wrappable.ts';
import { type Occurrence, occurrenceOf } from './occurrences.ts';
import { copied, type Reference, typesOf } from './references.ts';
import { tellApart, type ToldApart } from './told-apart.ts';
import { type Column, hasRowsByTokens, heldColumn, treatedColumns } from './treatments.ts';

/** A reference to something with guarded columns. */
export interface ShownReference {
  readonly reference: Reference;
  readonly columns: readonly Column[];
  /** The understanding of the view, if the reference is one. */
  readonly viewed: Understood | null;
  /** Whether a column of it is not itself somewhere in the text. */
  readonly isReplaced: boolean;
  /** Whether it is a view whose rows depend on which values are equal. */
  readonly isByTokens: boolean;
}

/** How each reference of a statement is shown, and what each name is to mean that means a guarded column. */
export function shownReferences(
  bound: Bound,
  floor: Floor,
  catalog: Catalog,
): {
  readonly shown: readonly ShownReference[];
  readonly apart: ToldApart;
  readonly named: readonly Named[];
} {
  const views = new Map<BoundView, Understood | null>();
  const viewedIn = (reference: Reference) => {
    if (reference.kind !== 'view') return null;
    const { view } = reference;
    if (!views.has(view)) views.set(view, view.query === null ? null : meaningOf(copied(bound, view.query)));
    return views.get(view) ?? null;
  };
  const isGuarded = (reference: Reference, index: number) => {
    const sources =
      reference.kind === 'table'
        ? [{ column: { object: reference.object, column: reference.columns[index]?.name ?? '' } }]
        : (viewedIn(reference)?.outputs[index]?.sources ?? []);
    return sources.some(({ column }) => floor(column) !== null);
  };
  const apart = tellApart(bound, catalog, isGuarded);
  const earlier = heldColumn(floor, apart.elsewhere);
  if (earlier !== null) throw new NotWrappable(`an earlier statement's ${earlier} is used`, bound.range);
  const texts = new Map(
    [...walk(bound.tree)]
      .filter((node) => node.kind === 'column')
      .map((node) => [`${node.start}:${node.end}`, node] as const),
  );
  const named: Named[] = [];
  const shown = apart.references.flatMap(({ reference, names, others }): readonly ShownReference[] => {
    const occurrences = names.map((name) =>
      occurrenceOf(name, apart.repeats.of(name.node) ?? null, (start, end) => texts.get(`${start}:${end}`)),
    );
    const byIndex = groupedBy(occurrences, ({ index }) => index);
    const viewed = viewedIn(reference);
    const types = reference.kind === 'table' ? reference.types : typesOf(catalog, reference.view.object);
    const reads = { others, occurrences: (index: number): readonly Occurrence[] => byIndex.get(index) ?? [] };
    const columns = treatedColumns(floor, reference, types, reads, viewed);
    named.push(
      ...occurrences.flatMap((one) => {
        const column = columns[one.index];
        return column === undefined ? [] : [namedAs(one, column)];
      }),
    );
    const isByTokens = viewed !== null && hasRowsByTokens(floor, viewed);
    // The target of a change is read in place; `treatedColumns` has checked whether that is allowed.
    const isTarget = reference.kind === 'table' && reference.target;
    if (isTarget || (!isByTokens && columns.every(({ behind }) => behind.length === 0))) return [];
    const isReplaced = columns.some(({ as, beside }) => as !== 'itself' || beside.length > 0);
    return [{ reference, columns, viewed, isReplaced, isByTokens }];
  });
  return { shown, apart, named };
}

function meaningOf(bound: Bound): Understood {
  const meaning = flowOf(bound, budgetFor(0));
  if (!meaning.understood) throw new NotWrappable(meaning.problem.message, meaning.problem.range);
  return meaning;
}
