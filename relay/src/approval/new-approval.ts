import { createHash } from 'node:crypto';
import { bindingOf, canonicalJson } from '@sluice/contract';
import { type Approval, type ApprovalId, boundRequestOf, digestOfBinds } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';

export interface NewApprovalOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new UUID. */
  readonly newId: () => string;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** A request as it is first asked: bound to everything it covers. */
export async function newApproval(
  { newId, random, now }: NewApprovalOptions,
  request: ApprovalRequest,
): Promise<Approval> {
  const id = newId() as ApprovalId;
  const salt = Buffer.from(random(16)).toString('hex');
  const askedAt = now();
  const expiresAt = askedAt + request.decision.ask.expiresAfterSeconds * 1000;
  return {
    id,
    request,
    binding: await bindingOf(boundRequestOf({ id, salt, expiresAt }, request)),
    bindsDigest: digestOfBinds(salt, request),
    salt,
    shape: shapeOf(request),
    askedAt,
    expiresAt,
    escalated: false,
    estimate: null,
    state: { phase: 'asked', votes: [] },
    revision: 0,
  };
}

/** What is held must not change under the approvers' eyes. */
export function snapshot(request: ApprovalRequest): ApprovalRequest {
  return { ...request, session: { ...request.session, state: { ...request.session.state } } };
}

/** Whether a request as it is now is what the approval covers. */
export async function isBoundTo(approval: Approval, request: ApprovalRequest): Promise<boolean> {
  return (await bindingOf(boundRequestOf(approval, request))) === approval.binding;
}

/** Equal for what does the same kind of thing to the same objects: to find earlier decisions by. */
function shapeOf({ understanding, objects }: ApprovalRequest): string {
  const does = [understanding.kind.name, objects.map(({ name, type, access }) => [name, type, access])];
  return createHash('sha256').update(canonicalJson(does)).digest('hex');
}
