import { SluiceError } from '../errors.ts';
import { type Identity, type IdentityId, sameAccount } from '../identity/index.ts';
import type { FollowedEvents, ProvingReaders, RecordsEvents } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { Transaction } from '../unit-of-work.ts';
import { type Approval, groupsOf, isAccess } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { Grant, LiveGrant } from './grant.ts';
import { boundsOf, isWithin } from './grant-bounds.ts';
import { givenBy } from './grant-given.ts';
import { grantDigest, type GrantOnRecord, wrongGrant } from './grant-story.ts';
import { grantWords, lastingFrom } from './grant-words.ts';
import { actsAs, isOutBy } from './person.ts';
import type { ApprovalPartStore, GrantsReader, GrantsStore } from './ports.ts';
import { type OnRefusedRow, refusedRow } from './refused-row.ts';

/** One statement under a grant: its rows are taken beforehand, so that two at once do not share them. */
export interface GrantUse {
  readonly grant: Grant;
  /** Rows that it may change or return at most. */
  readonly rows: number;
  /** In the transaction that lets the statement run. @throws `approval_void` when it has been taken back, or is over. */
  confirm(tx: GrantTransaction): Promise<void>;
  /** Gives back what it did not need of them. A statement counts as one row at least; never called, as all of them. */
  settle(tx: GrantTransaction, rows: number): Promise<void>;
}

export interface Grants {
  /** Makes the grant that the votes on a request give, if they do; the shortest, and the fewest rows, hold. */
  giveFor(tx: GrantTransaction, approval: Approval): Promise<Grant | null>;
  /** Takes rows of a grant that covers the statement wholly, or null. */
  use(tx: GrantTransaction, request: ApprovalRequest): Promise<GrantUse | null>;
  /** Live ones that they have, gave, or may take back. */
  list(viewer: Identity): Promise<readonly LiveGrant[]>;
  /** Live ones of an account, those that begin later among them; a look at them, by which nothing runs. */
  of(account: Pick<Identity, 'id' | 'issuer' | 'subject'>): Promise<readonly LiveGrant[]>;
  /** @throws `approval_unknown` when there is none that they may take back. */
  revoke(by: Identity, id: string): Promise<void>;
  revokeOf(isRevoked: (identity: Identity) => boolean): Promise<void>;
}

/** What grants are written in. */
export interface GrantTransaction extends RecordsEvents, ProvingReaders, Pick<Transaction, 'onEnd'> {
  readonly grants: GrantsStore;
}

type GrantReaders = ProvingReaders & { readonly grants: GrantsReader };
type Detail = Readonly<Record<string, string>>;

export interface GrantsOptions {
  readonly store: Pick<ApprovalPartStore, 'grants' | 'transaction' | keyof ProvingReaders>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Throws `identity_revoked`. */
  readonly confirmIdentity: (identity: Identity) => void;
  readonly onRecord: FollowedEvents<GrantOnRecord>;
  readonly onRefusedRow: OnRefusedRow;
}

