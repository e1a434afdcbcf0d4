import { isSluiceError, SluiceError } from '../errors.ts';
import { askAgain, decideOnNewer } from './ask-people.ts';
import { type ExecutedResult, executeStatement } from './execute-statement.ts';
import type { GateParts, Authorization } from './parts.ts';
import { renewAuthorization } from './authorization.ts';
import type { Intent } from './record-intent.ts';
import type { SessionContext } from './session-context.ts';
import type { CalledRequest, Progress } from './statement-request.ts';
import type { StatementTurn } from './statement-turn.ts';

/** What ran, and under which authorization: it may be another than the first. */
export interface Executed {
  readonly authorization: Authorization;
  readonly raw: ExecutedResult;
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
  let times = 0;
  for (;;) {
    try {
      const authorization = await renewAuthorization(parts, request, context, next, signal);
      const raw = await executeStatement(parts, request, context, intent, authorization, progress, signal);
      if (raw !== null) return { authorization, raw };
      times += 1;
      if (times === MOST_TIMES) throw decidedTooOften();
      next = await decideOnNewer(parts, request, context, turn, intent, authorization, progress, signal);
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

/** So often a statement is decided anew because of what was changed meanwhile: somebody changes it all the time. */
const MOST_TIMES = 10;

function decidedTooOften(): SluiceError {
  const message = 'what the statement is decided by went on being changed while it was decided on';
  return new SluiceError('session_changed', message, { advice: 'send the statement again' });
}

const CHANGED_NOTHING: ReadonlySet<string> = new Set([
  'rows_exceeded',
  'session_changed',
  'statement_failed',
  'unsupported_by_warehouse',
]);
