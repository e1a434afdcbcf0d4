import { isDeepStrictEqual } from 'node:util';
import { boundObjects } from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import { type AssessingParts, assessStatement, type StatementAssessment } from './assess-statement.ts';
import { orGiveUp } from './give-up.ts';
import type { Authorization } from './parts.ts';
import type { SessionContext } from './session-context.ts';
import type { CalledRequest } from './statement-request.ts';

/** What a decision that lets through comes to, before anybody was asked; null for one that does not. */
export function authorizationOf(assessment: StatementAssessment): Authorization | null {
  if (assessment.outcome === 'not_understood' || assessment.planned === null) return null;
  const { understanding, decision, planned, surroundings, catalogVersion } = assessment;
  if (decision.effect === 'block') return null;
  return { understanding, planned, surroundings, catalogVersion, decision, leave: null };
}

/**
 * Another session may have changed what there is, between the decision and now. Then it is assessed once more:
 * what means the same and is decided alike goes on, as what it means now. Throws `session_changed` otherwise.
 */
export async function renewAuthorization(
  parts: AssessingParts,
  request: CalledRequest,
  context: SessionContext,
  authorization: Authorization,
  signal: AbortSignal,
): Promise<Authorization> {
  const catalog = await orGiveUp(
    context.warehouse().then(async (warehouse) => await warehouse.catalog()),
    signal,
  );
  if (catalog.version === authorization.catalogVersion) return authorization;
  const renewed = authorizationOf(await assessStatement(parts, request, context, signal));
  const isSame =
    renewed !== null &&
    renewed.catalogVersion === catalog.version &&
    isDeepStrictEqual(renewed.understanding, authorization.understanding) &&
    isDeepStrictEqual(renewed.decision, authorization.decision) &&
    // What people let through is of these very objects: another view may mean the same, and choose other rows.
    (authorization.leave === null ||
      isDeepStrictEqual(boundObjects(renewed.understanding, catalog), authorization.leave.objects));
  if (isSame) return { ...renewed, leave: authorization.leave };
  throw new SluiceError('session_changed', 'what the statement names was changed while it was decided on', {
    advice: 'send the statement again',
  });
}