export function createGrants(options: GrantsOptions): Grants {
  const { store, now, newId, confirmIdentity, onRecord, onRefusedRow } = options;

  const compared = async (readers: GrantReaders, requester?: IdentityId) => {
    const standing: LiveGrant[] = [];
    const wrong: SluiceError[] = [];
    for (const grant of await readers.grants.live(now(), requester)) {
      const why = wrongGrant(grant, await onRecord.standing(readers, grant));
      if (why !== null) wrong.push(refusedRow('approval_grant', grant.id, why));
      // The columns by which rows are found are not what was given.
      else if (now() < grant.expiresAt) standing.push(grant);
    }
    return { standing, wrong };
  };
  /** Those that the record has, too. What the database has otherwise than the record is told, and does not count. */
  const liveIn = async (tx: GrantTransaction, requester?: IdentityId): Promise<readonly LiveGrant[]> => {
    const { standing, wrong } = await compared(tx, requester);
    for (const error of wrong) onRefusedRow('grant_refused', error);
    return standing;
  };
  /** Outside of a transaction, one may end between two reads. */
  const live = async (): Promise<readonly LiveGrant[]> => {
    const { standing, wrong } = await compared(store);
    return wrong.length === 0 ? standing : await store.transaction((tx) => liveIn(tx));
  };
  /** All that becomes of a grant is told in its own session, by which it is followed. */
  const note = async (
    tx: GrantTransaction,
    grant: Grant,
    session: SessionId,
    what: string,
    detail: Detail,
  ) => {
    onRecord.note(tx, await tx.record(session, { type: 'notice', what, detail }));
    if (session === grant.session) return;
    onRecord.note(
      tx,
      await tx.record(grant.session, { type: 'notice', what, detail: { ...detail, session } }),
    );
  };

  const isOut = isOutBy(confirmIdentity);

  const mayRevoke = (who: Identity, grant: Grant) =>
    sameAccount(who, grant.requester) || actsAs(who, grant.groups);

  const revoke = (grant: Grant, by: string) =>
    store.transaction(async (tx) => {
      await tx.grants.revoke(grant.id, now());
      const detail = { grant: grant.id, by };
      await note(tx, grant, grant.session, 'grant_revoked', detail);
    });

  return {
    async giveFor(tx, approval) {
      const { votes } = approval.state;
      const { session } = approval.request;
      const bounds = boundsOf(approval.request);
      const terms = givenBy(approval, now());
      if (bounds === null || terms === null) return null;
      const { rows, rowsInAll, startsAt, expiresAt } = terms;
      const given = {
        id: newId(),
        approval: approval.id,
        purpose: isAccess(approval) ? approval.request.terms.purpose : null,
        requester: session.identity,
        bounds,
        rows,
        rowsInAll,
        covers: grantWords(approval.request, bounds, {
          rows,
          rowsInAll,
          lasting: lastingFrom(startsAt > now() ? startsAt : null, expiresAt),
        }),
        givenBy: votes.map(({ by }) => by),
        groups: groupsOf(approval),
        session: session.id,
        givenAt: now(),
        startsAt,
        expiresAt,
      };
      const { id, covers } = given;
      const event = await tx.record(session.id, {
        type: 'notice',
        what: 'grant_given',
        detail: {
          grant: id,
          approval: approval.id,
          requester: given.requester.id,
          givenBy: given.givenBy.map(({ id }) => id).join(', '),
          startsAt: new Date(startsAt).toISOString(),
          expiresAt: new Date(expiresAt).toISOString(),
          rows: String(rows),
          rowsInAll: String(rowsInAll),
          covers: covers.join('\n'),
          bounds: JSON.stringify(bounds),
          digest: grantDigest(given),
        },
      });
      onRecord.note(tx, event);
      const grant: Grant = { ...given, seq: event.seq };
      await tx.grants.add(grant);
      return grant;
    },

    async use(tx, request) {
      const { identity, id: session } = request.session;
      // Once, whatever number of grants there is: the text is read for it.
      const asked = boundsOf(request);
      if (asked === null) return null;
      for (const grant of await liveIn(tx, identity.id)) {
        // Another account of the same id is not who was given it.
        if (!sameAccount(grant.requester, identity)) continue;
        // Put so that a time that is not a number has not come.
        if (!(grant.startsAt <= now())) continue;
        // Put out by now, at whichever relay: the grant is taken back a moment later.
        if (grant.givenBy.some(isOut)) continue;
        const rows = isWithin(grant.bounds, asked) ? await tx.grants.take(grant.id, grant.rows, now()) : 0;
        if (rows === 0) continue;
        const place = { grant: grant.id, statement: request.queryId };
        const used = { ...place, rows: String(rows) };
        await note(tx, grant, session, 'grant_used', used);
        return {
          grant,
          rows,
          async confirm(tx) {
            const live = await liveIn(tx, identity.id);
            if (live.some(({ id }) => id === grant.id) && !grant.givenBy.some(isOut)) return;
            throw new SluiceError('approval_void', 'the grant that it was to run under has been taken back', {
              advice: 'send the statement again: it is asked about then',
            });
          },
          async settle(tx, hit) {
            const counted = Math.min(rows, Math.max(1, hit));
            const detail = { ...place, rows: String(counted) };
            await note(tx, grant, session, 'grant_counted', detail);
            if (rows > counted) await tx.grants.giveBack(grant.id, rows - counted);
          },
        };
      }
      return null;
    },

    async list(viewer) {
      return (await live()).filter((grant) => mayRevoke(viewer, grant));
    },

    async of(account) {
      const grants = await store.grants.live(now(), account.id);
      return grants.filter(
        ({ requester, givenBy }) => sameAccount(requester, account) && !givenBy.some(isOut),
      );
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
