import { type AnyBoundNode, type Bound, type BoundOutput, walkBound } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import type { AnyNode } from '../tree/any-node.ts';
import type { Identifier } from '../tree/names.ts';
import type { Statement } from '../tree/statements.ts';
import { walk } from '../tree/walk.ts';
import { quoted } from './blank-text.ts';
import { NotWrappable } from './not-wrappable.ts';
import { objectOf, OWN_TEXT, type Reference } from './references.ts';

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
  const nodes = [...walk(tree)];
  const inputs = new Set<AnyNode>(nodes.flatMap((node) => ('input' in node ? [node.input] : [])));
  for (const node of nodes) {
    if (node.kind !== 'table') continue;
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
  return [...walk(bound.tree)].flatMap((node): Edit[] => {
    const parts = qualifierOf(node);
    const last = parts.at(-1);
    if (parts.length < 2 || last === undefined || !names.has(last.name)) return [];
    return [{ start: parts[0]!.start, end: last.start, text: '' }];
  });
}

function qualifierOf(node: AnyNode): readonly Identifier[] {
  if (node.kind === 'column') return node.parts.slice(0, -1);
  return node.kind === 'star' ? (node.qualifier?.parts ?? []) : [];
}

/** An output is called by its text: where that changes, it gets the name that it had. */
export function renamed(bound: Bound, edits: readonly Edit[]): readonly Edit[] {
  const names = new Map(
    [...walkBound(bound.statement, OWN_TEXT)].flatMap(outputsOf).map(({ at, name }) => [at.start, name]),
  );
  return [...walk(bound.tree)]
    .filter((node) => node.kind === 'select_item')
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

function outputsOf(node: AnyBoundNode): readonly BoundOutput[] {
  switch (node.kind) {
    case 'select':
      return node.outputs;
    case 'columns':
      return node.columns;
    case 'pivot':
      return node.aggregates;
    case 'match_recognize':
      return node.measures;
    default:
      return [];
  }
}
