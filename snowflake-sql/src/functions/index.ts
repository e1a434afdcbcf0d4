import { signatures } from './notation.ts';
import type { FunctionSignature } from './signature.ts';
import { TABLE } from './table.ts';

export { isDatePart } from './date-parts.ts';
export { convertsAlways, type Family, familyOfType, lengthOfText } from './family.ts';
export type { ArgumentRole, FunctionKind, FunctionSignature } from './signature.ts';

/** The function with this upper-case name, or undefined for an unknown function, whose result is opaque. */
export function functionNamed(name: string): FunctionSignature | undefined {
  const known = TABLE.get(name);
  return known === undefined && name.startsWith('SYSTEM$') ? { ...SYSTEM, name } : known;
}

/** Every known function but most SYSTEM$ ones, for an editor to propose. */
export function knownFunctions(): readonly FunctionSignature[] {
  return [...TABLE.values()];
}

/** The signature of every SYSTEM$ function that is not in the table. */
const [SYSTEM] = signatures('outside', 'SYSTEM$(any!...?): unknown') as [FunctionSignature];
