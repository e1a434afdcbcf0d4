import { bind } from '../bind/index.ts';
import { budgetFor } from '../budget.ts';
import type { Catalog, CatalogTable, ResolutionContext } from '../catalog.ts';
import { flowOf } from '../flow/index.ts';
import type { ObjectName } from '../object-name.ts';
import { parse } from '../parse.ts';
import { overlap, type Read, readsOf } from './reads.ts';
import { STEPS } from './same.ts';
import { quotedIdentifier } from '../sql-text.ts';
import { tokenType } from './token-text.ts';
import { type Column, howTreated, type Shown } from './treatments.ts';

/**
 * A table in the place of a reference, with a column for each that the reference shows: so the analysis tells how values, tokens
 * and blanks are used where one table has them all.
 */
export interface StandIn {
  readonly id: number;
  readonly columns: readonly Column[];
  readonly types: readonly string[];
  /** The names that an alias gives to its columns, where it does. */
  readonly given: readonly string[];
  /** Columns whose values are taken from any row of a group. */
  readonly carried: ReadonlySet<string>;
}

/** No database of an account has such a name: they are in the text that is checked, and in none that is sent. */
const PLACE = 'SLUICE$STAND_INS';

export function standInName({ id }: StandIn): string {
  return [PLACE, PLACE, String(id)].map(quotedIdentifier).join('.');
}

/**
 * Checks a text in which each reference with guarded columns is a stand-in: values are read only as the floor lets values be read,
 * and tokens only as it lets tokens be.
 */
export function readsAsAllowed(
  sql: string,
  standIns: readonly StandIn[],
  catalog: Catalog,
  context: ResolutionContext,
): boolean {
  const tables = new Map(standIns.map((one) => [String(one.id), one]));
  const withStandIns: Catalog = {
    find(name) {
      const standIn = isStandIn(name) ? tables.get(name.name) : undefined;
      return standIn === undefined ? catalog.find(name) : tableOf(name, standIn);
    },
  };
  const { mayName } = context;
  const open: ResolutionContext =
    mayName === undefined ? context : { ...context, mayName: (name) => isStandIn(name) || mayName(name) };
  const parsed = parse(sql);
  const bound = parsed.outcome === 'parsed' ? bind(parsed, withStandIns, open, { left: STEPS }).bound : null;
  const meaning = bound === null ? null : flowOf(bound, budgetFor(0));
  if (meaning === null || !meaning.understood) return false;
  return [...readsOf(meaning).values()].every(({ column: { object, column }, reads }) => {
    const standIn = isStandIn(object) ? tables.get(object.name) : undefined;
    if (standIn === undefined) return true;
    const shown = shownIn(standIn).find(({ name }) => name === column);
    return shown !== undefined && reads.every((read) => isAllowed(shown, read, standIn));
  });
}

function isStandIn({ database, schema }: ObjectName): boolean {
  return database === PLACE && schema === PLACE;
}

interface ShownColumn {
  readonly name: string;
  readonly as: Shown;
  readonly of: Column;
  readonly type: string;
}

function shownIn({ columns, types, given }: StandIn): readonly ShownColumn[] {
  const typed = (as: Shown, index: number) =>
    as === 'token' ? tokenType(types[index] ?? '') : (types[index] ?? '');
  return [
    ...columns.map((of, index) => ({
      name: given[index] ?? of.name,
      as: of.as,
      of,
      type: typed(of.as, index),
    })),
    ...columns.flatMap((of, index) =>
      of.beside.map(({ name, as }) => ({ name, as, of, type: typed(as, index) })),
    ),
  ];
}

function tableOf(name: ObjectName, standIn: StandIn): CatalogTable {
  return {
    type: 'table',
    name,
    version: '',
    columns: shownIn(standIn).map((column) => ({ name: column.name, type: column.type })),
  };
}

function isAllowed(
  { as, of: { name, paths, behind } }: ShownColumn,
  read: Read,
  { carried }: StandIn,
): boolean {
  if (as === 'blank') return true;
  if (paths !== null && !paths.some((own) => overlap(own, read.path))) return true;
  if (as === 'itself' && carried.has(name) && read.reading === 'aggregate') return true;
  const treated = behind.map((one) => howTreated(one, read));
  if (as === 'itself') return treated.every((how) => how === 'raw' || how === null);
  // Where a value may be read, a token in its place would be another answer.
  return !treated.includes('blank') && (treated.includes('token') || treated.every((how) => how === null));
}
