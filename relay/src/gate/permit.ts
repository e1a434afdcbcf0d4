import { isDeepStrictEqual } from 'node:util';
import { boundObjects } from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import { type AssessingParts, assessStatement, type StatementAssessment } from './assess-statement.ts';
import { orGiveUp } from './give-up.ts';
import type { Permit } from './parts.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { CalledRequest } from './statement-request.ts';

/** What a decision that lets through comes to, before anybody was asked; null for one that does not. */
export function permitOf(assessment: StatementAssessment): Permit | null {
  if (assessment.outcome === 'not_understood' || assessment.planned === null) return null;
  const { understanding: meaning, decision, planned, surroundings, catalogVersion } = assessment;
  if (decision.effect === 'block') return null;
  return { meaning, planned, surroundings, catalogVersion, decision, leave: null };
}

/**
 * Another session may have changed what there is, between the decision and now. Then it is assessed once more:
 * what means the same and is decided alike goes on, as what it means now. Throws `session_changed` otherwise.
 */
export async function renewPermit(
  parts: AssessingParts,
  request: CalledRequest,
  room: SessionRoom,
  permit: Permit,
  signal: AbortSignal,
): Promise<Permit> {
  const catalog = await orGiveUp(
    room.warehouse().then(async (warehouse) => await warehouse.catalog()),
    signal,
  );
  if (catalog.version === permit.catalogVersion) return permit;
  const renewed = permitOf(await assessStatement(parts, request, room, signal));
  const isSame =
    renewed !== null &&
    renewed.catalogVersion === catalog.version &&
    isDeepStrictEqual(renewed.meaning, permit.meaning) &&
    isDeepStrictEqual(renewed.decision, permit.decision) &&
    // What people let through is of these very objects: another view may mean the same, and choose other rows.
    (permit.leave === null ||
      isDeepStrictEqual(boundObjects(renewed.meaning, catalog), permit.leave.objects));
  if (isSame) return { ...renewed, leave: permit.leave };
  throw new SluiceError('session_changed', 'what the statement names was changed while it was decided on', {
    advice: 'send the statement again',
  });
}
