import type { AccessTerms } from '@sluice/contract';
import { type AccessApproval, type AccessRequest, checkAskable } from '../approval/index.ts';
import type { IdentityId } from '../identity/index.ts';
import { mayChangeOf } from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type { Binds, SessionState } from '../warehouse/index.ts';
import { assessStatement, contextOf, type StatementAssessment } from './assess-statement.ts';
import { authorizationOf } from './authorization.ts';
import { confirmRequester } from './confirm-requester.ts';
import { explained, recordExplained, type StatementExplanation } from './explain-statement.ts';
import type { GateParts } from './parts.ts';
import { decisionEvent, understandingEvent } from './record-intent.ts';
import { refusalOf } from './refusal.ts';
import { inFreshContext } from './session-context.ts';

/** What somebody asks access for, before they need it. */
export interface AheadOrder {
  /** In which it is asked, and on whose record it is. */
  readonly session: Session;
  /** A UUID, given by the relay. No statement ever runs under it. */
  readonly queryId: string;
  /** One statement, as an example. */
  readonly sql: string;
  readonly bindTypes: AccessRequest['bindTypes'];
  readonly terms: AccessTerms;
  /** That the sessions of such statements begin with. */
  readonly state: SessionState;
}

export type AheadAnswer =
  /** People are asked, or have been already. */
  | { readonly outcome: 'asked'; readonly approval: AccessApproval }
  /** It is let through as it is: there is nothing to ask. */
  | { readonly outcome: 'allowed'; readonly explanation: StatementExplanation };

/**
 * Steps 2 to 4 of a statement of the same person's, as if it came from the program that access is asked for, in a session
 * that has just begun; then people are asked, and nobody waits. Nothing runs. Throws what the client would be told of a
 * statement that is refused, `access_not_for_asking` and `too_many_held`.
 */
export async function askAhead(
  parts: GateParts,
  order: AheadOrder,
  signal: AbortSignal,
): Promise<AheadAnswer> {
  const { limits, approvals, now } = parts;
  const { session, sql } = order;
  const { identity } = session;
  confirmRequester(parts, session);
  limits.checkRecord(identity.id);
  const { assessment, request } = await assessAhead(parts, order, signal);
  if (request === null) {
    await recordExplained(parts, order, assessment);
    if (authorizationOf(assessment) === null) throw refusalOf(sql, assessment);
    return { outcome: 'allowed', explanation: explained(order, assessment) };
  }
  checkAskable(request, now());
  const approval = await approvals.askAhead(request, {
    admit(waiting) {
      checkPlaces(parts, identity.id, waiting);
      limits.record(identity.id, RECORDED_TIMES * Buffer.byteLength(sql));
    },
    events: [understandingEvent(order, assessment.understanding), decisionEvent(order, assessment.decision)],
  });
  return { outcome: 'asked', approval };
}

/**
 * As many as statements that are held, and together with them. What waits is counted as the store has it: it is the same
 * after a restart, and for each relay. It takes no place from what is held later.
 */
function checkPlaces(
  { limits: { held } }: GateParts,
  identity: IdentityId,
  waiting: readonly AccessApproval[],
): void {
  const counted = waiting.map(({ request }) => held.keep(request.session.identity.id));
  try {
    held.take(identity)();
  } finally {
    for (const release of counted) release();
  }
}

/** The text stands in the event and in the approvals' store; what it means is as long again. */
const RECORDED_TIMES = 3;

/** For so long an approver waits. Milliseconds. */
const PATIENCE_MS = 10_000;

/** The same request, understood and decided on anew; null when it is no longer one that people would be asked about. */
export async function askedNow(parts: GateParts, asked: AccessRequest): Promise<AccessRequest | null> {
  const { session } = asked;
  const order = { ...asked, state: session.state };
  const { request } = await assessAhead(parts, order, AbortSignal.timeout(PATIENCE_MS));
  return request;
}

async function assessAhead(
  parts: GateParts,
  order: AheadOrder,
  signal: AbortSignal,
): Promise<{ readonly assessment: StatementAssessment; readonly request: AccessRequest | null }> {
  const session = sessionOf(order);
  return await inFreshContext(parts.warehouse, session, async (context) => {
    const { queryId, sql, bindTypes } = order;
    // Break-glass is for a statement that is sent; nobody opens it by asking.
    const asIfSent = {
      session,
      queryId,
      requestId: queryId,
      sql,
      binds: bindsOf(bindTypes),
      describeOnly: false,
      prompt: null,
      breakGlass: null,
    } as const;
    const assessment = await assessStatement(parts, asIfSent, context, signal);
    const authorization = authorizationOf(assessment);
    if (authorization === null || authorization.decision.effect !== 'ask')
      return { assessment, request: null };
    const { understanding, decision, forApproval, told, surroundings, policy } = authorization;
    if (forApproval === null) throw new Error('people are asked about what was decided to be asked about');
    const deciding = contextOf(parts, policy, asIfSent, context, surroundings.state, told);
    const request: AccessRequest = {
      kind: 'access',
      session: { ...order.session, state: surroundings.state },
      queryId,
      sql,
      bindTypes,
      terms: order.terms,
      understanding,
      decision,
      objects: forApproval.objects,
      mayChange: mayChangeOf(policy, understanding, deciding),
    };
    return { assessment, request };
  });
}

/** As it would be of a statement of that program, from the same person. */
function sessionOf({ session, state, terms: { program } }: AheadOrder): Session {
  const { application, protocol, agent } = program;
  return { ...session, state, client: { ...session.client, application, protocol, agent } };
}

function bindsOf(types: AccessRequest['bindTypes']): Binds {
  return Object.fromEntries(Object.entries(types).map(([place, type]) => [place, { type, value: null }]));
}
