import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import type { SessionContext } from './session-context.ts';
import type { CalledRequest, StatementRequest } from './statement-request.ts';

/**
 * Whether the person has opened break-glass for this statement. They opened it for a text: with binds, in a session
 * with variables or temporary tables, or in another schema, it would be a text that does something else.
 */
export async function callForBreakGlass(
  { openings }: Pick<GateParts, 'openings'>,
  request: StatementRequest,
  context: SessionContext,
  signal: AbortSignal,
): Promise<CalledRequest> {
  const { surroundings } = await orGiveUp(context.warehouse(), signal);
  const { session, sql, binds } = request;
  const { state, answers } = surroundings;
  const { database, schema } = state;
  const isPlain =
    Object.keys(binds).length === 0 && answers.variables.size === 0 && answers.temporary.size === 0;
  const breakGlass = isPlain ? openings.find(session.identity, { sql, database, schema }) : null;
  return { ...request, breakGlass };
}
