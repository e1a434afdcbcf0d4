import { signatures } from './notation.ts';
import type { FunctionSignature } from './signature.ts';
import { TABLE } from './table.ts';

export { isDatePart } from './date-parts.ts';
export { convertsAlways, type Family, familyOfType, lengthOfText } from './family.ts';
export type { ArgumentRole, FunctionKind, FunctionSignature } from './signature.ts';

/** The function with this upper-case name, or undefined for an unknown function, whose result is opaque. */
export function functionNamed(name: string): FunctionSignature | undefined {
  return name.startsWith('SYSTEM$') ? { ...SYSTEM, name } : TABLE.get(name);
}

/** Every known function but SYSTEM$ ones, for an editor to propose. */
export function knownFunctions(): readonly FunctionSignature[] {
  return [...TABLE.values()];
}

/** The signature of every SYSTEM$ function. */
const [SYSTEM] = signatures('outside', 'SYSTEM$(any!...?): unknown') as [FunctionSignature];
