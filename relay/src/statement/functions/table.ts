import { AGGREGATES, COUNT } from './aggregates.ts';
import { CONDITIONALS } from './conditionals.ts';
import { CONTEXT } from './context.ts';
import { NUMBERS } from './numbers.ts';
import type { FunctionSignature } from './signature.ts';
import { TABLE_FUNCTIONS } from './table-functions.ts';
import { TEXT } from './text.ts';
import { TIMES } from './times.ts';

/** Every function that is known, by its upper-case name. */
export const TABLE: ReadonlyMap<string, FunctionSignature> = byName([
  ...AGGREGATES,
  ...COUNT,
  ...CONDITIONALS,
  ...CONTEXT,
  ...NUMBERS,
  ...TABLE_FUNCTIONS,
  ...TEXT,
  ...TIMES,
]);

/** @throws when two functions have one name. */
export function byName(all: readonly FunctionSignature[]): ReadonlyMap<string, FunctionSignature> {
  const table = new Map<string, FunctionSignature>();
  for (const signature of all) {
    if (table.has(signature.name)) throw new Error(`The function ${signature.name} is in the table twice`);
    table.set(signature.name, signature);
  }
  return table;
}
