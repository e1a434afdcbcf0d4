import type { Kysely } from 'kysely';
import type { Identity, IdentityId } from './identity.ts';

/** Who has come with a good token, and what their tokens said: for revoking a person, and for `sluice doctor`. */
export interface KnownPeople {
  /** Durable when it resolves. Costs nothing for somebody whose tokens say what they said before. */
  note(identity: Identity): Promise<void>;
  /** Whether an identity bears a name that the tokens of this one have borne. */
  shareName(id: IdentityId, other: Identity): boolean;
}

/** One account's tokens of one kind, as they were last. */
export interface SignInSeen {
  readonly issuer: string;
  readonly forDeciding: boolean;
  /** The names of people that they did not say, though their issuer is configured to. */
  readonly lacks: readonly string[];
  readonly saysWhen: boolean;
  readonly acr: string | null;
}

export async function openKnownPeople(database: Kysely<unknown>): Promise<KnownPeople> {
  const db = database as Kysely<KnownPeopleTables>;
  const rows = await db.selectFrom('known_identity').selectAll().execute();
  /** By account and kind of token, what is on disk. */
  const noted = new Map(rows.map((row) => [keyOf(row), row.said]));
  const names = new Map<IdentityId, Set<string>>();
  for (const { id, name } of await db.selectFrom('known_name').selectAll().execute())
    learn(id as IdentityId, [name]);

  return {
    async note(identity) {
      const { id, issuer, subject, person, signedInAt, acr, kind } = identity;
      if (kind !== 'person' && Object.keys(person).length === 0) return;
      const said = JSON.stringify({ person, saysWhen: signedInAt !== null, acr } satisfies Said);
      const row = { id, issuer, subject, for_deciding: Number(identity.mayDecide), said };
      if (noted.get(keyOf(row)) === said) return;
      learn(id, namesIn(person));
      noted.set(keyOf(row), said);
      await keep(row, namesIn(person)).catch((error: unknown) => {
        noted.delete(keyOf(row));
        throw error;
      });
    },
    shareName(id, other) {
      const known = names.get(id);
      return known !== undefined && namesIn(other.person).some((name) => known.has(name));
    },
  };

  function learn(id: IdentityId, borne: readonly string[]): void {
    const known = names.get(id) ?? new Set();
    for (const name of borne) known.add(name);
    names.set(id, known);
  }

  async function keep(row: KnownPeopleTables['known_identity'], borne: readonly string[]): Promise<void> {
    const { id, said } = row;
    await db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('known_identity')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['issuer', 'subject', 'for_deciding']).doUpdateSet({ said }),
        )
        .execute();
      if (borne.length === 0) return;
      await transaction
        .insertInto('known_name')
        .values(borne.map((name) => ({ id, name })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }
}

/** What has been seen, for somebody who looks at the store and at nothing else. */
export async function signInsSeen(database: Kysely<unknown>): Promise<readonly SignInSeen[]> {
  const db = database as Kysely<KnownPeopleTables>;
  const rows = await db.selectFrom('known_identity').selectAll().execute();
  return rows.map(({ issuer, for_deciding, said }) => {
    const { person, saysWhen, acr } = JSON.parse(said) as Said;
    const lacks = Object.keys(person).filter((name) => person[name] === null);
    return { issuer, forDeciding: for_deciding === 1, lacks, saysWhen, acr };
  });
}

interface Said {
  readonly person: Identity['person'];
  readonly saysWhen: boolean;
  readonly acr: string | null;
}

function namesIn(person: Identity['person']): readonly string[] {
  return Object.entries(person).flatMap(([name, value]) =>
    value === null ? [] : [JSON.stringify([name, value])],
  );
}

function keyOf(
  row: Pick<KnownPeopleTables['known_identity'], 'issuer' | 'subject' | 'for_deciding'>,
): string {
  return JSON.stringify([row.issuer, row.subject, row.for_deciding]);
}

export interface KnownPeopleTables {
  readonly known_identity: {
    readonly id: string;
    readonly issuer: string;
    /** To the letter: one id may have several. */
    readonly subject: string;
    readonly for_deciding: number;
    /** JSON. */
    readonly said: string;
  };
  /** Every name that an identity's tokens have ever borne: a name that was given up is still of that person. */
  readonly known_name: { readonly id: string; readonly name: string };
}
