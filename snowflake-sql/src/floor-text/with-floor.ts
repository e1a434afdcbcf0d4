import type { Bound, BoundView, Floor } from '../bound/index.ts';
import type { Catalog, ResolutionContext } from '../catalog.ts';
import { budgetFor } from '../budget.ts';
import { flowOf } from '../flow/index.ts';
import { formatColumn, formatObjectName, type ObjectName } from '../object-name.ts';
import type { ParsedStatement } from '../parse.ts';
import type { SourceRange } from '../source-range.ts';
import type { Understood } from '../understanding.ts';
import { quotedIdentifier } from '../sql-text.ts';
import { columnText } from './blank-text.ts';
import { applied, type Edit, type Place, placesIn, renamed, shortened } from './edits.ts';
import { NotWrappable } from './not-wrappable.ts';
import { readsOf } from './reads.ts';
import { copied, objectOf, type Reference, referencesOf, tellApart, typesOf } from './references.ts';
import { isSame, unclearColumns } from './same.ts';
import { checkReads, type Column, treatedColumns } from './treatments.ts';

/** The text of a statement that reads guarded columns only as the floor allows, or why there is no such text. */
export type FloorText =
  | { readonly sql: string; readonly replaced: readonly Replaced[] }
  | { readonly notWrappable: string; readonly range: SourceRange };

/** A table or view at one place in the text, and its columns that are blanks there. */
export interface Replaced {
  readonly object: ObjectName;
  /** In the original text. */
  readonly range: SourceRange;
  readonly blanked: readonly string[];
}

/**
 * Applies the floor for a warehouse that runs Snowflake's own SQL. Each table or view with guarded columns is replaced
 * by a query of it with the same columns, in which the guarded ones are constants (NULL stays NULL). Statements that
 * cannot be written this way are not wrappable: for example, if one reference both passes a column whole and uses it,
 * if a column is needed as a token, or if it belongs to the table that is changed. Pure; never throws.
 */
export function withFloor(
  parsed: Pick<ParsedStatement, 'source'>,
  bound: Bound,
  floor: Floor,
  catalog: Catalog,
  context: ResolutionContext,
): FloorText {
  try {
    // When the view is read, its text is analysed under the floor of its reader.
    if (bound.kind.name === 'create_view') return { sql: parsed.source, replaced: [] };
    if ('inner' in bound.statement && bound.statement.inner.length > 0)
      throw new NotWrappable('statements nested in another', bound.range);
    const blanked = blankedReferences(bound, floor, catalog);
    const place = placesIn(bound.tree, parsed.source);
    checkKind(bound, blanked);
    const wrapped = blanked.map(({ reference, columns }) =>
      wrap(parsed.source, reference, columns, catalog, place(reference)),
    );
    const named = wrapped.filter(({ isNamed }) => isNamed).map(({ reference }) => reference);
    checkNames(bound, named);
    // A qualifier inside a replaced range is replaced with it.
    const isOutside = ({ start, end }: Edit) =>
      !wrapped.some(({ edit }) => edit.start <= start && end <= edit.end);
    const edits = [...wrapped.map(({ edit }) => edit), ...shortened(bound, named).filter(isOutside)];
    const sql = applied(parsed.source, [...edits, ...renamed(bound, edits)]);
    const blanks = { floor, unclear: unclearColumns(blanked.map(unclearOf)) };
    if (blanked.length > 0 && !isSame(sql, bound, blanks, catalog, context))
      throw new NotWrappable('with blanks, the text would not mean the same', bound.range);
    const replaced = wrapped.map(({ reference, edit, blanks }) => ({
      object: objectOf(reference),
      range: { start: edit.start, end: edit.end },
      blanked: blanks,
    }));
    return { sql, replaced };
  } catch (thrown) {
    if (thrown instanceof NotWrappable) return { notWrappable: thrown.message, range: thrown.range };
    // Too deep to copy, or a defect of this package: in both cases there is no text to send.
    return { notWrappable: 'the statement could not be wrapped', range: bound.range };
  }
}

interface Blanked {
  readonly reference: Reference;
  readonly columns: readonly Column[];
  /** The understanding of the view, if the reference is one. */
  readonly viewed: Understood | null;
}

