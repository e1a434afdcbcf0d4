import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { expect, it } from 'vitest';
import { builderOn, type Connection } from '../connection.ts';
import type { StorePorts } from '../store.ts';
import { openTestStore } from '../testing/open-test-store.ts';
import { recordedReads } from '../testing/recorded-reads.ts';
import { portsOn } from './ports.ts';

/** What SQLite says of how it carries out each query of some work: https://www.sqlite.org/eqp.html */
async function plansOf(work: (ports: StorePorts) => Promise<unknown>): Promise<readonly string[]> {
  const { store, connection } = await openTestStore();
  const plans: string[] = [];
  const explaining: Connection = {
    async query(text, parameters) {
      const { rows } = await connection.query(`EXPLAIN QUERY PLAN ${text}`, parameters);
      plans.push(...(rows as readonly { detail: string }[]).map(({ detail }) => detail));
      return connection.query(text, parameters);
    },
  };
  const db = builderOn(
    {
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (on) => new SqliteIntrospector(on),
    },
    { acquire: async () => ({ connection: explaining, release() {} }) },
  );
  await store.transaction(async (tx) => {
    await tx.events.open('log');
    const block = { block: 0, start: 0, end: 1, earliest: '', latest: '' };
    await tx.terms.putPostings(0, [{ term: 'w:a', offsets: Uint8Array.of(0, 0) }]);
    await tx.terms.seal(block);
  });
  await work(portsOn(db));
  await store.close();
  return plans;
}

/** In the order of their numbers, the first row only; the log has one. */
const FIRST_ROW: ReadonlySet<string> = new Set([
  'SCAN recorded_log',
  'SCAN recorded_block',
  'SCAN recorded_forgotten',
  'SCAN recorded_removal',
  'SCAN recorded_long_text USING INDEX recorded_long_text_due',
]);

it.each(Object.entries(recordedReads))('%s goes by an index, and sorts nothing', async (_, read) => {
  const plans = await plansOf(read);
  expect(plans).not.toEqual([]);
  const wrong = plans.filter((plan) => plan.startsWith('SCAN') && !FIRST_ROW.has(plan));
  expect(wrong).toEqual([]);
  expect(plans.filter((plan) => plan.includes('TEMP B-TREE'))).toEqual([]);
});
