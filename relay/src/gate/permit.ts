import { isDeepStrictEqual } from 'node:util';
import { boundObjects } from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import type { Bound, Floor } from '../statement/index.ts';
import { analyzeStatement, type StatementAnalysis } from './analyze-statement.ts';
import { decideStatement } from './decide-statement.ts';
import { orGiveUp } from './give-up.ts';
import type { GateParts, Leave, Permit } from './parts.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { CalledRequest } from './statement-request.ts';

type Parts = Parameters<typeof decideStatement>[0] & Pick<GateParts, 'analyzer'>;

/** What a decision that lets through comes to: what runs, and what it reads of sensitive columns. */
export function permitOf(
  {
    bound,
    understanding: meaning,
    state,
    catalogVersion,
  }: Extract<StatementAnalysis, { bound: () => Bound }>,
  decision: Permit['decision'],
  floor: Floor,
  leave: Leave | null,
): Permit {
  return { meaning, bound, floor, state, catalogVersion, decision, leave };
}

/**
 * Another session may have changed what there is, between the decision and now. Then it is analysed once more:
 * what means the same and is decided alike goes on, as what it means now. Throws `session_changed` otherwise.
 */
export async function renewPermit(
  parts: Parts,
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
  const analysis = await analyzeStatement(parts.analyzer, request, room, signal);
  const { decision, floor } = decideStatement(parts, request, room, analysis);
  const isSame =
    analysis.bound !== null &&
    analysis.catalogVersion === catalog.version &&
    decision.effect !== 'block' &&
    isDeepStrictEqual(analysis.understanding, permit.meaning) &&
    isDeepStrictEqual(decision, permit.decision) &&
    // What people let through is of these very objects: another view may mean the same, and choose other rows.
    (permit.leave === null ||
      isDeepStrictEqual(boundObjects(analysis.understanding, catalog), permit.leave.objects));
  if (isSame) return permitOf(analysis, decision, floor, permit.leave);
  throw new SluiceError('session_changed', 'what the statement names was changed while it was decided on', {
    advice: 'send the statement again',
  });
}
