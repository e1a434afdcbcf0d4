import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { type Identity, sameAccount } from '../identity/index.ts';
import type { ApprovalChanges } from './approval-changes.ts';
import { refusalError, unknownApproval } from './approver-decision.ts';
import { type AccessApproval, type Approval, type ApprovalId, isAccess, termsOf } from './approval.ts';
import type { AccessRequest } from './approval-request.ts';
import { isBoundTo, snapshot } from './new-approval.ts';
import type { ApprovalsReader } from './ports.ts';
import type { Serial } from './serial.ts';
import { type ApprovalInput, refusalFor } from './state.ts';

/** Access that is asked for ahead: one row among the approvals, with nothing behind it that waits or could run. */
export interface AccessRequests {
  askAhead(request: AccessRequest, asking: Asking): Promise<AccessApproval>;
  withdraw(by: Identity, id: ApprovalId): Promise<AccessApproval>;
  /** Why nobody can agree to it any more; null when it is as it was asked for, or not this one's to agree to. */
  changed(approval: Approval, by: Identity): Promise<ApprovalInput | null>;
}

export interface Asking {
  /** What was found out about the example, for the record. */
  readonly events: readonly EventBody[];
  /** Throws when there are too many already. Called only for a request that is new, with all that wait. */
  admit(waiting: readonly AccessApproval[]): void;
}

export interface AccessRequestsParts extends Pick<ApprovalChanges, 'insert' | 'change'> {
  readonly approvals: ApprovalsReader;
  readonly serial: Serial;
  readonly now: () => number;
  readonly askedNow: (request: AccessRequest) => Promise<AccessRequest | null>;
}

export function createAccessRequests(parts: AccessRequestsParts): AccessRequests {
  const { approvals, serial, now, askedNow, insert, change } = parts;
  return {
    async askAhead(request, { admit, events }) {
      const asked = snapshot(request);
      const { identity } = asked.session;
      return await serial.run(`access ${identity.id}`, async () => {
        for (;;) {
          const waiting = (await approvals.open()).filter(isAccess);
          for (const other of waiting) if (await asksForTheSame(other, asked)) return other;
          admit(waiting);
          const known = new Set(waiting.map(({ id }) => id));
          try {
            return await insert(asked, events, async (tx) => {
              // Whatever has been asked meanwhile, at another relay, may be the same.
              const now = (await tx.approvals.open()).filter(isAccess);
              if (now.some(({ id }) => !known.has(id))) throw new AskedMeanwhile();
            });
          } catch (error) {
            if (!(error instanceof AskedMeanwhile)) throw error;
          }
        }
      });
    },

    async withdraw(by, id) {
      const { approval, refusal } = await change(id, ({ request }) => {
        const isOwn = request.kind === 'access' && sameAccount(by, request.session.identity);
        if (!isOwn) throw unknownApproval();
        return { type: 'cancel', why: 'who asked for it took it back' };
      });
      if (!isAccess(approval)) throw unknownApproval();
      if (refusal !== null) throw refusalError(refusal);
      return approval;
    },

    async changed(approval, by) {
      if (!isAccess(approval) || approval.state.phase !== 'asked') return null;
      // Who may not decide sets nobody to work.
      if (refusalFor(termsOf(approval), by, now()) !== null) return null;
      const asked = await askedNow(approval.request);
      if (asked !== null && (await isBoundTo(approval, asked))) return null;
      return { type: 'void', why: CHANGED_SINCE };
    },
  };
}

/** By another relay, since it was looked what waits. */
class AskedMeanwhile extends Error {}

/** Of the same account. The ids that each request has of its own make no difference. */
async function asksForTheSame(waiting: AccessApproval, asked: AccessRequest): Promise<boolean> {
  const { queryId, session } = waiting.request;
  if (!sameAccount(session.identity, asked.session.identity)) return false;
  return await isBoundTo(waiting, { ...asked, queryId, session: { ...asked.session, id: session.id } });
}

const CHANGED_SINCE =
  'the policy, or what the statement means, has changed since access was asked for, so nothing was given';

/** Throws when it was found to have changed just as somebody agreed to it. */
export function refuseChanged({ state }: Approval): void {
  if (state.phase !== 'void' || state.why !== CHANGED_SINCE) return;
  throw new SluiceError('approval_void', CHANGED_SINCE, { advice: 'they can ask for it anew' });
}
