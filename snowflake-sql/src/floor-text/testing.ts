import { bind } from '../bind/index.ts';
import { catalog as shop } from '../flow/testing.ts';
import type { Bound, ColumnGuard, Floor, Reading } from '../bound/index.ts';
import type { Catalog, ResolutionContext } from '../catalog.ts';
import { parse, type ParsedStatement } from '../parse.ts';
import { type FloorText, withFloor } from './index.ts';

/** A statement in the schema SHOP.PUBLIC, ready for `withFloor`. */
export interface Ready {
  readonly parsed: ParsedStatement;
  readonly bound: Bound;
}

export const inShop: ResolutionContext = {
  database: 'SHOP',
  schema: 'PUBLIC',
  variables: new Map(),
  results: new Map(),
};

export function ready(sql: string, catalog: Catalog): Ready {
  const parsed = parse(sql);
  if (parsed.outcome !== 'parsed') throw new Error(`${sql}: ${parsed.message}`);
  const { bound, problem } = bind(parsed, catalog, inShop, { left: 10_000_000 });
  if (bound === null) throw new Error(`${sql}: ${problem.problem.message}`);
  return { parsed, bound };
}

export function floorText(sql: string, floor: Floor, catalog: Catalog): FloorText {
  const { parsed, bound } = ready(sql, catalog);
  return withFloor(parsed, bound, floor, catalog, inShop);
}

export function guarded(raw: readonly Reading[], paths: ColumnGuard['paths'] = null): ColumnGuard {
  return { paths, raw: new Set(raw), token: new Set() };
}

/** SSN may be shown as it is, and nothing more. */
export const shown = floorOf(['direct']);

export function floorOf(raw: readonly Reading[], ...names: readonly string[]): Floor {
  const columns = names.length === 0 ? ['SSN'] : names;
  return ({ object, column }) => (object.name === 'P' && columns.includes(column) ? guarded(raw) : null);
}

export const SSN = `IFF("SSN" IS NULL, NULL, ''::VARCHAR(16777216)) AS "SSN"`;
export const list = (ssn: string) => `"ID", "NAME", ${ssn}, "DATA", "BORN", "PAY", "OK"`;
/** What stands in the place of `reference`. */
export const blanked = (reference: string) => `(SELECT ${list(SSN)} FROM ${reference})`;
export const P = (reference = 'P') => `${blanked(reference)} AS "P"`;

export function textOf(sql: string, floor = shown): string {
  const made = floorText(sql, floor, shop);
  return 'sql' in made ? made.sql : `${made.notWrappable}: ${sql.slice(made.range.start, made.range.end)}`;
}

/** SSN has tokens: values that are equal may be put together, and counted. */
export const tokens: Floor = (column) =>
  shown(column) === null ? null : { ...guarded(['direct']), token: new Set(['group', 'join'] as const) };
export const TOKEN = `SHA2('(salt of this statement)' || "SSN", 256)`;
/** What stands in the place of `reference`, with another column beside the raw one. */
export const both = (other: string, name: string, reference = 'P') =>
  `(SELECT ${list('"SSN"')}, ${other} AS "sluice$${name}" FROM ${reference})`;
export const withToken = (reference = 'P', id = 0) => both(TOKEN, `token_${id}_2`, reference);
export const withBlank = (reference = 'P', id = 0) =>
  both(`IFF("SSN" IS NULL, NULL, ''::VARCHAR(16777216))`, `blank_${id}_2`, reference);
export const tokenOnly = (reference = 'P') => `(SELECT ${list(`${TOKEN} AS "SSN"`)} FROM ${reference})`;
