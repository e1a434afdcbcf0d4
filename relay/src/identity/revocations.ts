import type { Kysely, Migration } from 'kysely';
import { fromEpochSeconds, toEpochSeconds } from '../epoch.ts';
import { SluiceError } from '../errors.ts';
import { type Identity, type IdentityId, readIdentityId } from './identity.ts';
import { openKnownPeople } from './known-people.ts';

/**
 * Who is out: people, not accounts. Whoever bears a name that a revoked person's tokens have borne is out with them.
 * Answers come from memory, so that every statement can be checked; rows are there for restarts.
 */
export interface Revocations {
  /** Remembers what names this person, so that a revocation finds their other accounts. Durable when it resolves. */
  note(identity: Identity): Promise<void>;
  /** Throws `identity_revoked`. */
  check(identity: Identity): void;
  /** Durable when it resolves; listeners have been told by then. */
  revoke(revocation: NewRevocation): Promise<Revocation>;
  list(): readonly Revocation[];
  /** Called with each new revocation, to end what is open. Answers how to stop listening. */
  onRevoked(listener: RevocationListener): () => void;
}

export type RevocationListener = (
  revocation: Revocation,
  isRevoked: (identity: Identity) => boolean,
) => Promise<void>;

export interface NewRevocation {
  readonly target: RevocationTarget;
  readonly reason: string;
  /** Identity id of who revoked. */
  readonly by: string;
}

export interface Revocation extends NewRevocation {
  readonly at: number;
}

export type RevocationTarget =
  | { readonly type: 'subject'; readonly identity: IdentityId }
  | { readonly type: 'token'; readonly tokenId: string }
  /** Tokens issued before an instant, of one identity, or of everybody when null. */
  | { readonly type: 'issued_before'; readonly issuedBefore: number; readonly identity: IdentityId | null };

/** As the API, the record and the store write it: `before` in whole seconds since the epoch, as tokens say theirs. */
export type WireRevocationTarget =
  | Exclude<RevocationTarget, { readonly type: 'issued_before' }>
  | { readonly type: 'issued_before'; readonly before: number; readonly identity: IdentityId | null };

export interface RevocationsOptions {
  readonly database: Kysely<unknown>;
  readonly now: () => number;
  readonly clockToleranceMs: number;
}

export async function createRevocations({
  database,
  now,
  clockToleranceMs,
}: RevocationsOptions): Promise<Revocations> {
  const db = database as Kysely<RevocationTables>;
  const rows = await db.selectFrom('revocation').selectAll().orderBy('at').execute();
  const revocations: Revocation[] = rows.map(({ target, reason, by, at }) => ({
    target: fromWireTarget(JSON.parse(target) as WireRevocationTarget),
    reason,
    by,
    at,
  }));
  const people = await openKnownPeople(database);
  const listeners = new Set<RevocationListener>();
  const isPerson: IsPerson = (identity, id) => identity.id === id || people.shareName(id, identity);

  return {
    note: people.note,
    check(identity) {
      if (!revocations.some(({ target }) => isRevokedBy(identity, target, isPerson, clockToleranceMs)))
        return;
      throw new SluiceError('identity_revoked', 'your access has been revoked', {
        advice: 'ask the people who run the relay',
      });
    },
    async revoke(asked) {
      const revocation = { ...asked, target: inOneSpelling(asked.target), at: now() };
      // In force before it is durable: the other way round there would be a moment of neither.
      revocations.push(revocation);
      const { target, reason, by, at } = revocation;
      await db
        .insertInto('revocation')
        .values({ target: JSON.stringify(toWireTarget(target)), reason, by, at })
        .execute();
      const isRevoked = (identity: Identity) =>
        isRevokedBy(identity, revocation.target, isPerson, clockToleranceMs);
      await Promise.all([...listeners].map((listener) => listener(revocation, isRevoked)));
      return revocation;
    },
    list: () => [...revocations],
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type IsPerson = (identity: Identity, id: IdentityId) => boolean;

/**
 * @param clockToleranceMs how far an issuer's clock may be ahead of ours: what it issued just before says that it
 *   was issued after, and what it issues just after counts as issued before.
 */
function isRevokedBy(
  identity: Identity,
  target: RevocationTarget,
  isPerson: IsPerson,
  clockToleranceMs: number,
): boolean {
  switch (target.type) {
    case 'subject':
      return isPerson(identity, target.identity);
    case 'token':
      return identity.tokenId === target.tokenId;
    case 'issued_before':
      return (
        identity.issuedAt < target.issuedBefore + clockToleranceMs &&
        (target.identity === null || isPerson(identity, target.identity))
      );
    default:
      return target satisfies never;
  }
}

export function toWireTarget(target: RevocationTarget): WireRevocationTarget {
  if (target.type !== 'issued_before') return target;
  const { type, issuedBefore, identity } = target;
  return { type, before: toEpochSeconds(issuedBefore), identity };
}

export function fromWireTarget(target: WireRevocationTarget): RevocationTarget {
  if (target.type !== 'issued_before') return inOneSpelling(target);
  const { type, before, identity } = target;
  return inOneSpelling({ type, issuedBefore: fromEpochSeconds(before), identity });
}

/** As somebody wrote it, or as an earlier relay did. */
function inOneSpelling(target: RevocationTarget): RevocationTarget {
  if (target.type === 'token' || target.identity === null) return target;
  return { ...target, identity: readIdentityId(target.identity) };
}

interface RevocationTables {
  readonly revocation: {
    readonly target: string;
    readonly reason: string;
    readonly by: string;
    readonly at: number;
  };
}

export const identityMigrations: Readonly<Record<string, Migration>> = {
  'identity-001': {
    async up(db) {
      await db.schema
        .createTable('revocation')
        .addColumn('target', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('by', 'text', (column) => column.notNull())
        .addColumn('at', 'integer', (column) => column.notNull())
        .execute();
    },
  },
  'identity-002': {
    async up(db) {
      await db.schema
        .createTable('known_identity')
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('issuer', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('for_deciding', 'integer', (column) => column.notNull())
        .addColumn('said', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('known_identity_account', ['issuer', 'subject', 'for_deciding'])
        .execute();
      await db.schema
        .createTable('known_name')
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('known_name_of', ['id', 'name'])
        .execute();
    },
  },
};
