import type { Bound, Floor } from '../bound/index.ts';
import type { Catalog, ResolutionContext } from '../catalog.ts';
import { formatColumn, formatObjectName } from '../object-name.ts';
import type { ParsedStatement } from '../parse.ts';
import { quotedIdentifier } from '../sql-text.ts';
import { columnText } from './blank-text.ts';
import { applied, type Edit, type Place, placesIn, renamed, shortened } from './edits.ts';
import { nameEdits, type NameEdits } from './name-edits.ts';
import type { Named } from './named.ts';
import { NotWrappable } from './not-wrappable.ts';
import { passedOn } from './passed-edits.ts';
import { objectOf, type Reference, referencesOf, typesOf } from './references.ts';
import type { FloorText } from './floor-text.ts';
import { isSame, unclearColumns } from './same.ts';
import { readsAsAllowed, type StandIn, standInName } from './stand-ins.ts';
import { rememberedText } from './remembered-text.ts';
import { starEdits } from './stars.ts';
import { type ShownReference, shownReferences } from './shown-references.ts';
import { SALT_MARK, withSaltNamed } from './token-text.ts';
import { BESIDE, type Column } from './treatments.ts';

/**
 * Applies the floor for a warehouse that runs Snowflake's own SQL. Each table or view with guarded columns is replaced
 * by a query of it with the same columns, in which the guarded ones are constants or tokens (NULL stays NULL). Where some names
 * mean the value and others a constant or a token, those are columns beside it, and the names are replaced. Statements that
 * cannot be written this way are not wrappable: for example, if one name stands for both, if a type has no tokens, or
 * if the column belongs to the table that is changed. Never throws.
 */
export function withFloor(
  parsed: Pick<ParsedStatement, 'source'>,
  bound: Bound,
  floor: Floor,
  catalog: Catalog,
  context: ResolutionContext,
): FloorText {
  return rememberedText(bound, floor, (watched) => made(parsed.source, bound, watched, catalog, context));
}

function made(
  source: string,
  bound: Bound,
  floor: Floor,
  catalog: Catalog,
  context: ResolutionContext,
): FloorText {
  try {
    // When the view is read, its text is analysed under the floor of its reader.
    if (bound.kind.name === 'create_view') return { sql: source, salts: [], replaced: [] };
    if ('inner' in bound.statement && bound.statement.inner.length > 0)
      throw new NotWrappable('statements nested in another', bound.range);
    return floorText(source, bound, floor, catalog, context);
  } catch (thrown) {
    if (thrown instanceof NotWrappable) return { notWrappable: thrown.message, range: thrown.range };
    // Too deep to copy, or a defect of this package: in both cases there is no text to send.
    return { notWrappable: 'the statement could not be wrapped', range: bound.range };
  }
}

function floorText(
  source: string,
  bound: Bound,
  floor: Floor,
  catalog: Catalog,
  context: ResolutionContext,
): FloorText {
  const { shown, apart, named } = shownReferences(bound, floor, catalog);
  const replaced = shown.filter(({ isReplaced }) => isReplaced);
  if (replaced.length === 0) return { sql: source, salts: [], replaced: [] };
  checkKind(bound, replaced);
  const place = placesIn(bound.tree, source);
  const names = nameEdits(source, apart.bound.statement, named, apart.repeats);
  const besideOf = new Map(
    replaced.flatMap(({ reference, columns }) => {
      const beside = columns.flatMap((column) => column.beside.map(({ name }) => name));
      return beside.length === 0 ? [] : [[reference.id, beside] as const];
    }),
  );
  // An alias of the client's could be taken for a column beside others.
  if (besideOf.size > 0 && source.toLowerCase().includes(BESIDE))
    throw new NotWrappable(`names with ${BESIDE}, which the relay uses here`, bound.range);
  const passed = passedOn(source, bound.tree, named);
  const hiddenIn = new Map([...besideOf, ...passed.added]);
  const stars = starEdits(bound.tree, apart.bound.statement, hiddenIn);
  const wrapped = replaced.map((one) => wrap(source, one, catalog, place(one.reference)));
  const own = { ...names, stars, passed: passed.edits };
  const marked = madeText(source, bound, wrapped, own);
  const hasTokens = marked.includes(SALT_MARK);
  if (hasTokens && source.includes(SALT_MARK))
    throw new NotWrappable('a NUL character beside tokens', bound.range);
  const { sql, salts } = hasTokens ? withSaltNamed(marked) : { sql: marked, salts: [] };
  const blanks = { floor, unclear: unclearColumns(replaced.map(unclearOf)) };
  const needsStandIns = hasTokens || besideOf.size > 0 || shown.some(({ isByTokens }) => isByTokens);
  const isKept = isSame(sql, bound, blanks, catalog, context) && (!needsStandIns || standInsAreKept());
  if (!isKept) throw new NotWrappable('with blanks, the text would not mean the same', bound.range);
  return {
    sql,
    salts,
    replaced: wrapped.map(({ reference, edit, blanked, tokens }) => ({
      object: objectOf(reference),
      range: { start: edit.start, end: edit.end },
      blanked,
      tokens,
    })),
  };

  function standInsAreKept(): boolean {
    const standIns = shown.map((one) => {
      const at = place(one.reference);
      return { ...at, reference: one.reference, standIn: standInOf(one, at, names, named, catalog) };
    });
    const edits = standIns.map(({ start, end, called, hasAlias, reference, standIn }) => ({
      reference,
      isNamed: called !== null && !hasAlias,
      edit: { start, end, text: `${standInName(standIn)}${called === null ? '' : ` AS ${called}`}` },
    }));
    const text = madeText(source, bound, edits, own);
    return readsAsAllowed(
      text,
      standIns.map(({ standIn }) => standIn),
      catalog,
      context,
    );
  }
}

