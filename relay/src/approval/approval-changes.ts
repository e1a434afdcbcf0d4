import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import type { FollowedEvents, ProvingReaders } from '../recording/index.ts';
import type { Identity } from '../identity/index.ts';
import { type Approval, type ApprovalId, termsOf } from './approval.ts';
import { type ApprovalOnRecord, wrongApproval } from './approval-story.ts';
import { askedEvent, transitionEvents } from './approval-events.ts';
import type { AskedRequest } from './approval-request.ts';
import { unknownApproval } from './approver-decision.ts';
import type { Grants } from './grants.ts';
import { newApproval } from './new-approval.ts';
import type { ApprovalPartStore, ApprovalPartTransaction } from './ports.ts';
import { NOT_AS_RECORDED, type OnRefusedRow, refusedRow } from './refused-row.ts';
import type { Serial } from './serial.ts';
import { advance, type ApprovalInput, isOpen, type Refusal } from './state.ts';

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
  /**
   * Whether an open one is as the record has it. What is not is told, and must not be gone by.
   *
   * @returns why it is not; null when it is.
   */
  wrong(tx: ProvingReaders, approval: Approval): Promise<string | null>;
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
  readonly onRecord: FollowedEvents<ApprovalOnRecord>;
  readonly onRefusedRow: OnRefusedRow;
}

export function createApprovalChanges(parts: ApprovalChangesParts): ApprovalChanges {
  const { store, grants, serial, now, confirmIdentity, onRecord, onRefusedRow } = parts;

  const record = async (tx: ApprovalPartTransaction, approval: Approval, body: EventBody) => {
    const event = await tx.record(approval.request.session.id, body);
    onRecord.note(tx, event);
    return event;
  };

  const wrong: ApprovalChanges['wrong'] = async (tx, approval) => {
    if (!isOpen(approval.state)) return null;
    const place = { session: approval.request.session.id, seq: approval.seq };
    const why = await wrongApproval(approval, await onRecord.standing(tx, place));
    if (why !== null) onRefusedRow('approval_refused', refusedRow('approval', approval.id, why));
    return why;
  };
  /** Else somebody has changed it since it was read: the record has what they did. */
  const isStill = async (tx: ApprovalPartTransaction, before: Approval) =>
    (await tx.approvals.find(before.id))?.revision === before.revision;
  /** Nothing is written into the session that such a row names. */
  const refuse = async (tx: ApprovalPartTransaction, before: Approval): Promise<Approval> => {
    const state = { phase: 'void', votes: [], why: NOT_AS_RECORDED } as const;
    const after = { ...before, state, revision: before.revision + 1 };
    if (await tx.approvals.replace(before, after)) tx.tell({ topic: 'approval', key: after.id });
    return after;
  };

  /** With its events, and with the grant that an approval may give; false when it has been changed since. */
  const replace = async (
    tx: ApprovalPartTransaction,
    before: Approval,
    after: Approval,
    events: readonly EventBody[],
  ): Promise<boolean> => {
    if (!(await tx.approvals.replace(before, after))) return false;
    for (const event of events) await record(tx, before, event);
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
      const asked = await newApproval(parts, request);
      return await store.transaction(async (tx) => {
        await confirm(tx);
        // Whoever has been put out by now, at whichever relay. Of a statement it is looked at once it is held.
        if (request.kind === 'access') confirmIdentity(request.session.identity);
        for (const event of events) await record(tx, asked, event);
        const { seq } = await record(tx, asked, askedEvent(asked));
        const approval = { ...asked, seq };
        await tx.approvals.insert(approval);
        tx.tell({ topic: 'approval', key: approval.id });
        return approval;
      });
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
            if (!(await isStill(tx, before))) return null;
            if ((await wrong(tx, before)) !== null)
              return { approval: await refuse(tx, before), refusal: 'ended' as const };
            const isDone = await replace(tx, before, after, transitionEvents(before, state));
            return isDone ? { approval: after, refusal } : null;
          });
          if (changed !== null) return changed;
          // Another relay was first: what is asked for is asked of what it left.
        }
      }),

    amend: (id, amendment) =>
      serial.run(id, async () => {
        const before = await store.approvals.find(id);
        const amended = before && amendment(before);
        if (!before || !amended) return;
        const after = { ...before, ...amended.changes, revision: before.revision + 1 };
        await store.transaction(async (tx) => {
          if (!(await isStill(tx, before)) || (await wrong(tx, before)) !== null) return;
          await replace(tx, before, after, [amended.event]);
        });
      }),

    wrong,
  };
}
