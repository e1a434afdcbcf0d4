import { createHash } from 'node:crypto';
import { type BoundAccess, type BoundRequest, canonicalJson } from '@sluice/contract';
import type { AccessRequest, ApprovalRequest, AskedRequest } from './approval-request.ts';
import { boundsOf } from './grant-bounds.ts';
import type { ApprovalState, ApprovalTerms } from './state.ts';

/** A UUID. */
export type ApprovalId = string & { readonly __brand: 'ApprovalId' };

/** One request for approval, as the relay keeps it. Times are milliseconds since the epoch. */
export interface Approval<Request extends AskedRequest = AskedRequest> {
  readonly id: ApprovalId;
  /** Its binds are empty once it has ended: nothing needs them any more. */
  readonly request: Request;
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
  /** The event of its session with which it was asked: by its `seq`. -1 for those of versions that did not keep it. */
  readonly seq: number;
}

/** Of a statement that is held, and that runs once it is approved. */
export type HeldApproval = Approval<ApprovalRequest>;
/** Of access that is asked for ahead. */
export type AccessApproval = Approval<AccessRequest>;

export function isHeld(approval: Approval): approval is HeldApproval {
  return approval.request.kind === 'statement';
}

export function isAccess(approval: Approval): approval is AccessApproval {
  return approval.request.kind === 'access';
}

/** What running it would cost and touch; null is not known. */
export interface Estimate {
  /** Rows that it would change or return, or at least no fewer than that. */
  readonly rows: number | null;
  readonly bytes: number | null;
  /** Micro-partitions that it would read, of those that its tables have; for approvers' eyes, as the bytes are. */
  readonly partitions: number | null;
  /** Absent in what earlier versions have stored. */
  readonly partitionsTotal?: number | null;
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
    gives: isAccess(approval) ? 'grant' : 'run',
    signIn: ask.signIn,
  };
}

/** Who may decide now, those it was escalated to included. */
export function groupsOf(approval: Pick<Approval, 'request' | 'escalated'>): readonly string[] {
  const { approvers, escalate } = approval.request.decision.ask;
  return approval.escalated && escalate !== null ? [...approvers, ...escalate.to] : approvers;
}

/** Everything the approval covers, taken from a request as it is now. */
export function boundOf(
  { id, salt, expiresAt }: Pick<Approval, 'id' | 'salt' | 'expiresAt'>,
  request: AskedRequest,
): BoundRequest | BoundAccess {
  return request.kind === 'access'
    ? boundAccessOf({ id, expiresAt, request })
    : { ...boundBesideBinds(id, expiresAt, request), binds: digestOfBinds(salt, request) };
}

/** The same from what is kept, when the binds themselves are gone. */
export function boundRequestOfKept(approval: HeldApproval): BoundRequest {
  const { id, expiresAt, request, bindsDigest } = approval;
  return { ...boundBesideBinds(id, expiresAt, request), binds: bindsDigest };
}

export function boundAccessOf({
  id,
  expiresAt,
  request,
}: Pick<AccessApproval, 'id' | 'expiresAt' | 'request'>): BoundAccess {
  const { sql, bindTypes, terms } = request;
  const { program } = terms;
  return {
    kind: 'access',
    ...boundOfBoth(id, expiresAt, request),
    sql,
    bindTypes: { ...bindTypes },
    ...terms,
    program: { ...program },
    covers: createHash('sha256')
      .update(canonicalJson(boundsOf(request)))
      .digest('hex'),
  };
}

export function digestOfBinds(salt: string, request: AskedRequest): string | null {
  if (request.kind === 'access' || Object.keys(request.binds).length === 0) return null;
  return createHash('sha256')
    .update(`${salt}\n${canonicalJson(request.binds)}`)
    .digest('hex');
}

function boundBesideBinds(
  id: ApprovalId,
  expiresAt: number,
  request: ApprovalRequest,
): Omit<BoundRequest, 'binds'> {
  const { sql, describeOnly, sessionContext, decision } = request;
  const { validForSeconds: validFor } = decision.ask;
  return { ...boundOfBoth(id, expiresAt, request), sql, describeOnly, sessionContext, validFor };
}

function boundOfBoth(
  id: ApprovalId,
  expiresAt: number,
  request: AskedRequest,
): Omit<BoundRequest, 'binds' | 'sql' | 'describeOnly' | 'sessionContext' | 'validFor'> {
  const { session, decision } = request;
  const { role, warehouse, database, schema } = session.state;
  return {
    approval: id,
    session: session.id,
    statement: request.queryId,
    requester: session.identity.id,
    role,
    warehouse,
    database,
    schema,
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
  };
}
