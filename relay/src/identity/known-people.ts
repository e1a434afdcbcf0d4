import { type Identity, type IdentityId, identityId } from './identity.ts';
import type { RelayNotices } from '../relay-notices.ts';
import type { IdentityPartStore, IdentityPartTransaction, KnownAccount, PeopleReader } from './ports.ts';

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

/** @param options.notices what the record has of them: names that the database lacks are known all the same. */
export async function openKnownPeople(options: {
  readonly store: Pick<IdentityPartStore, 'people' | 'transaction' | 'changes'>;
  readonly relaySession: string;
  readonly notices: RelayNotices;
}): Promise<KnownPeople> {
  const { store, relaySession, notices } = options;
  const { people } = store;
  /** By account and kind of token, what is on disk. */
  const noted = new Map((await people.accounts()).map((account) => [keyOf(account), account.said]));
  const names = new Map<IdentityId, Set<string>>();
  const onRecord = new Set<string>();
  const learnAll = async () => {
    await notices.read();
    for (const { detail } of notices.of('names_known')) {
      const { identity = '', names: text = '[]' } = detail;
      const borne = JSON.parse(text) as readonly string[];
      learn(identity as IdentityId, borne);
      for (const name of borne) onRecord.add(`${identity} ${name}`);
    }
    for (const { id, name } of await people.names()) learn(id, [name]);
  };
  const isRecorded = (id: IdentityId, name: string) => onRecord.has(`${id} ${name}`);
  /** Puts those on the record that are not yet. */
  const record = async (tx: IdentityPartTransaction, id: IdentityId, borne: readonly string[]) => {
    const fresh = borne.filter((name) => !isRecorded(id, name));
    if (fresh.length === 0) return;
    const detail = { identity: id, names: JSON.stringify(fresh) };
    await tx.record(relaySession, { type: 'notice', what: 'names_known', detail });
    tx.onEnd((durable) => {
      if (durable) for (const name of fresh) onRecord.add(`${id} ${name}`);
    });
  };
  await learnAll();
  await recordEarlier();
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
      const borne = namesIn(person);
      learn(id, borne);
      noted.set(keyOf(account), said);
      await store
        .transaction(async (tx) => {
          await tx.people.note(account, borne);
          if (borne.length > 0) tx.tell({ topic: 'person', key: JSON.stringify([id, borne]) });
          await record(tx, id, borne);
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

  /** What an earlier version has kept in the database alone. */
  async function recordEarlier(): Promise<void> {
    const missing = [...names].filter(([id, borne]) => [...borne].some((name) => !isRecorded(id, name)));
    if (missing.length === 0) return;
    await store.transaction(async (tx) => {
      for (const [id, borne] of missing) await record(tx, id, [...borne]);
    });
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