interface Edited {
  readonly reference: Reference;
  readonly edit: Edit;
  /** Whether the reference is called by its object's name. */
  readonly isNamed: boolean;
}

function madeText(
  source: string,
  bound: Bound,
  references: readonly Edited[],
  {
    edits: names,
    stars,
    passed,
  }: NameEdits & { readonly stars: readonly Edit[]; readonly passed: readonly Edit[] },
): string {
  const named = references.filter(({ isNamed }) => isNamed).map(({ reference }) => reference);
  checkNames(bound, named);
  // A qualifier inside a replaced range is replaced with it.
  const isOutside = ({ start, end }: Edit) =>
    ![...references.map(({ edit }) => edit), ...names].some((edit) => edit.start <= start && end <= edit.end);
  const replaced = [...references.map(({ edit }) => edit), ...names, ...stars];
  const edits = [...replaced, ...shortened(bound, named).filter(isOutside)];
  return applied(source, [...edits, ...renamed(bound, edits, names), ...passed]);
}

/** What was replaced in part, or has open columns, is still read in all parts, and so are the columns that CHANGES adds. */
function unclearOf({ reference, columns, viewed }: ShownReference) {
  const object = objectOf(reference);
  const isOpen = reference.open !== null;
  const unclear = columns.filter(
    ({ as, paths, beside }) =>
      isOpen || as === 'token' || beside.length > 0 || (as === 'blank' && paths !== null),
  );
  return { columns: unclear.map(({ name }) => formatColumn({ object, column: name })), viewed };
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

/** Refuses statements that store a query for later, because they would store what stands in for values. */
function checkKind({ statement, kind, range }: Bound, replaced: readonly ShownReference[]): void {
  if (replaced.length === 0 || KINDS.includes(statement.kind) || kind.name === 'create_table') return;
  throw new NotWrappable(`a ${kind.name.replaceAll('_', ' ')} of blanks`, range);
}

function standInOf(
  { reference, columns }: ShownReference,
  { columns: given }: Place,
  { carried }: NameEdits,
  named: readonly Named[],
  catalog: Catalog,
): StandIn {
  return {
    id: reference.id,
    columns,
    types: typesOf(catalog, objectOf(reference)),
    given,
    carried: new Set(
      named
        .filter(({ node, column }) => columns.includes(column) && carried.has(node))
        .map(({ column }) => column.name),
    ),
  };
}

function wrap(
  source: string,
  { reference, columns }: ShownReference,
  catalog: Catalog,
  { start, end, called, hasAlias, columns: given, changes }: Place,
) {
  const types = typesOf(catalog, objectOf(reference));
  const texts = columns.map((column, index) =>
    // In the replacing query, an alias has already named the columns.
    columnText({ ...column, name: given[index] ?? column.name }, types[index] ?? ''),
  );
  const beside = texts.flatMap((text) => text.beside);
  // What is made of all columns of a table would have those, too.
  if (beside.length > 0 && (called === null || changes))
    throw new NotWrappable('a column that is both returned and used, in this place', { start, end });
  const list = [
    ...texts.map(({ own }) => own),
    ...(changes ? ['METADATA$ACTION', 'METADATA$ISUPDATE', 'METADATA$ROW_ID'] : []),
    ...beside,
  ];
  const alias = called === null ? '' : ` AS ${called}`;
  const text = `(SELECT ${list.join(', ')} FROM ${source.slice(start, end)})${alias}`;
  const shownAs = (shown: Column['as']) =>
    columns
      .filter(({ as, beside: others }) => as === shown || others.some((one) => one.as === shown))
      .map(({ name }) => name);
  return {
    reference,
    edit: { start, end, text },
    isNamed: called !== null && !hasAlias,
    blanked: shownAs('blank'),
    tokens: shownAs('token'),
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
