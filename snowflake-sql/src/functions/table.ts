import { AGGREGATES, COUNT } from './aggregates.ts';
import { CONDITIONALS } from './conditionals.ts';
import { CONTEXT, SESSION_QUESTIONS } from './context.ts';
import { CONVERSIONS } from './conversions.ts';
import { GEOSPATIAL } from './geospatial.ts';
import { HASHES } from './hashes.ts';
import { BITS, GENERATORS, NUMBERS } from './numbers.ts';
import { OUTSIDE } from './outside.ts';
import { PATTERNS } from './patterns.ts';
import { SEMI_STRUCTURED } from './semi-structured.ts';
import type { FunctionSignature } from './signature.ts';
import { TABLE_FUNCTIONS } from './table-functions.ts';
import { TEXT } from './text.ts';
import { TIMES } from './times.ts';
import { WINDOWS } from './windows.ts';

/** Every known function, by its upper-case name. */
export const TABLE: ReadonlyMap<string, FunctionSignature> = byName([
  ...CONDITIONALS,
  ...TEXT,
  ...PATTERNS,
  ...NUMBERS,
  ...BITS,
  ...GENERATORS,
  ...TIMES,
  ...CONVERSIONS,
  ...HASHES,
  ...SEMI_STRUCTURED,
  ...GEOSPATIAL,
  ...AGGREGATES,
  ...COUNT,
  ...WINDOWS,
  ...CONTEXT,
  ...SESSION_QUESTIONS,
  ...TABLE_FUNCTIONS,
  ...OUTSIDE,
]);

/** @throws when two functions have the same name. */
export function byName(all: readonly FunctionSignature[]): ReadonlyMap<string, FunctionSignature> {
  const table = new Map<string, FunctionSignature>();
  for (const signature of all) {
    if (table.has(signature.name)) throw new Error(`The function ${signature.name} is in the table twice`);
    table.set(signature.name, signature);
  }
  return table;
}
