import { type AheadAnswer, type AheadOrder, askAhead, askedNow } from './gate/ask-ahead.ts';
import type { AccessRequest, ApprovalRequest } from './approval/index.ts';
import { asSomebody, type AskedOf, type Somebody, type SomebodysAccess } from './gate/as-somebody.ts';
import { askPeople } from './gate/ask-people.ts';
import { assessStatement } from './gate/assess-statement.ts';
import { browseCatalog, type CatalogBrowser } from './gate/browse-catalog.ts';
import { callForBreakGlass } from './gate/call-for-break-glass.ts';
import { costOf } from './gate/cost-of.ts';
import { confirmRequester } from './gate/confirm-requester.ts';
import { executeWithinLeave } from './gate/execute-within-leave.ts';
import {
  type ExplainedWithin,
  explainStatement,
  type StatementExplanation,
} from './gate/explain-statement.ts';
import { type CatalogOverview, lookOverCatalog } from './gate/look-over-catalog.ts';
import { intoStage } from './gate/into-stage.ts';
import { maskStatement } from './gate/mask-statement.ts';
import type { GateParts } from './gate/parts.ts';
import { recordFailure } from './gate/record-failure.ts';
import { createIntent } from './gate/record-intent.ts';
import { recordOutcome } from './gate/record-outcome.ts';
import { createSessionContexts } from './gate/session-context.ts';
import type { RunStatement, StatementRequest } from './gate/statement-request.ts';
import { createStatementTurn } from './gate/statement-turn.ts';
import { tellMasks } from './gate/tell-masks.ts';
import type { Session, SessionId } from './session/index.ts';
import type { StatementCost } from './warehouse/index.ts';

export type { AheadAnswer, AheadOrder } from './gate/ask-ahead.ts';
export type { CatalogOverview, CoveredObject } from './gate/look-over-catalog.ts';
export type { ReachedColumn, ReachedObject, Somebody, SomebodysAccess } from './gate/as-somebody.ts';
export type { CatalogBrowser } from './gate/browse-catalog.ts';
export type { BrowsedColumn } from './gate/browse-object.ts';
export { createEstimate } from './gate/estimate.ts';
export type { ExplainedWithin, StatementExplanation } from './gate/explain-statement.ts';
export type { GateParts } from './gate/parts.ts';
export type {
  HeldApproval,
  MaskedChunk,
  MaskedKeptChunk,
  OutcomeColumn,
  Progress,
  Prompt,
  RunStatement,
  StatementOutcome,
  StatementRequest,
} from './gate/statement-request.ts';

/** The one path that every statement takes, from every listener. */
export interface Gate {
  readonly run: RunStatement;
  /** What would become of a statement, as the same person and in the same session, or in another place; it is not run. */
  explain(
    request: StatementRequest,
    within: ExplainedWithin,
    signal: AbortSignal,
  ): Promise<StatementExplanation>;
  /** Asks people for access ahead, for statements like this one; it is not run, now or later. */
  askAhead(order: AheadOrder, signal: AbortSignal): Promise<AheadAnswer>;
  /** A request for access as it would be if it were asked now; null when nobody would be asked about it. */
  askedNow(request: AccessRequest): Promise<AccessRequest | null>;
  /** The catalog as the session's person may know it. */
  browse(session: Session, signal: AbortSignal): CatalogBrowser;
  /** What a held statement would read, as the warehouse says without running it; for those who decide. */
  costOf(request: ApprovalRequest, signal: AbortSignal): Promise<StatementCost | null>;
  /**
   * What somebody may do, as the policy in force says, or another in its place. Nothing runs. Whoever asks must be
   * allowed to know, and it must be on the record that they asked.
   */
  asSomebody<Done>(
    somebody: Somebody,
    asked: AskedOf,
    work: (access: SomebodysAccess) => Promise<Done>,
    signal: AbortSignal,
  ): Promise<Done>;
  /** The catalog for whoever looks after the policy, who must be allowed to. Nothing runs. */
  lookOver<Done>(work: (overview: CatalogOverview) => Promise<Done>, signal: AbortSignal): Promise<Done>;
  /** Ends what the gate keeps for a session: its warehouse session, variables and earlier results. */
  endSession(id: SessionId): Promise<void>;
}

/**
 * The path of docs/architecture.md, top to bottom. Listening (1) happens before it, responding after it, each
 * in the client's own protocol. Every step may throw; whatever is thrown is recorded and ends the statement.
 */
export function createGate(parts: GateParts): Gate {
  const contexts = createSessionContexts(parts);

  const run: RunStatement = async (request, progress, signal) => {
    const context = contexts.of(request.session);
    const intent = createIntent(parts, request);
    const turn = createStatementTurn(context.turns, parts.analyses.parse(request.sql));
    try {
      confirmRequester(parts, request.session); //                                          2 identify
      parts.limits.checkRecord(request.session.identity.id); //                              nothing unrecorded
      await turn.begin(signal);
      const called = await callForBreakGlass(parts, request, context, signal);
      const assessment = await assessStatement(parts, called, context, signal); //             3 understand, 4 decide
      await intent.prepare(assessment); //                                                  5 record the intent
      const allowed = await askPeople(parts, called, context, turn, intent, assessment, progress, signal); // 6 ask
      const { authorization, raw } = await executeWithinLeave(
        parts,
        called,
        context,
        turn,
        intent,
        allowed,
        progress,
        signal,
      ); // 7 execute
      const told = await tellMasks(parts, request, context, authorization, raw, signal);
      const masked = maskStatement(parts.masker, request, context, authorization, told, signal); // 8 mask
      const outcome = await recordOutcome(parts, request, context, authorization, masked); //           9 record
      return await intoStage(authorization, masked, outcome); //                               respond, or into files
    } catch (error) {
      throw await recordFailure(parts, request, intent, error);
    } finally {
      turn.end();
    }
  };

  return {
    run,
    explain: (request, within, signal) =>
      explainStatement(parts, request, contexts.of(request.session), within, signal),
    askAhead: (order, signal) => askAhead(parts, order, signal),
    askedNow: (request) => askedNow(parts, request),
    costOf: (request, signal) => costOf(parts, request, contexts.of(request.session), signal),
    browse: (session, signal) => browseCatalog(parts, session, contexts.of(session), signal),
    asSomebody: (somebody, asked, work, signal) => asSomebody(parts, somebody, asked, work, signal),
    lookOver: (work, signal) => lookOverCatalog(parts, work, signal),
    endSession: contexts.close,
  };
}
