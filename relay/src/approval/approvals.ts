import { type Identity, sameAccount } from '../identity/index.ts';
import type { FollowedEvents, ProvingReaders } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import { type Asking, createAccessRequests, refuseChanged } from './access-requests.ts';
import {
  type ApproverDecision,
  checkApproverDecision,
  refusalError,
  unknownApproval,
  voteOf,
} from './approver-decision.ts';
import {
  type AccessApproval,
  type Approval,
  type ApprovalId,
  type Estimate,
  groupsOf,
  type HeldApproval,
  isHeld,
  mostRowsOf,
  termsOf,
} from './approval.ts';
import { createApprovalChanges } from './approval-changes.ts';
import { type ApprovalOnRecord, lacksVotes } from './approval-story.ts';
import { escalatedEvent, estimatedEvent } from './approval-events.ts';
import type { AccessRequest, ApprovalRequest } from './approval-request.ts';
import type { Devices } from './devices.ts';
import type { Grants } from './grants.ts';
import { holdError, type HoldOutcome, outcomeOf, unusable } from './hold-outcome.ts';
import { isBoundTo, snapshot } from './new-approval.ts';
import { actsAs, isOutBy } from './person.ts';
import type { ApprovalPartStore, ApprovalPartTransaction } from './ports.ts';
import { NOT_AS_RECORDED, type OnRefusedRow } from './refused-row.ts';
import { createSerial } from './serial.ts';
import { advance, isOpen } from './state.ts';
import { createWaiters } from './waiters.ts';

/** What whoever waits is told: who was asked, and until when. */
export interface HeldNews {
  readonly approvalId: ApprovalId;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly approvers: readonly string[];
  readonly needed: number;
}

/**
 * What waits for people: statements that are held, and access that is asked for ahead. Every change is on the record
 * with what it changes, or neither is.
 */
export interface Approvals {
  /**
   * Waits until people have decided, it expires, or `signal` aborts (which cancels it). `held` is called
   * once it is durable. Holding a statement (`queryId`) again goes on with its open request when it is
   * still the same in everything; else that one is void, and people are asked anew. So they are when it was used up by
   * a run that was taken back (`again`).
   *
   * @throws `record_unavailable` when nothing can be put on the record.
   */
  hold(
    request: ApprovalRequest,
    signal: AbortSignal,
    held: (approval: HeldNews) => void,
  ): Promise<HoldOutcome>;
  /**
   * Asks for access ahead, and answers at once. The same request, while it waits, is not asked twice. Nothing waits for
   * it but people, so it outlives the session that it was asked in.
   *
   * @throws `record_unavailable`, and what `asking.admit` throws.
   */
  askAhead(request: AccessRequest, asking: Asking): Promise<AccessApproval>;
  /** Takes a request for access back. @throws `approval_unknown` for any but one's own, `approval_void` when it is over. */
  withdraw(by: Identity, id: ApprovalId): Promise<AccessApproval>;
  /**
   * Looks whether the approval is for the statement as it would run now, understood and decided anew. Call it after
   * everything else; only when `use` is durable may the statement run, once.
   *
   * @throws `approval_void`, `approval_expired`.
   */
  consume(id: ApprovalId, request: ApprovalRequest): Promise<Consumption>;
  /** Makes an approval void that was collected for nothing: the policy has changed its mind meanwhile. */
  void(id: ApprovalId, why: string): Promise<void>;
  /** @throws `approval_unknown`, `approver_not_allowed`, `approval_void`, `approval_expired`. */
  decide(by: Identity, id: ApprovalId, answer: ApproverDecision): Promise<Approval>;
  /** Those that are not over; oldest first. */
  open(): Promise<readonly Approval[]>;
  /**
   * Of those, the statements that are held, with everything needed to go on after a restart. Access that is asked for is
   * never among them: there is nothing of it to run.
   */
  held(): Promise<readonly HeldApproval[]>;
  /** The one of this statement; null when it is not held. */
  heldAs(statement: string): Promise<HeldApproval | null>;
  /** Cancels the statements that a session has waiting. */
  sessionEnded(session: SessionId): Promise<void>;
  /** Cancels what revoked people have asked for, and discards their votes and grants. */
  revoked(isRevoked: (identity: Identity) => boolean): Promise<void>;
  /** Expires and escalates what is due. Call it about once a second. */
  tick(): Promise<void>;
  /** Ends all waiting as `suspended`; what is pending stays so. */
  stop(): void;

  /** @throws `approval_unknown`, also when it is not theirs to see. */
  find(viewer: Identity, id: ApprovalId): Promise<Approval>;
  /** Open ones that they may see, oldest first. */
  pending(viewer: Identity): Promise<readonly Approval[]>;
  /** Ended ones that they may see, asked before `before`, the newest first. */
  ended(viewer: Identity, before: number, limit: number): Promise<readonly Approval[]>;
  /** Earlier ones of the same shape or requester that they may see. */
  similarTo(viewer: Identity, approval: Approval): Promise<readonly Approval[]>;
  maySee(viewer: Identity, approval: Approval): boolean;
  onChange(listener: (approval: Approval) => void): () => void;
}

