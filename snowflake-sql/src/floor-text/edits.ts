import type { Bound, BoundOutput } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import type { ColumnReference, Relation, SelectItem, Star, TableRelation } from '../tree/query.ts';
import type { Statement } from '../tree/statements.ts';
import { quoted } from './blank-text.ts';
import { NotWrappable } from './not-wrappable.ts';
import { nodesOf, objectOf, type Reference } from './references.ts';

/** A piece of a text, and what comes in its place. */
export interface Edit extends SourceRange {
  readonly text: string;
}

/** Where a reference stands in the text, and what it is called there. */
export interface Place extends SourceRange {
  /** The alias as written, or the object's own name; null where it has none. */
  readonly called: string | null;
  readonly hasAlias: boolean;
  /** Names that an alias gives to the first columns. */
  readonly columns: readonly string[];
  /** Of CHANGES: columns beside those of the table. */
  readonly changes: boolean;
}

/** Where references stand, by the place of their names. */
export function placesIn(tree: Statement, source: string): (reference: Reference) => Place {
  const places = new Map<number, Place>();
  const nodes = nodesOf(tree);
  const inputs = new Set(nodes.flatMap((node) => ('input' in node ? [node.input] : [])));
  for (const node of nodes) {
    if (!isTable(node)) continue;
    const { start, end, alias, changes, name } = node;
    const called = alias === null ? null : source.slice(alias.name.start, alias.name.end);
    places.set(name.start, {
      start,
      end,
      // Before PIVOT and its kin nothing but an alias can be named.
      called: called ?? (inputs.has(node) ? null : ''),
      hasAlias: alias !== null,
      columns: alias?.columns.map((column) => column.name) ?? [],
      changes: changes !== null,
    });
  }
  if (tree.kind === 'copy_into_location' && tree.source.kind !== 'query') {
    const { start, end } = tree.source;
    places.set(start, { start, end, called: null, hasAlias: false, columns: [], changes: false });
  }
  return (reference) => {
    const place = places.get(reference.at.start);
    if (place === undefined)
      throw new NotWrappable(
        `nothing can stand in the place of ${objectOf(reference).name} here`,
        reference.at,
      );
    return place.called === '' ? { ...place, called: quoted(objectOf(reference).name) } : place;
  };
}

/**
 * A name that stood for itself stands for an alias now, which has no schema: `s.t.c` becomes `t.c`, where `t` is what
 * was replaced.
 */
export function shortened(bound: Bound, replaced: readonly Reference[]): readonly Edit[] {
  const names = new Set(replaced.map((reference) => objectOf(reference).name));
  return nodesOf(bound.tree).flatMap((node): Edit[] => {
    const parts = isColumn(node)
      ? node.parts.slice(0, -1)
      : isStar(node) && node.qualifier !== null
        ? node.qualifier.parts
        : [];
    const last = parts.at(-1);
    if (parts.length < 2 || last === undefined || !names.has(last.name)) return [];
    return [{ start: parts[0]!.start, end: last.start, text: '' }];
  });
}

/** An output is called by its text: where that changes, it gets the name that it had. */
export function renamed(bound: Bound, edits: readonly Edit[]): readonly Edit[] {
  const names = new Map(
    nodesOf(bound.statement)
      .filter(isOutput)
      .map(({ at, name }) => [at.start, name]),
  );
  return nodesOf(bound.tree)
    .filter(isSelectItem)
    .filter(({ alias, expression }) => alias === null && expression.kind !== 'column')
    .filter(({ start, end }) => edits.some((edit) => edit.start >= start && edit.end <= end))
    .flatMap(({ start, end }) => {
      const name = names.get(start);
      return name === undefined ? [] : [{ start: end, end, text: ` AS ${quoted(name)}` }];
    });
}

/** One reference may stand inside another's argument: the outer text is made of the inner one. */
export function applied(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    if (edit.start < at) throw new NotWrappable('references inside of each other', edit);
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}

type Node = Readonly<Record<'kind', unknown>>;

function hasKind(node: object): node is Node {
  return 'kind' in node;
}

function isTable(node: object): node is TableRelation {
  return hasKind(node) && node.kind === ('table' satisfies Relation['kind']) && 'travel' in node;
}

function isColumn(node: object): node is ColumnReference {
  return hasKind(node) && node.kind === 'column' && 'parts' in node;
}

function isStar(node: object): node is Star {
  return hasKind(node) && node.kind === 'star' && 'qualifier' in node;
}

function isSelectItem(node: object): node is SelectItem {
  return hasKind(node) && node.kind === 'select_item';
}

function isOutput(node: object): node is BoundOutput {
  return 'expression' in node && 'named' in node && 'at' in node;
}
