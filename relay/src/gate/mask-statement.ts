import { SluiceError } from '../errors.ts';
import type { Understood } from '@sluice/snowflake-sql';
import { checkShape, maskResult, type MaskingKeys, type OutputMask } from '../masking/index.ts';
import type { StatementResult } from '../warehouse/index.ts';
import { limitResult, stopAt } from './limit-result.ts';
import type { Authorization } from './parts.ts';
import type { SessionContext } from './session-context.ts';
import type { StatementRequest } from './statement-request.ts';

/** Step 8. The result with every mask of the decision on it, and cut off where the policy's limits say. */
export function maskStatement(
  keys: MaskingKeys,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: StatementResult,
): StatementResult {
  const { understanding, decision, leave } = authorization;
  try {
    checkResult(understanding, result);
  } catch (error) {
    // The session must not wait until somebody has read it.
    result.close?.();
    throw error;
  }
  const { columns, batches } = maskResult(keys, result.columns, result.batches, masksOf(authorization));
  const limited = limitResult(batches, decision.limits, () => context.stopped.add(request.sql));
  // What is changed is counted where it is changed; this is what is shown.
  const most = understanding.outputs.length === 0 ? null : (leave?.rows ?? null);
  return { ...result, columns, batches: most === null ? limited : stopAt(limited, most) };
}

/**
 * A result with other columns than were understood is not what was decided on. Masks go by place, so names
 * that are known must be in their places too.
 */
function checkResult({ outputs, kind }: Understood, { columns }: StatementResult): void {
  if (outputs.length === 0) {
    // Counts, and one line that says what was done; SHOW and DESCRIBE list names.
    const isStatus = columns.length <= 1 || kind.name === 'show' || kind.name === 'describe';
    if (!isStatus) checkShape(0, columns);
    return;
  }
  checkShape(outputs.length, columns);
  outputs.forEach(({ name }, index) => {
    if (name !== '' && name !== columns[index]!.name) {
      throw new SluiceError(
        'internal',
        `column ${index + 1} of the result is not the one that was understood`,
        {
          advice: 'name the columns one by one instead of `*`, and run it again',
        },
      );
    }
  });
}

export function masksOf({ decision }: Authorization): readonly OutputMask[] {
  return decision.effect === 'allow' ? [] : decision.masks;
}
