import {
  type ColumnGuard,
  type Floor,
  readingThrough,
  type Step,
  type Treatment,
  treatment,
} from '../bound/index.ts';
import { familyOfType } from '../functions/index.ts';
import type { ColumnSource, Understood } from '../understanding.ts';
import { NotWrappable } from './not-wrappable.ts';
import type { Occurrence } from './occurrences.ts';
import { overlap, type Read, type Reads, readsOf } from './reads.ts';
import { objectOf, type Reference } from './references.ts';
import { tokenText } from './token-text.ts';

/** What stands in the text for a column: the column, a constant, or a token of its value. */
export type Shown = 'itself' | 'blank' | 'token';

/** A column of a reference in the text. */
export interface Column {
  readonly name: string;
  readonly as: Shown;
  /** The parts that are blanks, if it is a document that is blanked in part; null if all of it is. */
  readonly paths: ColumnGuard['paths'];
  /** Where names in the text mean it in more than one way: the others, under names of their own. */
  readonly beside: readonly { readonly name: string; readonly as: Shown }[];
  /** The guarded columns that it is derived from; empty if it is not guarded. */
  readonly behind: readonly Behind[];
}

/** What the names of columns beside others begin with. */
export const BESIDE = 'sluice$';

/** A guarded column that a column is derived from, and how. */
export interface Behind {
  readonly guard: ColumnGuard;
  readonly how: Step;
}

/** How a reference is read: by the names that mean one of its columns, and otherwise, by the column's name. */
export interface ReferenceReads {
  readonly occurrences: (index: number) => readonly Occurrence[];
  readonly others: (column: string) => readonly Read[];
}

/**
 * How each column of a reference is shown.
 *
 * @param viewed - the understanding of the view, if the reference is one
 * @throws NotWrappable if one name would have to mean a column in two ways
 */
export function treatedColumns(
  floor: Floor,
  reference: Reference,
  types: readonly string[],
  reads: ReferenceReads,
  viewed: Understood | null,
): readonly Column[] {
  if (viewed !== null) checkRows(floor, reference, viewed);
  return reference.columns.map(({ name }, index): Column => {
    const behind =
      viewed === null
        ? guardsOf(floor, [{ column: { object: objectOf(reference), column: name }, how: 'direct' }])
        : guardsOf(floor, viewed.outputs[index]?.sources ?? []);
    if (behind.length === 0) return { name, as: 'itself', paths: null, beside: [], behind };
    const type = types[index] ?? '';
    const paths = viewed === null ? pathsOf(behind[0]!.guard, type) : null;
    return treated(reference, { name, index, type, behind, paths }, reads);
  });
}

interface Guarded extends Pick<Column, 'name' | 'paths' | 'behind'> {
  readonly index: number;
  readonly type: string;
}

function treated(reference: Reference, column: Guarded, { occurrences, others }: ReferenceReads): Column {
  const { name, index, type, behind, paths } = column;
  const named = occurrences(index);
  const all = [others(name), ...named.map(({ reads }) => reads)].flatMap((reads) => {
    const wanted = wantedFor(column, reads);
    return wanted === null ? [] : [wanted];
  });
  const fixed = [others(name), ...named.filter(({ canBeNamed }) => !canBeNamed).map(({ reads }) => reads)]
    .map((reads) => wantedFor(column, reads))
    .filter((wanted) => wanted !== null);
  const held = all.find(({ as }) => as !== 'itself');
  if (held !== undefined && reference.kind === 'table' && reference.target)
    throw new NotWrappable(
      `the column ${name} belongs to the table that is changed, which is read in place`,
      held.at,
    );
  const kept = fixed[0] ?? all.find(({ as }) => as === 'itself') ?? all[0];
  const contrary = fixed.find(({ as }) => as !== kept?.as);
  if (contrary !== undefined) throw inTwoWays(name, contrary.at);
  const token = all.find(({ as }) => as === 'token');
  if (token !== undefined && (paths !== null || tokenText('', type) === null))
    throw new NotWrappable(
      `the column ${name} is used as a token, and ${type || 'its type'} has none`,
      token.at,
    );
  // Nothing that tells anything is read: it may as well be a blank.
  const as = kept?.as ?? 'blank';
  const beside = [...new Set(all.map((one) => one.as))].filter((one) => one !== as);
  if (beside.length > 0 && reference.open !== null) throw inTwoWays(name, held!.at);
  return {
    name,
    as,
    paths,
    beside: beside.map((one) => ({ name: `${BESIDE}${one}_${reference.id}_${index}`, as: one })),
    behind,
  };
}

