import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Recorder } from '../recording/index.ts';
import { type Approval, groupsOf } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { boundsOf, type GrantBounds, isWithin } from './grant-bounds.ts';
import type { ApprovalTables } from './migrations.ts';
import { isMember, type LinkedIssuers, samePerson } from './person.ts';

/** Leave to run like statements for a while, given with an approval by everybody who had to approve. */
export interface Grant {
  readonly id: string;
  readonly requester: Identity;
  readonly bounds: GrantBounds;
  readonly givenBy: readonly Identity[];
  /** Groups that may take it back. */
  readonly groups: readonly string[];
  readonly session: Approval['request']['session']['id'];
  /** Milliseconds since the epoch. */
  readonly givenAt: number;
  readonly expiresAt: number;
}

export interface Grants {
  /** Makes a grant of an approval when each of its votes asked for one; the shortest holds. */
  giveFor(approval: Approval): Promise<Grant | null>;
  /** A grant that covers the statement wholly, or null; its use is on the record when it resolves. */
  findGrant(request: ApprovalRequest): Promise<Grant | null>;
  /** Live ones that they have, gave, or may take back. */
  list(viewer: Identity): Promise<readonly Grant[]>;
  /** @throws `approval_unknown` when there is none that they may take back. */
  revoke(by: Identity, id: string): Promise<void>;
  revokeOf(isRevoked: (identity: Identity) => boolean): Promise<void>;
}

export interface GrantsOptions {
  readonly database: Kysely<unknown>;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly linkedIssuers: LinkedIssuers;
}

export function createGrants({ database, recorder, now, newId, linkedIssuers }: GrantsOptions): Grants {
  const db = database as Kysely<ApprovalTables>;

  const live = async (requester?: string): Promise<readonly Grant[]> => {
    let query = db
      .selectFrom('approval_grant')
      .select('content')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now());
    if (requester !== undefined) query = query.where('requester', '=', requester);
    return (await query.execute()).map(({ content }) => JSON.parse(content) as Grant);
  };

  const mayRevoke = (who: Identity, grant: Grant) =>
    samePerson(who, grant.requester, linkedIssuers) || isMember(who, grant.groups);

  const revoke = async (grant: Grant, by: string) => {
    // In force before it is on the record: taking away must not wait for anything.
    await db.updateTable('approval_grant').set({ revoked_at: now() }).where('id', '=', grant.id).execute();
    const detail = { grant: grant.id, by };
    await recorder.append(grant.session, { type: 'notice', what: 'grant_revoked', detail });
  };

  return {
    async giveFor(approval) {
      const { votes } = approval.state;
      const seconds = votes.map(({ grantSeconds }) => grantSeconds).filter((wanted) => wanted !== null);
      if (seconds.length === 0 || seconds.length < votes.length) return null;
      const { session } = approval.request;
      const grant: Grant = {
        id: newId(),
        requester: session.identity,
        bounds: boundsOf(approval.request),
        givenBy: votes.map(({ by }) => by),
        groups: groupsOf(approval),
        session: session.id,
        givenAt: now(),
        expiresAt: now() + Math.min(...seconds) * 1000,
      };
      await recorder.append(session.id, {
        type: 'notice',
        what: 'grant_given',
        detail: {
          grant: grant.id,
          approval: approval.id,
          requester: grant.requester.id,
          givenBy: grant.givenBy.map(({ id }) => id).join(', '),
          expiresAt: new Date(grant.expiresAt).toISOString(),
          bounds: JSON.stringify(grant.bounds),
        },
      });
      await db
        .insertInto('approval_grant')
        .values({
          id: grant.id,
          requester: grant.requester.id,
          expires_at: grant.expiresAt,
          revoked_at: null,
          content: JSON.stringify(grant),
        })
        .execute();
      return grant;
    },

    async findGrant(request) {
      const { identity, id: session } = request.session;
      const grant = (await live(identity.id)).find(({ bounds }) => isWithin(bounds, request)) ?? null;
      if (grant !== null) {
        const detail = { grant: grant.id, statement: request.queryId };
        await recorder.append(session, { type: 'notice', what: 'grant_used', detail });
      }
      return grant;
    },

    async list(viewer) {
      return (await live()).filter((grant) => mayRevoke(viewer, grant));
    },

    async revoke(by, id) {
      const grant = (await live()).find((grant) => grant.id === id && mayRevoke(by, grant));
      if (!grant) throw new SluiceError('approval_unknown', 'there is no such grant');
      await revoke(grant, by.id);
    },

    async revokeOf(isRevoked) {
      const gone = (await live()).filter(
        ({ requester, givenBy }) => isRevoked(requester) || givenBy.some(isRevoked),
      );
      await Promise.all(gone.map((grant) => revoke(grant, 'revocation')));
    },
  };
}
