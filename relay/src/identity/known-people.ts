import { type Identity, type IdentityId, identityId } from './identity.ts';
import type { IdentityPartStore, KnownAccount, PeopleReader } from './ports.ts';

/** Who has come with a good token, and what their tokens said: for revoking a person, and for `sluice doctor`. */
export interface KnownPeople {
  /** Durable when it resolves. Costs nothing for somebody whose tokens say what they said before. */
  note(identity: Identity): Promise<void>;
  /** Whether an identity bears a name that the tokens of this one have borne. */
  shareName(id: IdentityId, other: Pick<Identity, 'person'>): boolean;
  /** Everybody of whom it is known what their newest tokens said, by id. */
  list(): Promise<readonly KnownPerson[]>;
}

/** Somebody as their newest token said; where they have both kinds, the one that they run SQL with. */
export type KnownPerson = Pick<Identity, 'id' | 'issuer' | 'subject' | 'name' | 'groups' | 'kind' | 'person'>;

/** One account's tokens of one kind, as they were last. */
export interface SignInSeen {
  readonly issuer: string;
  readonly forDeciding: boolean;
  /** The names of people that they did not say, though their issuer is configured to. */
  readonly lacks: readonly string[];
  readonly saysWhen: boolean;
  readonly acr: string | null;
}

export async function openKnownPeople(
  store: Pick<IdentityPartStore, 'people' | 'transaction' | 'changes'>,
): Promise<KnownPeople> {
  const { people } = store;
  /** By account and kind of token, what is on disk. */
  const noted = new Map((await people.accounts()).map((account) => [keyOf(account), account.said]));
  const names = new Map<IdentityId, Set<string>>();
  const learnAll = async () => {
    for (const { id, name } of await people.names()) learn(id, [name]);
  };
  await learnAll();
  store.changes.follow('person', (change) => {
    if (change === null) return learnAll();
    return learn(...(JSON.parse(change.key) as [IdentityId, string[]]));
  });

  return {
    async note(identity) {
      const { id, issuer, subject, name, person, signedInAt, acr, kind } = identity;
      if (kind !== 'person' && Object.keys(person).length === 0) return;
      const groups = identity.groups.toSorted();
      const said = JSON.stringify({
        person,
        saysWhen: signedInAt !== null,
        acr,
        as: { name, groups, kind },
      } satisfies Said);
      const account: KnownAccount = { id, issuer, subject, forDeciding: identity.mayDecide, said };
      if (noted.get(keyOf(account)) === said) return;
      const names = namesIn(person);
      learn(id, names);
      noted.set(keyOf(account), said);
      await store
        .transaction(async (tx) => {
          await tx.people.note(account, names);
          if (names.length > 0) tx.tell({ topic: 'person', key: JSON.stringify([id, names]) });
        })
        .catch((error: unknown) => {
          noted.delete(keyOf(account));
          throw error;
        });
    },
    shareName(id, other) {
      const known = names.get(id);
      return known !== undefined && namesIn(other.person).some((name) => known.has(name));
    },
    async list() {
      const found = new Map<string, KnownPerson>();
      // Those to run SQL with last: they are what statements are decided by.
      const accounts = (await people.accounts()).toSorted(
        (one, other) => Number(other.forDeciding) - Number(one.forDeciding),
      );
      for (const { issuer, subject, said } of accounts) {
        const { person, as } = JSON.parse(said) as Said;
        if (as === undefined) continue;
        const id = identityId(issuer, subject);
        found.set(JSON.stringify([issuer, subject]), { id, issuer, subject, person, ...as });
      }
      return [...found.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
    },
  };

  function learn(id: IdentityId, borne: readonly string[]): void {
    const known = names.get(id) ?? new Set();
    for (const name of borne) known.add(name);
    names.set(id, known);
  }
}

/** What has been seen, for somebody who looks at the store and at nothing else. */
export async function signInsSeen(store: { readonly people: PeopleReader }): Promise<readonly SignInSeen[]> {
  return (await store.people.accounts()).map(({ issuer, forDeciding, said }) => {
    const { person, saysWhen, acr } = JSON.parse(said) as Said;
    const lacks = Object.keys(person).filter((name) => person[name] === null);
    return { issuer, forDeciding, lacks, saysWhen, acr };
  });
}

interface Said {
  readonly person: Identity['person'];
  readonly saysWhen: boolean;
  readonly acr: string | null;
  /** Absent in what an earlier version has written, until they come again. */
  readonly as?: Pick<Identity, 'name' | 'groups' | 'kind'>;
}

function namesIn(person: Identity['person']): readonly string[] {
  return Object.entries(person).flatMap(([name, value]) =>
    value === null ? [] : [JSON.stringify([name, value])],
  );
}

function keyOf({ issuer, subject, forDeciding }: KnownAccount): string {
  return JSON.stringify([issuer, subject, forDeciding]);
}