/** A document with blanks in some parts is still read in every part, and so are the columns that CHANGES adds. */
function unclearOf({ reference, columns, viewed }: Blanked) {
  const object = objectOf(reference);
  const isOpen = reference.open !== null;
  const parts = columns.filter(({ as }) => isOpen || as === 'parts');
  return { columns: parts.map(({ name }) => formatColumn({ object, column: name })), viewed };
}

function blankedReferences(bound: Bound, floor: Floor, catalog: Catalog): readonly Blanked[] {
  const { bound: apart, references } = tellApart(bound, catalog);
  const meaning = meaningOf(apart);
  const reads = readsOf(meaning);
  checkReads(
    (column) => (references.has(formatObjectName(column.object)) ? null : floor(column)),
    meaning,
    (column) => new NotWrappable(`an earlier statement's ${column} is used`, bound.range),
  );
  const views = new Map<BoundView, Understood | null>();
  const viewed = (view: BoundView) => {
    if (!views.has(view)) views.set(view, view.query === null ? null : meaningOf(copied(bound, view.query)));
    return views.get(view) ?? null;
  };
  const own = new Map(referencesOf(bound.statement).map((reference) => [reference.id, reference]));
  return [...references].flatMap(([key, { id }]) => {
    const reference = own.get(id)!;
    const types = reference.kind === 'table' ? reference.types : typesOf(catalog, reference.view.object);
    const object = nameOf(references, key);
    const meaningOfView = reference.kind === 'view' ? viewed(reference.view) : null;
    const columns = treatedColumns(
      floor,
      reference,
      types,
      (column) => reads.get(formatColumn({ object, column }))?.reads ?? [],
      meaningOfView,
    );
    // The target of a change is read in place; `treatedColumns` has checked whether that is allowed.
    const isTarget = reference.kind === 'table' && reference.target;
    return columns === null || isTarget ? [] : [{ reference, columns, viewed: meaningOfView }];
  });
}

function nameOf(references: ReadonlyMap<string, Reference>, key: string): ObjectName {
  const reference = references.get(key)!;
  const object = objectOf(reference);
  return { ...object, name: `${object.name}\0${reference.id}` };
}

function meaningOf(bound: Bound): Understood {
  const meaning = flowOf(bound, budgetFor(0));
  if (!meaning.understood) throw new NotWrappable(meaning.problem.message, meaning.problem.range);
  return meaning;
}

const KINDS: readonly Bound['statement']['kind'][] = [
  'query',
  'insert',
  'multi_insert',
  'update',
  'delete',
  'merge',
  'unload',
  'set',
];

/** Refuses statements that store a query for later, because they would store the blanks. */
function checkKind({ statement, kind, range }: Bound, blanked: readonly Blanked[]): void {
  if (blanked.length === 0 || KINDS.includes(statement.kind) || kind.name === 'create_table') return;
  throw new NotWrappable(`a ${kind.name.replaceAll('_', ' ')} of blanks`, range);
}

function wrap(
  source: string,
  reference: Reference,
  columns: readonly Column[],
  catalog: Catalog,
  { start, end, called, hasAlias, columns: given, changes }: Place,
) {
  const types = typesOf(catalog, objectOf(reference));
  const list = [
    // In the replacing query, an alias has already named the columns.
    ...columns.map((column, index) =>
      columnText({ ...column, name: given[index] ?? column.name }, types[index] ?? ''),
    ),
    ...(changes ? ['METADATA$ACTION', 'METADATA$ISUPDATE', 'METADATA$ROW_ID'] : []),
  ];
  const alias = called === null ? '' : ` AS ${called}`;
  const text = `(SELECT ${list.join(', ')} FROM ${source.slice(start, end)})${alias}`;
  return {
    reference,
    edit: { start, end, text },
    isNamed: called !== null && !hasAlias,
    blanks: columns.filter(({ as }) => as !== 'itself').map(({ name }) => name),
  };
}

/** Without its schema, a name could refer to another table of the same name. */
function checkNames({ statement }: Bound, named: readonly Reference[]): void {
  const all = referencesOf(statement);
  for (const reference of named) {
    const { name } = objectOf(reference);
    const other = all.find(
      (one) =>
        objectOf(one).name === name &&
        formatObjectName(objectOf(one)) !== formatObjectName(objectOf(reference)),
    );
    if (other !== undefined)
      throw new NotWrappable(
        `two tables are called ${quotedIdentifier(name)} once they are replaced`,
        reference.at,
      );
  }
}