function inTwoWays(column: string, at: Read['at']): NotWrappable {
  return new NotWrappable(
    `the column ${column} is returned whole, and also used where only a blank is allowed`,
    at,
  );
}

/** How a column is to be shown to these reads, all of one place; null if they tell nothing that a blank does not. */
export function wantedFor(
  { name, behind, paths }: Pick<Column, 'name' | 'behind' | 'paths'>,
  reads: readonly Read[],
): { readonly as: Shown; readonly at: Read['at'] } | null {
  const relevant = reads.filter(({ path }) => paths === null || paths.some((own) => overlap(own, path)));
  // A blank says as well as the value whether there is one.
  const telling = relevant.filter(({ reading }) => reading !== 'counted');
  const blank = telling.find((read) => behind.some((one) => howTreated(one, read) === 'blank'));
  const token = telling.find((read) => behind.some((one) => howTreated(one, read) === 'token'));
  const raw = telling.find((read) => behind.every((one) => howTreated(one, read) === 'raw'));
  const asked = blank ?? token;
  if (raw !== undefined && asked !== undefined) throw inTwoWays(name, asked.at);
  if (blank !== undefined && token !== undefined && token !== blank)
    throw new NotWrappable(
      `the column ${name} is used as a token, and also where only a blank is allowed`,
      blank.at,
    );
  if (asked !== undefined) return { as: blank === undefined ? 'token' : 'blank', at: asked.at };
  return raw === undefined ? null : { as: 'itself', at: raw.at };
}

/** Null if the read tells nothing. */
export function howTreated({ guard, how }: Behind, { reading }: Pick<Read, 'reading'>) {
  const through = readingThrough(reading, how);
  if (through === 'counted') return null;
  const treated = treatment(guard, through);
  // A view has counted the different values: that is how many different tokens there are.
  return how === 'distinct' && treated === 'token' ? 'raw' : treated;
}

function guardsOf(floor: Floor, sources: readonly ColumnSource[]): readonly Behind[] {
  return sources.flatMap(({ column, how }) => {
    const guard = floor(column);
    return guard === null || how === 'counted' ? [] : [{ guard, how }];
  });
}

/** Paths that can be blanked in place; null for the whole column. */
function pathsOf({ paths }: ColumnGuard, type: string): ColumnGuard['paths'] {
  if (paths === null || familyOfType(type) !== 'variant' || /^ARRAY/i.test(type)) return null;
  return paths.some((path) => path.length === 0 || path[0] === '*') ? null : paths;
}

/**
 * Refuses a view whose rows depend on guarded columns in another way than by which values are equal: that is decided
 * inside the view, where nothing can be replaced. Of what tokens would tell, values tell no more there, since no text of
 * the statement meets them.
 */
function checkRows(floor: Floor, reference: Reference, viewed: Understood): void {
  const column = heldColumn(floor, readsOf({ ...viewed, outputs: [] }), ['blank']);
  if (column === null) return;
  throw new NotWrappable(
    `the view ${objectOf(reference).name} uses ${column} in its definition`,
    reference.at,
  );
}

/** Whether rows of a view depend on which values of guarded columns are equal. */
export function hasRowsByTokens(floor: Floor, viewed: Understood): boolean {
  return heldColumn(floor, readsOf({ ...viewed, outputs: [] }), ['token']) !== null;
}

/** A guarded column that is read, where nothing can be replaced, in a way that is not to be of the value. */
export function heldColumn(
  floor: Floor,
  meaning: Reads,
  held: readonly Treatment[] = ['blank', 'token'],
): string | null {
  for (const { column, reads } of meaning.values()) {
    const guard = floor(column);
    if (guard === null) continue;
    const behind = { guard, how: 'direct' } as const;
    const isHeld = reads.some((read) => {
      const treated = howTreated(behind, read);
      return treated !== null && held.includes(treated);
    });
    if (isHeld) return column.column;
  }
  return null;
}
