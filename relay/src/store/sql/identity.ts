import type {
  IdentityId,
  PeopleStore,
  RevocationsStore,
  WireRevocationTarget,
} from '../../identity/index.ts';
import type { Database } from '../connection.ts';

export function revocationsOn(db: Database): RevocationsStore {
  return {
    async list(after) {
      const rows = await db
        .selectFrom('revocation')
        .selectAll()
        .where('number', '>', after)
        .orderBy('number')
        .execute();
      return rows.map(({ target, ...row }) => ({
        ...row,
        target: JSON.parse(target) as WireRevocationTarget,
      }));
    },
    async add({ target, reason, by, at }) {
      const { number } = await db
        .insertInto('revocation')
        .values({ target: JSON.stringify(target), reason, by, at })
        .returning('number')
        .executeTakeFirstOrThrow();
      return number;
    },
  };
}

export function peopleOn(db: Database): PeopleStore {
  return {
    async accounts() {
      const rows = await db.selectFrom('known_identity').selectAll().execute();
      return rows.map(({ id, issuer, subject, for_deciding, said }) => ({
        id: id as IdentityId,
        issuer,
        subject,
        forDeciding: for_deciding === 1,
        said,
      }));
    },
    async names() {
      const rows = await db.selectFrom('known_name').selectAll().execute();
      return rows.map(({ id, name }) => ({ id: id as IdentityId, name }));
    },
    async note({ id, issuer, subject, forDeciding, said }, names) {
      await db
        .insertInto('known_identity')
        .values({ id, issuer, subject, for_deciding: Number(forDeciding), said })
        .onConflict((conflict) =>
          conflict.columns(['issuer', 'subject', 'for_deciding']).doUpdateSet({ said }),
        )
        .execute();
      if (names.length === 0) return;
      await db
        .insertInto('known_name')
        .values(names.map((name) => ({ id, name })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}
