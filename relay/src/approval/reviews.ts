import type { BreakGlassReview } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import { type Identity, sameAccount, sameness } from '../identity/index.ts';
import { unclearError } from './approver-decision.ts';
import type { BreakGlassUse } from '../policy/index.ts';
import type { Recorder } from '../recording/index.ts';
import type { Session, SessionId } from '../session/index.ts';
import type { ApprovalTables } from './migrations.ts';
import { actsAs, summaryOf } from './person.ts';

/** Break-glass leaves something to be looked at, by another person than who used it. */
export interface Reviews {
  /** Call it before the statement runs: recorded, durable, and everybody who reviews is told. */
  open(use: {
    readonly session: Session;
    readonly queryId: string;
    readonly sql: string;
    readonly breakGlass: BreakGlassUse;
  }): Promise<BreakGlassReview>;
  /** Oldest first; their own as well, which they cannot close. */
  list(viewer: Identity, which: 'open' | 'closed'): Promise<readonly BreakGlassReview[]>;
  /** @throws `approval_unknown`, `approver_not_allowed`, `request_malformed`. */
  close(by: Identity, id: string, comment: string): Promise<BreakGlassReview>;
  maySee(viewer: Identity, review: BreakGlassReview): boolean;
  onChange(listener: (review: BreakGlassReview) => void): () => void;
}

export interface ReviewsOptions {
  readonly database: Kysely<unknown>;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Groups that review. */
  readonly reviewers: readonly string[];
}

export function createReviews(options: ReviewsOptions): Reviews {
  const { recorder, now, newId, reviewers } = options;
  const db = options.database as Kysely<ApprovalTables>;
  const listeners = new Set<(review: BreakGlassReview) => void>();
  const announce = (review: BreakGlassReview) => {
    for (const listener of listeners) listener(review);
  };

  const maySee = (viewer: Identity, review: BreakGlassReview) =>
    actsAs(viewer, reviewers) || sameAccount(viewer, review.by);

  const find = async (id: string): Promise<Kept> => {
    const row = await db
      .selectFrom('break_glass_review')
      .select('content')
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw new SluiceError('approval_unknown', 'there is no such review');
    return JSON.parse(row.content) as Kept;
  };

  return {
    async open({ session, queryId, sql, breakGlass }) {
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
      await recorder.append(session.id, {
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
      const kept: Kept = { review, user: namedOf(session.identity) };
      await db
        .insertInto('break_glass_review')
        .values({ id: review.id, opened_at: openedAt, closed_at: null, content: JSON.stringify(kept) })
        .execute();
      announce(review);
      return review;
    },

    async list(viewer, which) {
      const rows = await db
        .selectFrom('break_glass_review')
        .select('content')
        .where('closed_at', which === 'open' ? 'is' : 'is not', null)
        .orderBy('opened_at')
        .execute();
      return rows
        .map(({ content }) => (JSON.parse(content) as Kept).review)
        .filter((review) => maySee(viewer, review));
    },

    async close(by, id, comment) {
      const kept = await find(id);
      if (!maySee(by, kept.review)) throw new SluiceError('approval_unknown', 'there is no such review');
      const asUser = sameness(by, kept.user);
      if (!actsAs(by, reviewers) || by.kind !== 'person' || asUser.is === 'same') {
        throw new SluiceError('approver_not_allowed', 'break-glass is reviewed by another person', {
          advice: 'ask somebody else of the reviewer groups',
        });
      }
      if (asUser.is === 'unclear') throw unclearError(asUser.why);
      if (comment.trim() === '') throw new SluiceError('request_malformed', 'a review needs a comment');
      if (kept.review.closed !== null)
        throw new SluiceError('approval_void', 'this review is closed already');
      const at = now();
      await recorder.append(kept.review.session as SessionId, {
        type: 'notice',
        what: 'break_glass_reviewed',
        detail: { review: id, statement: kept.review.statement, by: by.id, comment },
      });
      const closed = { by: summaryOf(by), at: new Date(at).toISOString(), comment };
      const review: BreakGlassReview = { ...kept.review, closed };
      await db
        .updateTable('break_glass_review')
        .set({ closed_at: at, content: JSON.stringify({ ...kept, review } satisfies Kept) })
        .where('id', '=', id)
        .where('closed_at', 'is', null)
        .execute();
      announce(review);
      return review;
    },

    maySee,

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Kept {
  readonly review: BreakGlassReview;
  /** Who used it: to know them by another account; not shown. */
  readonly user: User;
}

type User = Parameters<typeof sameness>[0];

function namedOf({ id, issuer, kind, person }: Identity): User {
  return { id, issuer, kind, person };
}
