import { createHash } from 'node:crypto';
import { bindingOf, canonicalJson } from '@sluice/contract';
import { type Approval, type ApprovalId, boundOf, digestOfBinds } from './approval.ts';
import type { AskedRequest } from './approval-request.ts';

export interface NewApprovalOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new UUID. */
  readonly newId: () => string;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** A request as it is first asked: bound to everything it covers. It is on no record yet. */
export async function newApproval<Request extends AskedRequest>(
  { newId, random, now }: NewApprovalOptions,
  request: Request,
): Promise<Approval<Request>> {
  const id = newId() as ApprovalId;
  const salt = Buffer.from(random(16)).toString('hex');
  const askedAt = now();
  const expiresAt = Math.min(askedAt + request.decision.ask.expiresAfterSeconds * 1000, overBy(request));
  return {
    id,
    request,
    binding: await bindingOf(boundOf({ id, salt, expiresAt }, request)),
    bindsDigest: digestOfBinds(salt, request),
    salt,
    shape: shapeOf(request),
    askedAt,
    expiresAt,
    escalated: false,
    estimate: null,
    state: { phase: 'asked', votes: [] },
    revision: 0,
    seq: -1,
  };
}

/** When access that is for a given time would be over, whenever it were approved. */
function overBy(request: AskedRequest): number {
  if (request.kind === 'statement' || request.terms.from === null) return Infinity;
  return Date.parse(request.terms.from) + request.terms.seconds * 1000;
}

/** What is asked about must not change under the approvers' eyes. */
export function snapshot<Request extends AskedRequest>(request: Request): Request {
  return { ...request, session: { ...request.session, state: { ...request.session.state } } };
}

/** Whether a request as it is now is what the approval covers. */
export async function isBoundTo(approval: Approval, request: AskedRequest): Promise<boolean> {
  return (await bindingOf(boundOf(approval, request))) === approval.binding;
}

/** Equal for what does the same kind of thing to the same objects: to find earlier decisions by. */
function shapeOf({ understanding, objects }: AskedRequest): string {
  const does = [understanding.kind.name, objects.map(({ name, type, access }) => [name, type, access])];
  return createHash('sha256').update(canonicalJson(does)).digest('hex');
}
