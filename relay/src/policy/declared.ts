import type { OpaquePart } from '@sluice/snowflake-sql';
import type { Policy } from './policy.ts';

/** Whether all that is unknown of it is what functions do that the policy declares pure. */
export function isDeclared(policy: Policy, { functions }: OpaquePart): boolean {
  return functions !== undefined && functions.every((name) => policy.declared(name));
}
