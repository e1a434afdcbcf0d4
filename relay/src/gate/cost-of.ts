import type { ApprovalRequest } from '../approval/index.ts';
import type { StatementCost } from '../warehouse/index.ts';
import { assessStatement } from './assess-statement.ts';
import { authorizationOf } from './authorization.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts } from './parts.ts';
import type { SessionContext } from './session-context.ts';

/**
 * What a held statement would read, as the warehouse says without running it: of the very text that would run once people
 * have agreed. Null where the warehouse tells no such thing. It depends on values that only they may let be used, so it is for
 * approvers' eyes; the requester's own record has that it was asked for, and no number.
 */
export async function costOf(
  parts: GateParts,
  request: ApprovalRequest,
  context: SessionContext,
  signal: AbortSignal,
): Promise<StatementCost | null> {
  const warehouse = await orGiveUp(context.warehouse(), signal);
  if (warehouse.cost === undefined) return null;
  const assessment = await assessStatement(parts, { ...request, breakGlass: null }, context, signal);
  const plan = authorizationOf(assessment)?.planned.plan ?? null;
  if (plan === null) return null;
  const { session, queryId, binds } = request;
  const detail = { statement: queryId };
  await parts.recorder.append(session.id, { type: 'notice', what: 'explained_in_warehouse', detail });
  signal.throwIfAborted();
  return await orGiveUp(warehouse.cost({ plan, binds, queryId, session: session.id }, signal), signal);
}
