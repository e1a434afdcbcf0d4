import type { BreakGlassReview } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { type Identity, sameAccount, sameness } from '../identity/index.ts';
import { unclearError } from './approver-decision.ts';
import type { BreakGlassUse } from '../policy/index.ts';
import type { RecordsEvents } from '../recording/index.ts';
import type { Session, SessionId } from '../session/index.ts';
import { actsAs, summaryOf } from './person.ts';
import type { ApprovalPartStore, ReviewsStore, StoredReview } from './ports.ts';
import type { Transaction } from '../unit-of-work.ts';

/** Break-glass leaves something to be looked at, by another person than who used it. */
export interface Reviews {
  /** In the transaction that lets the statement go on; when it is durable, everybody who reviews is told. */
  open(
    tx: ReviewTransaction,
    use: {
      readonly session: Session;
      readonly queryId: string;
      readonly sql: string;
      readonly breakGlass: BreakGlassUse;
    },
  ): Promise<BreakGlassReview>;
  /** Oldest first; their own as well, which they cannot close. */
  list(viewer: Identity, which: 'open' | 'closed'): Promise<readonly BreakGlassReview[]>;
  /** @throws `approval_unknown`, `approver_not_allowed`, `request_malformed`. */
  close(by: Identity, id: string, comment: string): Promise<BreakGlassReview>;
  maySee(viewer: Identity, review: BreakGlassReview): boolean;
  onChange(listener: (review: BreakGlassReview) => void): () => void;
}

export interface ReviewsOptions {
  readonly store: Pick<ApprovalPartStore, 'reviews' | 'transaction' | 'changes'>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Groups that review. */
  readonly reviewers: readonly string[];
  /** Told when a review could not be read again. */
  readonly onError: (error: unknown) => void;
}

export interface ReviewTransaction extends Transaction, RecordsEvents {
  readonly reviews: ReviewsStore;
}

export function createReviews(options: ReviewsOptions): Reviews {
  const { store, now, newId, reviewers } = options;
  const listeners = new Set<(review: BreakGlassReview) => void>();
  let announced: Promise<void> = Promise.resolve();
  store.changes.follow('review', (change) => {
    // Whoever was away for too long finds them in the list.
    if (change === null) return;
    const tell = async () => {
      const kept = await store.reviews.find(change.key);
      if (kept !== null) for (const listener of listeners) listener(kept.review);
    };
    announced = announced.then(tell).catch(options.onError);
  });

  const maySee = (viewer: Identity, review: BreakGlassReview) =>
    actsAs(viewer, reviewers) || sameAccount(viewer, review.by);

  const checkReviewer = (by: Identity, kept: StoredReview, comment: string) => {
    const asUser = sameness(by, kept.user);
    if (!actsAs(by, reviewers) || by.kind !== 'person' || asUser.is === 'same') {
      throw new SluiceError('approver_not_allowed', 'break-glass is reviewed by another person', {
        advice: 'ask another member of the reviewer groups',
      });
    }
    if (asUser.is === 'unclear') throw unclearError(asUser.why);
    if (comment.trim() === '') throw new SluiceError('request_malformed', 'a review needs a comment');
    if (kept.review.closed !== null) throw new SluiceError('approval_void', 'this review is already closed');
  };

  return {
    async open(tx, { session, queryId, sql, breakGlass }) {
      const { entry, reason, lifted } = breakGlass;
      const openedAt = now();
      const review: BreakGlassReview = {
        version: 1,
        id: newId(),
        session: session.id,
        statement: queryId,
        by: summaryOf(session.identity),
        sql,
        entry,
        reason,
        lifted: { rule: lifted.rule, effect: lifted.effect },
        openedAt: new Date(openedAt).toISOString(),
        closed: null,
      };
      await tx.record(session.id, {
        type: 'notice',
        what: 'break_glass',
        detail: {
          statement: queryId,
          review: review.id,
          entry,
          reason,
          rule: lifted.rule,
          would: lifted.effect,
        },
      });
      await tx.reviews.add({ review, user: namedOf(session.identity) }, openedAt);
      tx.tell({ topic: 'review', key: review.id });
      return review;
    },

    async list(viewer, which) {
      const reviews = (await store.reviews.list(which)).map(({ review }) => review);
      return reviews.filter((review) => maySee(viewer, review));
    },

    async close(by, id, comment) {
      const review = await store.transaction(async (tx) => {
        const kept = await tx.reviews.find(id);
        if (kept === null || !maySee(by, kept.review)) {
          throw new SluiceError('approval_unknown', 'there is no such review');
        }
        checkReviewer(by, kept, comment);
        const at = now();
        const closed = { by: summaryOf(by), at: new Date(at).toISOString(), comment };
        const review: BreakGlassReview = { ...kept.review, closed };
        await tx.reviews.close({ ...kept, review }, at);
        await tx.record(kept.review.session as SessionId, {
          type: 'notice',
          what: 'break_glass_reviewed',
          detail: { review: id, statement: kept.review.statement, by: by.id, comment },
        });
        tx.tell({ topic: 'review', key: id });
        return review;
      });
      await announced;
      return review;
    },

    maySee,

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function namedOf({ id, issuer, kind, person }: Identity): StoredReview['user'] {
  return { id, issuer, kind, person };
}
