import { type AnyBoundNode, type Bound, type BoundOutput, walkBound } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import type { AnyNode } from '../tree/any-node.ts';
import type { Identifier } from '../tree/names.ts';
import type { Statement } from '../tree/statements.ts';
import { walk } from '../tree/walk.ts';
import { quotedIdentifier } from '../sql-text.ts';
import { NotWrappable } from './not-wrappable.ts';
import { objectOf, OWN_TEXT, type Reference } from './references.ts';

/** A range of a text and its replacement. */
export interface Edit extends SourceRange {
  readonly text: string;
}

/** The range of a reference in the text, and its name there. */
export interface Place extends SourceRange {
  /** The alias as written, or the object's own name; null if it has no name. */
  readonly called: string | null;
  readonly hasAlias: boolean;
  /** The names that an alias gives to the first columns. */
  readonly columns: readonly string[];
  /** Whether the reference has CHANGES, which adds columns to those of the table. */
  readonly changes: boolean;
}

/** The places of references, found by the start of their names. */
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
      // Before PIVOT and similar clauses, only an alias can be referred to.
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
      throw new NotWrappable(`${objectOf(reference).name} cannot be replaced here`, reference.at);
    return place.called === '' ? { ...place, called: quotedIdentifier(objectOf(reference).name) } : place;
  };
}

/**
 * Column qualifiers that named a table now name an alias, which has no schema: `s.t.c` becomes `t.c` if `t` was
 * replaced.
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

/**
 * An output without an alias is named after its text: if that changes, it is given its former name as an alias.
 *
 * @param names - edits by which a name means another column
 */
export function renamed(bound: Bound, edits: readonly Edit[], names: readonly Edit[]): readonly Edit[] {
  const outputs = new Map(
    [...walkBound(bound.statement, OWN_TEXT)].flatMap(outputsOf).map(({ at, name }) => [at.start, name]),
  );
  return [...walk(bound.tree)]
    .filter((node) => node.kind === 'select_item')
    .filter(({ alias }) => alias === null)
    .filter(({ start, end, expression }) =>
      // A column keeps its name where its qualifier alone has changed.
      (expression.kind === 'column' ? names : edits).some((edit) => edit.start >= start && edit.end <= end),
    )
    .flatMap(({ start, end }) => {
      const name = outputs.get(start);
      return name === undefined ? [] : [{ start: end, end, text: ` AS ${quotedIdentifier(name)}` }];
    });
}

/**
 * Applies edits to a text.
 * @throws NotWrappable if they overlap, as when one reference is in another's argument
 */
export function applied(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    if (edit.start < at) throw new NotWrappable('nested references', edit);
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
