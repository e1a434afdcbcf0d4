import { bind } from '../bind/index.ts';
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
