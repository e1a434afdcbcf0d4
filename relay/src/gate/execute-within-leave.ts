import { isSluiceError } from '../errors.ts';
import type { StatementResult } from '../warehouse/index.ts';
import { askAgain } from './ask-people.ts';
import { executeStatement } from './execute-statement.ts';
import type { GateParts, Authorization } from './parts.ts';
import { renewAuthorization } from './authorization.ts';
import type { Intent } from './record-intent.ts';
import type { SessionContext } from './session-context.ts';
import type { CalledRequest, Progress } from './statement-request.ts';
import type { StatementTurn } from './statement-turn.ts';

/** What ran, and under which authorization: it may be another than the first. */
export interface Executed {
  readonly authorization: Authorization;
  readonly raw: StatementResult;
}

/**
 * Step 7. What a person let through for so many rows runs for no more: the warehouse takes it back, and people are
 * asked anew, while the client's call goes on waiting.
 */
export async function executeWithinLeave(
  parts: GateParts,
  request: CalledRequest,
  context: SessionContext,
  turn: StatementTurn,
  intent: Intent,
  allowed: Authorization,
  progress: Progress,
  signal: AbortSignal,
): Promise<Executed> {
  let next = allowed;
  for (;;) {
    try {
      const authorization = await renewAuthorization(parts, request, context, next, signal);
      return {
        authorization,
        raw: await executeStatement(parts, request, context, intent, authorization, progress, signal),
      };
    } catch (error) {
      if (next.leave === null || !isSluiceError(error)) throw error;
      // Of anything else nobody knows what it did: all that it may hit counts as hit.
      const { rows, settle } = next.leave;
      const isExceeded = error.code === 'rows_exceeded' && rows !== null;
      if (CHANGED_NOTHING.has(error.code)) {
        await intent.write(async (tx) => {
          await settle(tx, 0);
          if (!isExceeded) return;
          const detail = { statement: request.queryId, rows: String(rows) };
          await tx.record(request.session.id, { type: 'notice', what: 'rows_exceeded', detail });
        });
      }
      if (!isExceeded) throw error;
      next = await askAgain(parts, request, context, turn, { rows }, progress, signal);
    }
  }
}

const CHANGED_NOTHING: ReadonlySet<string> = new Set([
  'rows_exceeded',
  'session_changed',
  'statement_failed',
  'unsupported_by_warehouse',
]);
