import { fromEpochSeconds, toEpochSeconds } from '../epoch.ts';
import { SluiceError } from '../errors.ts';
import type { RelayNotice, RelayNotices } from '../relay-notices.ts';
import { type Identity, type IdentityId, readIdentityId } from './identity.ts';
import { type KnownPerson, openKnownPeople } from './known-people.ts';
import type { IdentityPartStore, StoredRevocation } from './ports.ts';
import type { NewRevocation, Revocation, RevocationTarget, WireRevocationTarget } from './revocation.ts';

/**
 * Who is out: people, not accounts. Whoever bears a name that a revoked person's tokens have borne is out with them.
 * Answers come from memory, so that every statement can be checked. They follow from the record: a row that somebody takes
 * away brings nobody back, and one that somebody adds puts people out all the same.
 */
export interface Revocations {
  /** Remembers what names this person, so that a revocation finds their other accounts. Durable when it resolves. */
  note(identity: Identity): Promise<void>;
  /** Everybody who has come, as their newest tokens said, by id. */
  people(): Promise<readonly KnownPerson[]>;
  /** Whether somebody is out whatever token they come with, a new one too. */
  isOut(person: KnownPerson): boolean;
  /** Throws `identity_revoked`. */
  check(identity: Identity): void;
  /** Durable, and listeners have been told, when it resolves. */
  revoke(revocation: NewRevocation): Promise<Revocation>;
  list(): readonly Revocation[];
  /** Resolves once whatever is durable by now, of any relay, is in force here, and listeners have been called. */
  settle(): Promise<void>;
  /** Called with each new revocation, to end whatever is open. Returns a function that stops it. */
  onRevoked(listener: RevocationListener): () => void;
}

export type RevocationListener = (
  revocation: Revocation,
  isRevoked: (identity: Identity) => boolean,
) => Promise<void>;

export interface RevocationsOptions {
  readonly store: IdentityPartStore;
  /** Whose record says who was revoked. */
  readonly relaySession: string;
  readonly notices: RelayNotices;
  readonly now: () => number;
  readonly clockToleranceMs: number;
  /** Told when what is open of somebody whom another relay put out could not be ended, and of a row that is not as recorded. */
  readonly onError: (error: unknown) => void;
}

export async function createRevocations({
  store,
  relaySession,
  notices,
  now,
  clockToleranceMs,
  onError,
}: RevocationsOptions): Promise<Revocations> {
  const people = await openKnownPeople({ store, relaySession, notices });
  const listeners = new Set<RevocationListener>();
  const isPerson: IsPerson = (identity, id) => identity.id === id || people.shareName(id, identity);
  const tell = async (revocation: Revocation) => {
    const isRevoked = (identity: Identity) =>
      isRevokedBy(identity, revocation.target, isPerson, clockToleranceMs);
    await Promise.all([...listeners].map((listener) => listener(revocation, isRevoked)));
  };

  const revocations: Revocation[] = [];
  let newest = 0;
  const read = async () => {
    const fresh = (await store.revocations.list(newest)).filter(({ number }) => number > newest);
    newest = fresh.at(-1)?.number ?? newest;
    const others = fresh.filter(({ number }) => !own.delete(number)).map(withoutNumber);
    revocations.push(...others);
    await notices.read();
    const inForce = new Set(revocations.map(keyOf));
    const recorded = notices.of('revoked').map(fromNotice);
    const lacking = recorded.filter((revocation) => !inForce.has(keyOf(revocation)));
    for (const { target } of lacking) onError(lacksRow(target));
    revocations.push(...lacking);
    return [...others, ...lacking];
  };
  /** Numbers of those that this relay has in force already. */
  const own = new Set<number>();
  await read();
  const settle = async () => {
    // They are out by now. What they have open ends in its own time: that writes.
    for (const revocation of await read()) tell(revocation).catch(onError);
  };
  store.changes.follow('revocation', settle);

  return {
    note: people.note,
    people: people.list,
    isOut: (person) =>
      revocations.some(({ target }) => target.type === 'subject' && isPerson(person, target.identity)),
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
      const told = Promise.withResolvers<void>();
      // Whoever waits for it comes a moment later.
      told.promise.catch(() => {});
      await store.transaction(async (tx) => {
        const number = await tx.revocations.add({ ...revocation, target: toWireTarget(revocation.target) });
        own.add(number);
        tx.onEnd((durable) => {
          // As soon as it is durable: nobody is told of what comes after it.
          if (durable) tell(revocation).then(told.resolve, told.reject);
          else own.delete(number);
        });
        tx.tell({ topic: 'revocation', key: String(number) });
        const { target, reason, by } = revocation;
        const detail = { target: JSON.stringify(toWireTarget(target)), reason, by };
        await tx.record(relaySession, { type: 'notice', what: 'revoked', detail });
      });
      await told.promise;
      return revocation;
    },
    list: () => [...revocations],
    settle,
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function withoutNumber({ target, reason, by, at }: StoredRevocation): Revocation {
  return { target: fromWireTarget(target), reason, by, at };
}

function fromNotice({ detail, at }: RelayNotice): Revocation {
  const { target = '', reason = '', by = '' } = detail;
  return {
    target: fromWireTarget(JSON.parse(target) as WireRevocationTarget),
    reason,
    by,
    at: Date.parse(at),
  };
}

/** The same twice is the same. */
function keyOf({ target }: Revocation): string {
  return JSON.stringify(toWireTarget(target));
}

function lacksRow(target: RevocationTarget): SluiceError {
  return new SluiceError(
    'record_contradicted',
    `the database lacks a revocation that is on the record, of ${JSON.stringify(toWireTarget(target))}: it is in force all the same`,
    { advice: 'find out who wrote to the table revocation' },
  );
}

type IsPerson = (identity: Pick<Identity, 'id' | 'person'>, id: IdentityId) => boolean;

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

/** However somebody, or an earlier relay, has spelled it. */
function inOneSpelling(target: RevocationTarget): RevocationTarget {
  if (target.type === 'token' || target.identity === null) return target;
  return { ...target, identity: readIdentityId(target.identity) };
}
