import { checkShape, maskResult, type MaskingKeys, type OutputMask } from '../masking/index.ts';
import type { StatementResult } from '../warehouse/index.ts';
import { limitResult } from './limit-result.ts';
import type { Permit } from './parts.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** Step 8. The result with every mask of the decision on it, and cut off where the policy's limits say. */
export function maskStatement(
  keys: MaskingKeys,
  request: StatementRequest,
  room: SessionRoom,
  permit: Permit,
  result: StatementResult,
): StatementResult {
  const { meaning, decision } = permit;
  // A result with other columns than were understood is not what was decided on.
  if (meaning.outputs.length > 0) checkShape(meaning.outputs.length, result.columns);
  const { columns, batches } = maskResult(keys, result.columns, result.batches, masksOf(permit));
  return {
    ...result,
    columns,
    batches: limitResult(batches, decision.limits, () => room.stopped.add(request.sql)),
  };
}

export function masksOf({ decision }: Permit): readonly OutputMask[] {
  return decision.effect === 'allow' ? [] : decision.masks;
}
