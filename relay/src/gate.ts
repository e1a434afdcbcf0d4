import { askPeople } from './gate/ask-people.ts';
import { confirmRequester } from './gate/confirm-requester.ts';
import { decideStatement } from './gate/decide-statement.ts';
import { executeStatement } from './gate/execute-statement.ts';
import { maskStatement } from './gate/mask-statement.ts';
import type { GateParts } from './gate/parts.ts';
import { recordFailure } from './gate/record-failure.ts';
import { createIntent } from './gate/record-intent.ts';
import { recordOutcome } from './gate/record-outcome.ts';
import { createSessionRooms } from './gate/session-rooms.ts';
import type { RunStatement } from './gate/statement-request.ts';
import { understandStatement } from './gate/understand-statement.ts';
import type { SessionId } from './session/index.ts';

export { createEstimate } from './gate/estimate.ts';
export type { GateParts } from './gate/parts.ts';
export type {
  HeldApproval,
  Progress,
  Prompt,
  RunStatement,
  StatementOutcome,
  StatementRequest,
} from './gate/statement-request.ts';

/** The one path that every statement takes, from every listener. */
export interface Gate {
  readonly run: RunStatement;
  /** Ends what the gate keeps for a session: its warehouse session, variables and earlier results. */
  endSession(id: SessionId): Promise<void>;
}

/**
 * The path of docs/architecture.md, top to bottom. Listening (1) happens before it, responding after it, each
 * in the client's own protocol. Every step may throw; whatever is thrown is recorded and ends the statement.
 */
export function createGate(parts: GateParts): Gate {
  const rooms = createSessionRooms(parts.warehouse);

  const run: RunStatement = async (request, progress, signal) => {
    const room = rooms.of(request.session);
    const intent = createIntent(parts, request);
    try {
      confirmRequester(parts, request.session); //                                                2 identify
      parts.limits.checkRecord(request.session.identity.id); //                                   (nothing unrecorded)
      const meaning = await understandStatement(parts.understand, request, room, signal); //      3 understand
      const decision = decideStatement(parts, request, room, meaning); //                         4 decide
      await intent.record(meaning, decision); //                                                  5 record the intent
      const permit = await askPeople(parts, request, room, meaning, decision, progress, signal); // 6 ask
      const raw = await executeStatement(parts, request, room, permit, progress, signal); //      7 execute
      const masked = maskStatement(parts.maskingKeys, request, room, permit, raw); //             8 mask
      return recordOutcome(parts, request, room, permit, masked); //                              9 record, respond
    } catch (error) {
      throw await recordFailure(parts.recorder, request, intent, error);
    }
  };

  return { run, endSession: rooms.close };
}
