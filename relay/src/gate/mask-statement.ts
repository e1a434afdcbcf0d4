import { SluiceError } from '../errors.ts';
import type { Understood } from '@sluice/snowflake-sql';
import { checkShape, maskedColumns, maskedSize, type OutputMask } from '../masking/index.ts';
import type { Masker } from '../masking-threads/index.ts';
import type { ResultChunk, StatementResult } from '../warehouse/index.ts';
import type { ExecutedResult } from './execute-statement.ts';
import { inOrder } from './in-order.ts';
import { limitResult, type ResultRows, stopAt } from './limit-result.ts';
import type { Authorization } from './parts.ts';
import type { SessionContext } from './session-context.ts';
import type { MaskedChunk, StatementRequest } from './statement-request.ts';

/** A result as the client may have it. */
export interface MaskedResult extends Omit<ExecutedResult, 'chunks' | 'kept'>, ResultRows {}

/** Step 8. The result with every mask of the decision on it, and cut off where the policy's limits say. */
export function maskStatement(
  masker: Masker,
  request: StatementRequest,
  context: SessionContext,
  authorization: Authorization,
  result: ExecutedResult,
  signal: AbortSignal,
): MaskedResult {
  const { understanding, decision, leave } = authorization;
  try {
    checkResult(understanding, result);
  } catch (error) {
    // The session must not wait until somebody has read it.
    result.close?.();
    throw error;
  }
  const { columns, encoding } = result;
  const masks = masksOf(authorization);
  const masked = maskRows(masker, result, masks, signal);
  const limited = limitResult(masked, decision.limits, () => context.stopped.add(request.sql));
  // What is changed is counted where it is changed; this is what is shown.
  const most = understanding.outputs.length === 0 ? null : (leave?.rows ?? null);
  return {
    ...result,
    columns: maskedColumns({ columns, masks }),
    encoding,
    ...(most === null ? limited : stopAt(limited, most)),
  };
}

/**
 * Chunks without a mask pass as they are; of the others several are masked at once. What the warehouse keeps is masked
 * each time that it is opened.
 */
function maskRows(
  masker: Masker,
  { columns, encoding, chunks, kept = [] }: StatementResult,
  masks: readonly OutputMask[],
  signal: AbortSignal,
): ResultRows {
  if (masks.length === 0) {
    const asItIs = kept.map((chunk) => ({ ...chunk, mostBytes: chunk.uncompressedSize }));
    return { chunks: inOrder(chunks, 1, opened), kept: asItIs };
  }
  const plan = { encoding, columns, masks: masks.map(({ output, policy }) => ({ output, policy })) };
  const mask = masker.begin(plan);
  return {
    chunks: inOrder(chunks, masker.atOnce, async (chunk) => {
      const { rowCount, bytes } = await opened(chunk);
      return { rowCount, bytes: await mask.bytes(bytes, rowCount, signal) };
    }),
    kept: kept.map(({ rowCount, uncompressedSize: bytes, open }) => ({
      rowCount,
      uncompressedSize: bytes,
      compressedSize: null,
      mostBytes: maskedSize(plan, { rowCount, bytes }),
      async open(asking) {
        const raw = await open(asking);
        return await mask.packed(await raw.bytes(), rowCount, asking);
      },
    })),
  };
}

export async function opened({ rowCount, open }: ResultChunk): Promise<MaskedChunk> {
  return { rowCount, bytes: await open() };
}

/**
 * A result with other columns than were understood is not what was decided on. Masks go by place, so names
 * that are known must be in their places too.
 */
function checkResult({ outputs, kind }: Understood, { columns }: StatementResult): void {
  if (outputs.length === 0) {
    // Counts, and one line that says what was done; SHOW and DESCRIBE list names, and EXPLAIN the steps of a plan.
    // Of files, their names and what became of them.
    const isStatus =
      columns.length <= 1 || kind.family === 'copy' || ['show', 'describe', 'explain'].includes(kind.name);
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