/** An approval that may be used. */
export interface Consumption {
  /** How many rows it may hit at most; null when nobody knew and nobody said. */
  readonly mostRows: number | null;
  /** Uses it up, in the transaction that lets the statement run. @throws `approval_void`, `approval_expired`. */
  use(tx: Pick<ApprovalPartTransaction, 'approvals' | 'tell' | keyof ProvingReaders>): Promise<void>;
}

export interface ApprovalsOptions {
  readonly store: ApprovalPartStore;
  readonly devices: Devices;
  readonly grants: Grants;
  /**
   * Throws `identity_revoked`. In force before `revoked` is called, so that between the two no vote and no
   * request of somebody who is out can slip in.
   */
  readonly confirmIdentity: (identity: Identity) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new UUID. */
  readonly newId: () => string;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** What running it would touch and cost; asked while people are told already. Must mask what it says. */
  readonly estimate: ((request: ApprovalRequest) => Promise<Estimate | null>) | null;
  /**
   * A request for access as it would be if it were asked now; null when nobody would be asked, or it would be refused.
   * Nothing is run for it.
   */
  readonly askedNow: (request: AccessRequest) => Promise<AccessRequest | null>;
  /** Told of failures that nobody waits for. */
  readonly onError: (error: unknown) => void;
  readonly onRecord: FollowedEvents<ApprovalOnRecord>;
  readonly onRefusedRow: OnRefusedRow;
}

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { store, now, devices, grants, confirmIdentity } = options;
  const serial = createSerial();
  const waiters = createWaiters();
  const listeners = new Set<(approval: Approval) => void>();

  let lastRead: Promise<readonly Approval[]> | null = null;
  /** Read once until something changes: when the relay is back, everybody asks for the list at once. */
  const readOpen = () => {
    lastRead ??= store.approvals.open().catch((error: unknown) => {
      lastRead = null;
      throw error;
    });
    return lastRead;
  };

  /** Whichever relay changed it; told as it is by now. */
  let announced: Promise<void> = Promise.resolve();
  const announce = (approval: Approval) => {
    const outcome = outcomeOf(approval.id, approval.state);
    if (outcome !== null) waiters.settle(approval.id, outcome);
    for (const listener of listeners) listener(approval);
  };
  const stopFollowing = store.changes.follow('approval', (change) => {
    lastRead = null;
    const read = async () => {
      if (change !== null) return [await store.approvals.find(change.key as ApprovalId)];
      // What was missed may have settled any that is waited for.
      return await Promise.all(waiters.waitedFor().map((id) => store.approvals.find(id)));
    };
    const tell = async () => {
      for (const approval of await read()) if (approval !== null) announce(approval);
    };
    announced = announced.then(tell).catch(options.onError);
  });

  const { insert, change, amend, wrong } = createApprovalChanges({ ...options, serial });

  const ask = async (request: ApprovalRequest): Promise<HeldApproval> => {
    const approval = await insert(request, []);
    void estimate(approval).catch(options.onError);
    return approval;
  };

  const estimate = async ({ id, request }: HeldApproval) => {
    const estimate = (await options.estimate?.(request)) ?? null;
    if (estimate === null) return;
    // Once they have agreed, it tells nobody anything, and must not change what they agreed to.
    await amend(id, (approval) =>
      approval.state.phase === 'asked'
        ? { changes: { estimate }, event: estimatedEvent(approval, estimate) }
        : null,
    );
  };

  const goOnOrAsk = (request: ApprovalRequest): Promise<Approval> =>
    serial.run(`statement ${request.queryId}`, async () => {
      const earlier = await store.approvals.findByStatement(request.queryId);
      if (earlier === null || earlier.state.phase === 'void') return ask(request);
      if (earlier.state.phase === 'used' && request.again !== null) return ask(request);
      if (!isOpen(earlier.state) || (await isBoundTo(earlier, request))) return earlier;
      await change(earlier.id, () => ({ type: 'void', why: 'the statement or its surroundings changed' }));
      return ask(request);
    });

  const access = createAccessRequests({
    approvals: store.approvals,
    serial,
    now,
    askedNow: options.askedNow,
    insert,
    change,
  });

  const escalate = (id: ApprovalId) =>
    amend(id, (approval) => {
      const { escalate } = approval.request.decision.ask;
      if (escalate === null || approval.escalated || approval.state.phase !== 'asked') return null;
      if (now() < approval.askedAt + escalate.afterSeconds * 1000) return null;
      return { changes: { escalated: true }, event: escalatedEvent(approval, escalate.to) };
    });

  const maySee = (viewer: Identity, approval: Approval) =>
    sameAccount(viewer, approval.request.session.identity) || actsAs(viewer, groupsOf(approval));

  const isOut = isOutBy(confirmIdentity);

  const cancelAll = async (which: (approval: Approval) => boolean, why: string) => {
    const open = (await store.approvals.open()).filter(which);
    await Promise.all(open.map(({ id }) => change(id, () => ({ type: 'cancel', why }))));
  };

  return {
    async hold(request, signal, held) {
      const asked = await goOnOrAsk(snapshot(request));
      const { id, expiresAt } = asked;
      const outcome = waiters.wait(id, signal, async (why) => {
        await change(id, () => ({ type: 'cancel', why })).catch(options.onError);
      });
      held({
        approvalId: id,
        expiresAt,
        approvers: groupsOf(asked),
        needed: asked.request.decision.ask.needed,
      });
      // It may have been decided before anybody waited, and the requester put out before it was there.
      const { approval } = await change(id, ({ request }) =>
        isOut(request.session.identity)
          ? { type: 'cancel', why: 'the requester was revoked' }
          : { type: 'time' },
      );
      const already = outcomeOf(id, approval.state);
      if (already !== null) waiters.settle(id, already);
      return outcome;
    },

    askAhead: access.askAhead,
    withdraw: access.withdraw,

    async consume(id, request) {
      // After what is being decided on it already.
      const before = await serial.run(id, () => store.approvals.find(id));
      if (before === null) throw unknownApproval();
      const { identity } = request.session;
      confirmIdentity(identity);
      const input = { type: 'consume', matches: await isBoundTo(before, request) } as const;
      if (advance(termsOf(before), before.state, input, now()).state.phase !== 'used') {
        const { approval } = await change(id, () => input);
        throw unusable(approval.id, approval.state);
      }
      const lacks = lacksVotes(before, request);
      if (lacks !== null) {
        await change(id, () => ({ type: 'void', why: lacks }));
        throw holdError({ outcome: 'void', why: lacks });
      }
      const mostRows = mostRowsOf(before);
      return {
        mostRows,
        async use(tx) {
          confirmIdentity(identity);
          // What it is bound to stays; all else may have changed meanwhile.
          const current = await tx.approvals.find(id);
          if (current === null) throw unknownApproval();
          const { state } = advance(termsOf(current), current.state, input, now());
          if (state.phase !== 'used' || current.state.phase === 'used') throw unusable(id, current.state);
          if ((await wrong(tx, current)) !== null || mostRowsOf(current) !== mostRows)
            throw holdError({ outcome: 'void', why: NOT_AS_RECORDED });
          await tx.approvals.replace(current, { ...current, state, revision: current.revision + 1 });
          tx.tell({ topic: 'approval', key: id });
        },
      };
    },

    async void(id, why) {
      await change(id, () => ({ type: 'void', why }));
    },

    async decide(by, id, answer) {
      const { approval, refusal } = await change(
        id,
        async (approval) => {
          confirmIdentity(by);
          if (!maySee(by, approval)) throw unknownApproval();
          checkApproverDecision(approval, answer, now());
          await devices.checkDecision(by, approval, answer);
          const changed = answer.verdict === 'approve' ? await access.changed(approval, by) : null;
          return changed ?? { type: answer.verdict, vote: voteOf(by, now(), answer) };
        },
        async (tx) => {
          // What may have become of them while the signature was looked at.
          confirmIdentity(by);
          await devices.confirmDevice(tx, by, answer);
        },
      );
      await announced;
      refuseChanged(approval);
      if (refusal !== null) {
        throw approval.state.phase === 'expired' ? holdError({ outcome: 'expired' }) : refusalError(refusal);
      }
      return approval;
    },

    open: () => store.approvals.open(),
    held: async () => (await store.approvals.open()).filter(isHeld),
    async heldAs(statement) {
      const approval = await store.approvals.findByStatement(statement);
      return approval !== null && isHeld(approval) && isOpen(approval.state) ? approval : null;
    },

    // Who asks for access ahead goes away meanwhile.
    sessionEnded: (session) =>
      cancelAll(
        (approval) => isHeld(approval) && approval.request.session.id === session,
        'the session has ended',
      ),

    async revoked(isRevoked) {
      await cancelAll(({ request }) => isRevoked(request.session.identity), 'the requester was revoked');
      // All of them, each in its turn: a vote of theirs may be on its way into any.
      const open = await store.approvals.open();
      await Promise.all(open.map(({ id }) => change(id, () => ({ type: 'revoke_votes', isRevoked }))));
      await grants.revokeOf(isRevoked);
    },

    async tick() {
      const due = await store.approvals.due(now());
      const changes = due.map(async ({ id }) => {
        await change(id, () => ({ type: 'time' }));
        await escalate(id);
      });
      for (const result of await Promise.allSettled(changes)) {
        if (result.status === 'rejected') options.onError(result.reason);
      }
    },

    stop() {
      stopFollowing();
      waiters.suspend();
    },

    async find(viewer, id) {
      const approval = await store.approvals.find(id);
      if (approval === null || !maySee(viewer, approval)) throw unknownApproval();
      return approval;
    },
    async pending(viewer) {
      return (await readOpen()).filter((approval) => maySee(viewer, approval));
    },
    async ended(viewer, before, limit) {
      return (await store.approvals.ended({ before, limit })).filter((approval) => maySee(viewer, approval));
    },
    async similarTo(viewer, approval) {
      return (await store.approvals.similarTo(approval, SIMILAR)).filter((other) => maySee(viewer, other));
    },
    maySee,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const SIMILAR = 10;
