import { bind } from '../bind/index.ts';
import { type Bound, type Floor, type Reading, treatment } from '../bound/index.ts';
import type { Catalog, ResolutionContext } from '../catalog.ts';
import { budgetFor } from '../budget.ts';
import { flowOf } from '../flow/index.ts';
import { formatColumn } from '../object-name.ts';
import { parse } from '../parse.ts';
import type { Understood } from '../understanding.ts';
import { overlap, readsOf } from './reads.ts';

/** What was put in the place of references, as far as it changes what is read. */
export interface Blanks {
  readonly floor: Floor;
  /** Columns that were replaced in part, or behind a view: of these it cannot be told what is left. */
  readonly unclear: ReadonlySet<string>;
}

/** More than enough: the statement as it was has been bound within its own budget. */
const STEPS = 20_000_000;

/**
 * What is sent is read once more, as if somebody else had written it: a statement of the same kind, with the same
 * columns, that reads the same of whatever is not guarded, and of what is guarded only what it may.
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
  return readFreely(was, isFree) === readFreely(is, isFree) && guardedReads(is, { floor, unclear });
}

type Read = ReturnType<typeof readsOf> extends ReadonlyMap<string, infer Value> ? Value : never;

/** How columns are read that nobody guards, in one text. */
function readFreely(meaning: Understood, isFree: (name: string, read: Read) => boolean): string {
  const outputs = meaning.outputs.map((output) =>
    ownReads({ ...meaning, outputs: [output], uses: [], flows: [] }, isFree),
  );
  return [...outputs, ownReads({ ...meaning, outputs: [] }, isFree)].join('\n');
}

function ownReads(meaning: Understood, isFree: (name: string, read: Read) => boolean): string {
  const found = [...readsOf(meaning)].flatMap(([name, read]) =>
    isFree(name, read)
      ? read.reads.map(({ reading, path }) => `${name} ${shownAs(reading)} ${JSON.stringify(path)}`)
      : [],
  );
  return [...new Set(found)].toSorted().join('; ');
}

/**
 * What a column is compared with may be a blank now: then it is used all the same, but otherwise. And what it is counted
 * with: a count of columns alone is then one of what is made of them.
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

/** Which columns cannot be told, of those that are behind what was replaced. */
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
