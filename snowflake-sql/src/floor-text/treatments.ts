import { type ColumnGuard, type Floor, readingThrough, type Step, treatment } from '../bound/index.ts';
import { familyOfType } from '../functions/index.ts';
import type { ColumnSource, Understood } from '../understanding.ts';
import { NotWrappable } from './not-wrappable.ts';
import { overlap, type Read, readsOf } from './reads.ts';
import { objectOf, type Reference } from './references.ts';

/**
 * How a column of a reference appears in the text: as itself, as a blank, or as a document with blanks at these paths.
 */
export type Column =
  | { readonly name: string; readonly as: 'itself' }
  | { readonly name: string; readonly as: 'blank' }
  | { readonly name: string; readonly as: 'parts'; readonly paths: readonly (readonly string[])[] };

/** A guarded column that a column is derived from, and how. */
interface Behind {
  readonly guard: ColumnGuard;
  readonly how: Step;
}

/**
 * How each column of a reference is read; null if all are read as themselves.
 *
 * @param viewed - the understanding of the view, if the reference is one
 * @throws NotWrappable if a column would have to be read in two ways.
 */
export function treatedColumns(
  floor: Floor,
  reference: Reference,
  types: readonly string[],
  reads: (column: string) => readonly Read[],
  viewed: Understood | null,
): readonly Column[] | null {
  if (viewed !== null) checkRows(floor, reference, viewed);
  const columns = reference.columns.map(({ name }, index): Column => {
    const behind =
      viewed === null
        ? guardsOf(floor, [{ column: { object: objectOf(reference), column: name }, how: 'direct' }])
        : guardsOf(floor, viewed.outputs[index]?.sources ?? []);
    if (behind.length === 0) return { name, as: 'itself' };
    const paths = viewed === null ? pathsOf(behind[0]!.guard, types[index] ?? '') : null;
    return treated(reference, name, behind, paths, reads(name));
  });
  return columns.every(({ as }) => as === 'itself') ? null : columns;
}

function treated(
  reference: Reference,
  name: string,
  behind: readonly Behind[],
  paths: ColumnGuard['paths'],
  reads: readonly Read[],
): Column {
  const relevant = reads.filter(({ path }) => paths === null || paths.some((own) => overlap(own, path)));
  // A blank says as well as the value whether there is one.
  const telling = relevant.filter(({ reading }) => reading !== 'counted');
  const blank = telling.find((read) => behind.some((one) => howTreated(one, read) === 'blank'));
  const token = telling.find((read) => behind.some((one) => howTreated(one, read) === 'token'));
  const raw = telling.find((read) => behind.every((one) => howTreated(one, read) === 'raw'));
  const asked = blank ?? token;
  if (raw !== undefined && asked !== undefined)
    throw new NotWrappable(
      `the column ${name} is returned whole, and also used where only a blank is allowed`,
      asked.at,
    );
  if (token !== undefined)
    throw new NotWrappable(`the column ${name} is used as a token, which has no text`, token.at);
  if (raw !== undefined) return { name, as: 'itself' };
  if (asked !== undefined && reference.kind === 'table' && reference.target)
    throw new NotWrappable(
      `the column ${name} belongs to the table that is changed, which is read in place`,
      asked.at,
    );
  return paths === null ? { name, as: 'blank' } : { name, as: 'parts', paths };
}

function howTreated({ guard, how }: Behind, { reading }: Read) {
  const through = readingThrough(reading, how);
  return through === 'counted' ? null : treatment(guard, through);
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
 * Refuses a view whose rows depend on guarded columns: that is decided inside the view, where no value can be replaced.
 */
function checkRows(floor: Floor, reference: Reference, viewed: Understood): void {
  checkReads(
    floor,
    { ...viewed, outputs: [] },
    (column) =>
      new NotWrappable(`the view ${objectOf(reference).name} uses ${column} in its definition`, reference.at),
  );
}

/** Refuses reads of guarded columns outside the references of the text, where nothing can be blanked. */
export function checkReads(
  floor: Floor,
  meaning: Understood,
  problem: (column: string) => NotWrappable,
): void {
  for (const { column, reads } of readsOf(meaning).values()) {
    const guard = floor(column);
    if (guard === null) continue;
    const isHeld = reads.some((read) =>
      ['blank', 'token'].includes(howTreated({ guard, how: 'direct' }, read) ?? ''),
    );
    if (isHeld) throw problem(column.column);
  }
}
