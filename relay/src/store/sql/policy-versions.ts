import type { PolicyVersionsStore } from '../../policy-in-force.ts';
import type { Database } from '../connection.ts';

export function policyVersionsOn(db: Database): PolicyVersionsStore {
  return {
    async newest() {
      const row = await db
        .selectFrom('policy_version')
        .select(['version', 'since'])
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },
    async add(version) {
      await db.insertInto('policy_version').values(version).execute();
    },
    async isKnown(version) {
      const row = await db
        .selectFrom('policy_version')
        .select('number')
        .where('version', '=', version)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
