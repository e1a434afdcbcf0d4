import { afterChange, parameterOf } from './parameters/parameters.ts';
import { invalidValue } from './parameters/read.ts';
import type { Plan } from './plan.ts';
import { quoteString } from './render/quote.ts';
import type { SessionParts } from './session-parts.ts';

type ParametersPlan = Extract<Plan, { kind: 'parameters' }>;

/** Sets and unsets, all or none. */
export async function runParameters(parts: SessionParts, plan: ParametersPlan): Promise<void> {
  const next = afterChange(parts.parameters, plan);
  await useTimeZone(parts, parameterOf(next, 'TIMEZONE'));
  parts.parameters = next;
}

/** DuckDB's own setting of this connection, which is all that a session may set of it. */
export async function useTimeZone({ connection }: SessionParts, zone: string): Promise<void> {
  try {
    await connection.run(`SET TimeZone = ${quoteString(zone)}`);
  } catch {
    throw invalidValue('TIMEZONE', zone);
  }
}
