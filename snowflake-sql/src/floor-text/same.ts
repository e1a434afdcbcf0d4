import { bind } from '../bind/index.ts';
import { type Bound, type Floor, type Reading, treatment } from '../bound/index.ts';
import type { Catalog, ResolutionContext } from '../catalog.ts';
import { budgetFor } from '../budget.ts';
import { flowOf } from '../flow/index.ts';
import { formatColumn } from '../object-name.ts';
import { parse } from '../parse.ts';
import type { Understood } from '../understanding.ts';
import { overlap, readsOf } from './reads.ts';

/** How the replaced references affect what is read. */
export interface Blanks {
  readonly floor: Floor;
  /**
   * Columns that were replaced in part, or that are behind a replaced view: it is not known how much of them is still
   * read.
   */
  readonly unclear: ReadonlySet<string>;
}

/** More than enough: the original statement was bound within its own budget. */
export const STEPS = 20_000_000;

/**
 * Checks the text to send by analysing it again, as if a client had written it. It must be a statement of the same kind
 * with the same columns, read unguarded columns as before, and read guarded ones only as the floor allows.
 */
export function isSame(
  sql: string,
  before: Bound,
  { floor, unclear }: Blanks,
  catalog: Catalog,
  context: ResolutionContext,
): boolean {
  const parsed = parse(sql);
  const after = parsed.outcome === 'parsed' ? bind(parsed, catalog, context, { left: STEPS }).bound : null;
  if (after === null || after.kind.name !== before.kind.name || columnsOf(after) !== columnsOf(before))
    return false;
  const [was, is] = [before, after].map((bound) => flowOf(bound, budgetFor(0)));
  if (!was?.understood || !is?.understood) return false;
  const isFree = (name: string, reading: Read) => !unclear.has(name) && floor(reading.column) === null;
  const mixed = was.outputs.map((output) =>
    [...readsOf(alone(was, output))].some(([name, read]) => !isFree(name, read)),
  );
  const isAsBefore = readFreely(was, isFree, mixed) === readFreely(is, isFree, mixed);
  return isAsBefore && guardedReads(is, { floor, unclear });
}

type Read = ReturnType<typeof readsOf> extends ReadonlyMap<string, infer Value> ? Value : never;

/**
 * How a text reads the columns that are not guarded.
 *
 * @param mixed - the outputs in which a guarded column stands beside others (UNION, COALESCE): a blank is a value of the text's own,
 * and what stands beside such a one counts as an expression
 */
function readFreely(
  meaning: Understood,
  isFree: (name: string, read: Read) => boolean,
  mixed: readonly boolean[],
): string {
  const outputs = meaning.outputs.map((output, place) =>
    ownReads(alone(meaning, output), isFree, mixed[place] === true),
  );
  return [...outputs, ownReads({ ...meaning, outputs: [] }, isFree, false)].join('\n');
}

function alone(meaning: Understood, output: Understood['outputs'][number]): Understood {
  return { ...meaning, outputs: [output], uses: [], flows: [] };
}

function ownReads(
  meaning: Understood,
  isFree: (name: string, read: Read) => boolean,
  isMixed: boolean,
): string {
  const readingOf = (reading: Reading) => (isMixed && reading === 'direct' ? 'expression' : reading);
  const found = [...readsOf(meaning)].flatMap(([name, read]) =>
    isFree(name, read)
      ? read.reads.map(
          ({ reading, path }) => `${name} ${shownAs(readingOf(reading))} ${JSON.stringify(path)}`,
        )
      : [],
  );
  return [...new Set(found)].toSorted().join('; ');
}

/**
 * The value that a column is compared with may now be a blank; the column is then still used, but in another way. The
 * same holds for a count: if a counted column is now a blank, the count is an aggregate of expressions.
 */
function shownAs(reading: Reading): Reading {
  if (reading === 'counted') return 'aggregate';
  return reading === 'join' || reading === 'group' ? 'use' : reading;
}

function guardedReads(meaning: Understood, { floor, unclear }: Blanks): boolean {
  return [...readsOf(meaning)].every(([name, { column, reads }]) => {
    const guard = floor(column);
    if (guard === null || unclear.has(name)) return true;
    return reads
      .filter(({ path }) => guard.paths === null || guard.paths.some((own) => overlap(own, path)))
      .every(({ reading }) => reading === 'counted' || treatment(guard, reading) === 'raw');
  });
}

export function columnsOf({ statement }: Bound): string {
  switch (statement.kind) {
    case 'query':
      return namesOf(statement.columns);
    case 'create':
      return namesOf(statement.query?.columns ?? []);
    case 'insert':
    case 'unload':
      return namesOf(statement.source.columns);
    default:
      return '';
  }
}

function namesOf(columns: readonly { readonly name: string }[]): string {
  return JSON.stringify(columns.map(({ name }) => name));
}

/** Columns whose reads are unclear, because they are behind replaced references. */
export function unclearColumns(
  blanked: readonly { readonly columns: readonly string[]; readonly viewed: Understood | null }[],
): ReadonlySet<string> {
  return new Set(
    blanked.flatMap(({ columns, viewed }) => [
      ...columns,
      ...(viewed === null ? [] : [...readsOf(viewed).values()].map(({ column }) => formatColumn(column))),
    ]),
  );
}
