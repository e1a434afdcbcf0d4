import { createHash } from 'node:crypto';
import { type BoundRequest, canonicalJson } from '@sluice/contract';
import type { ApprovalRequest } from './approval-request.ts';
import type { ApprovalState, ApprovalTerms } from './state.ts';

/** A UUID. */
export type ApprovalId = string & { readonly __brand: 'ApprovalId' };

/** One request for approval, as the relay keeps it. Times are milliseconds since the epoch. */
export interface Approval {
  readonly id: ApprovalId;
  /** Its binds are empty once it has ended: nothing needs them any more. */
  readonly request: ApprovalRequest;
  /** Hash of everything the approval covers, hex. */
  readonly binding: string;
  readonly bindsDigest: string | null;
  /** 16 random bytes, hex: from the digest alone nobody can try out what the binds were. */
  readonly salt: string;
  /** Equal for statements that do the same kind of thing to the same objects. */
  readonly shape: string;
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly escalated: boolean;
  readonly estimate: Estimate | null;
  readonly state: ApprovalState;
  /** Counts the changes of this approval. */
  readonly revision: number;
}

/** What running it would cost and touch; null is not known. */
export interface Estimate {
  /** Rows that it would change or return, or at least no fewer than that. */
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly partitions: number | null;
  /** In words, when it could not be told. */
  readonly note: string;
  /** When it was counted, milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Rows that the statement may hit at most when it runs: the fewest that an approver named, or was shown. Null where
 * nobody knew a number and nobody named one.
 */
export function mostRowsOf({ state, estimate }: Pick<Approval, 'state' | 'estimate'>): number | null {
  const named = state.votes.map(({ mostRows }) => mostRows ?? estimate?.rows ?? null);
  const known = named.filter((rows) => rows !== null);
  return known.length === 0 ? null : Math.min(...known);
}

export function termsOf(approval: Approval): ApprovalTerms {
  const { ask } = approval.request.decision;
  return {
    requester: approval.request.session.identity,
    groups: groupsOf(approval),
    needed: ask.needed,
    expiresAt: approval.expiresAt,
    validForMs: ask.validForSeconds * 1000,
    signIn: ask.signIn,
  };
}

/** Who may decide now, those it was escalated to included. */
export function groupsOf(approval: Pick<Approval, 'request' | 'escalated'>): readonly string[] {
  const { approvers, escalate } = approval.request.decision.ask;
  return approval.escalated && escalate !== null ? [...approvers, ...escalate.to] : approvers;
}

/** Everything the approval covers, taken from a request as it is now. */
export function boundRequestOf(
  { id, salt, expiresAt }: Pick<Approval, 'id' | 'salt' | 'expiresAt'>,
  request: ApprovalRequest,
): BoundRequest {
  return { ...boundBesideBinds(id, expiresAt, request), binds: digestOfBinds(salt, request) };
}

/** The same from what is kept, when the binds themselves are gone. */
export function boundRequestOfKept(approval: Approval): BoundRequest {
  const { id, expiresAt, request, bindsDigest } = approval;
  return { ...boundBesideBinds(id, expiresAt, request), binds: bindsDigest };
}

export function digestOfBinds(salt: string, { binds }: ApprovalRequest): string | null {
  if (Object.keys(binds).length === 0) return null;
  return createHash('sha256')
    .update(`${salt}\n${canonicalJson(binds)}`)
    .digest('hex');
}

function boundBesideBinds(
  id: ApprovalId,
  expiresAt: number,
  request: ApprovalRequest,
): Omit<BoundRequest, 'binds'> {
  const { session, decision } = request;
  const { role, warehouse, database, schema } = session.state;
  return {
    approval: id,
    session: session.id,
    statement: request.queryId,
    requester: session.identity.id,
    sql: request.sql,
    describeOnly: request.describeOnly,
    role,
    warehouse,
    database,
    schema,
    sessionContext: request.sessionContext,
    policyVersion: decision.policyVersion,
    rule: decision.rule,
    objects: request.objects.map(({ type, name, access, fingerprint }) => ({
      type,
      name,
      access,
      fingerprint,
    })),
    needed: decision.ask.needed,
    approvers: [...decision.ask.approvers],
    expiresAt: new Date(expiresAt).toISOString(),
    validFor: decision.ask.validForSeconds,
  };
}
