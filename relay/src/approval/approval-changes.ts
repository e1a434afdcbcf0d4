import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import { type Approval, type ApprovalId, termsOf } from './approval.ts';
import { askedEvent, transitionEvents } from './approval-events.ts';
import type { AskedRequest } from './approval-request.ts';
import { unknownApproval } from './approver-decision.ts';
import type { Grants } from './grants.ts';
import { newApproval } from './new-approval.ts';
import type { ApprovalPartStore, ApprovalPartTransaction } from './ports.ts';
import type { Serial } from './serial.ts';
import { advance, type ApprovalInput, type Refusal } from './state.ts';

/** The only way in which approvals come to be and change: on the record, and in one transaction with it. */
export interface ApprovalChanges {
  /**
   * Puts a new one before people, behind these events.
   *
   * @param confirm looks once more, in the transaction, at what it rests on.
   * @throws `identity_revoked` for access that somebody asks for who is out, and what `confirm` throws: then nothing is asked.
   */
  insert<Request extends AskedRequest>(
    request: Request,
    events: readonly EventBody[],
    confirm?: (tx: ApprovalPartTransaction) => Promise<void>,
  ): Promise<Approval<Request>>;
  /**
   * Loads it, gives it the input and stores what becomes of it; again when another relay was first.
   *
   * @param confirm looks once more, in the transaction, at what the input rests on.
   * @throws `approval_unknown`, and whatever `inputFor` and `confirm` throw: then nothing has changed.
   */
  change(
    id: ApprovalId,
    inputFor: (approval: Approval) => ApprovalInput | Promise<ApprovalInput>,
    confirm?: (tx: ApprovalPartTransaction) => Promise<void>,
  ): Promise<{ readonly approval: Approval; readonly refusal: Refusal | null }>;
  /** Changes what approvers are shown or who they are; the state stays. Nothing when somebody changed it meanwhile. */
  amend(
    id: ApprovalId,
    amendment: (
      approval: Approval,
    ) => { readonly changes: Partial<Approval>; readonly event: EventBody } | null,
  ): Promise<void>;
}

export interface ApprovalChangesParts {
  readonly store: Pick<ApprovalPartStore, 'approvals' | 'transaction'>;
  readonly grants: Pick<Grants, 'giveFor'>;
  /** One change of an approval at a time, in this relay. */
  readonly serial: Serial;
  /** Throws `identity_revoked`. */
  readonly confirmIdentity: (identity: Identity) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly random: (bytes: number) => Uint8Array;
}

export function createApprovalChanges(parts: ApprovalChangesParts): ApprovalChanges {
  const { store, grants, serial, now, confirmIdentity } = parts;

  const record = async (tx: ApprovalPartTransaction, approval: Approval, events: readonly EventBody[]) => {
    for (const event of events) await tx.record(approval.request.session.id, event);
  };

  /** With its events, and with the grant that an approval may give; false when it has been changed since. */
  const replace = async (
    tx: ApprovalPartTransaction,
    before: Approval,
    after: Approval,
    events: readonly EventBody[],
  ): Promise<boolean> => {
    if (!(await tx.approvals.replace(before, after))) return false;
    await record(tx, before, events);
    const isNew = after.state.phase !== before.state.phase;
    if (isNew && after.state.phase === 'approved') await grants.giveFor(tx, after);
    if (isNew && after.state.phase === 'granted' && (await grants.giveFor(tx, after)) === null) {
      throw new SluiceError('approval_void', 'what was asked for would be over by now');
    }
    tx.tell({ topic: 'approval', key: after.id });
    return true;
  };

  return {
    async insert(request, events, confirm = async () => {}) {
      const approval = await newApproval(parts, request);
      await store.transaction(async (tx) => {
        await confirm(tx);
        // Whoever has been put out by now, at whichever relay. Of a statement it is looked at once it is held.
        if (request.kind === 'access') confirmIdentity(request.session.identity);
        await tx.approvals.insert(approval);
        await record(tx, approval, [...events, askedEvent(approval)]);
        tx.tell({ topic: 'approval', key: approval.id });
      });
      return approval;
    },

    change: (id, inputFor, confirm = async () => {}) =>
      serial.run(id, async () => {
        for (;;) {
          const before = await store.approvals.find(id);
          if (before === null) throw unknownApproval();
          const input = await inputFor(before);
          const { state, refusal } = advance(termsOf(before), before.state, input, now());
          if (state === before.state) return { approval: before, refusal };
          const after = { ...before, state, revision: before.revision + 1 };
          const changed = await store.transaction(async (tx) => {
            await confirm(tx);
            return await replace(tx, before, after, transitionEvents(before, state));
          });
          if (changed) return { approval: after, refusal };
          // Another relay was first: what is asked for is asked of what it left.
        }
      }),

    amend: (id, amendment) =>
      serial.run(id, async () => {
        const before = await store.approvals.find(id);
        const amended = before && amendment(before);
        if (!before || !amended) return;
        const after = { ...before, ...amended.changes, revision: before.revision + 1 };
        await store.transaction((tx) => replace(tx, before, after, [amended.event]));
      }),
  };
}
