import type { SessionParameters } from '../session-state.ts';
import { parameterOf } from './parameters/parameters.ts';
import { invalidValue } from './parameters/read.ts';
import type { Plan } from './plan.ts';
import { quoteString } from './render/quote.ts';
import type { SessionParts } from './session-parts.ts';

type ParametersPlan = Extract<Plan, { kind: 'parameters' }>;

/** Sets and unsets, all or none. */
export async function runParameters(parts: SessionParts, plan: ParametersPlan): Promise<void> {
  const next = after(parts, plan);
  await useTimeZone(parts, parameterOf(next, 'TIMEZONE'));
  parts.parameters = next;
}

export function changesAutocommit(parts: SessionParts, plan: ParametersPlan): boolean {
  return parameterOf(after(parts, plan), 'AUTOCOMMIT') !== parameterOf(parts.parameters, 'AUTOCOMMIT');
}

function after({ parameters }: SessionParts, { set, unset }: ParametersPlan): SessionParameters {
  const left = Object.entries(parameters).filter(([name]) => !unset.includes(name));
  return { ...Object.fromEntries(left), ...set };
}

/** DuckDB's own setting of this connection, which is all that a session may set of it. */
export async function useTimeZone({ connection }: SessionParts, zone: string): Promise<void> {
  try {
    await connection.run(`SET TimeZone = ${quoteString(zone)}`);
  } catch {
    throw invalidValue('TIMEZONE', zone);
  }
}
