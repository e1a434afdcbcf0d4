import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../errors.ts';
import { type AssessingParts, assessStatement, type StatementAssessment } from './assess-statement.ts';
import { orGiveUp } from './give-up.ts';
import type { Authorization } from './parts.ts';
import type { SessionContext } from './session-context.ts';
import { loadedCatalog, type UsedObject } from '@sluice/snowflake-sql';
import type { CalledRequest } from './statement-request.ts';
import type { WarehouseCatalog } from '../warehouse/index.ts';

/** What a decision that lets through comes to, before anybody was asked; null for one that does not. */
export function authorizationOf(assessment: StatementAssessment): Authorization | null {
  if (assessment.outcome === 'not_understood' || assessment.planned === null) return null;
  const { understanding, decision, planned, used, told, forApproval } = assessment;
  const { surroundings, asOf, policy, generation, mayKnowOf } = assessment;
  if (decision.effect === 'block') return null;
  const made = { asOf, policy, generation, mayKnowOf, decision, leave: null };
  return { understanding, planned, used, told, forApproval, surroundings, ...made };
}

/**
 * The same authorization as of a later assessment, when that means the same, in the session as it was, and is decided
 * alike; else null. What a session's variables are set to, and its role, stand in no understanding: of one that another
 * relay has changed meanwhile, nothing is the same.
 */
export function sameAsOf(
  authorization: Authorization,
  assessment: StatementAssessment,
): Authorization | null {
  const renewed = authorizationOf(assessment);
  const isSame =
    renewed !== null &&
    renewed.generation === authorization.generation &&
    isDeepStrictEqual(renewed.understanding, authorization.understanding) &&
    isDeepStrictEqual(renewed.decision, authorization.decision) &&
    // What people let through is of these very objects: another view may mean the same, and choose other rows.
    (authorization.leave === null ||
      isDeepStrictEqual(renewed.forApproval?.objects, authorization.leave.objects));
  return isSame ? { ...renewed, leave: authorization.leave } : null;
}

/**
 * Another session may have changed an object that the statement uses, between the decision and now. Then it is assessed
 * once more: what means the same and is decided alike goes on, as what it means now. Throws `session_changed` otherwise.
 * The warehouse looks once more, in the transaction that the statement runs in, and refuses what changed since.
 */
export async function renewAuthorization(
  parts: AssessingParts,
  request: CalledRequest,
  context: SessionContext,
  authorization: Authorization,
  signal: AbortSignal,
): Promise<Authorization> {
  const { catalog } = await orGiveUp(context.warehouse(), signal);
  if (await orGiveUp(isCurrent(catalog, authorization.used), signal)) return authorization;
  const renewed = sameAsOf(authorization, await assessStatement(parts, request, context, signal));
  if (renewed !== null) return renewed;
  throw new SluiceError(
    'session_changed',
    'an object that the statement names was changed while it was being decided on',
    {
      advice: 'send the statement again',
    },
  );
}

async function isCurrent(
  catalog: Pick<WarehouseCatalog, 'load'>,
  used: readonly UsedObject[],
): Promise<boolean> {
  if (used.length === 0) return true;
  const loaded = loadedCatalog(await catalog.load(used.map(({ name }) => ({ name, type: 'table' }))));
  return used.every(({ name, version }) => (loaded.find(name)?.version ?? null) === version);
}
