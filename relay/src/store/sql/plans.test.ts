import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { expect, it } from 'vitest';
import { builderOn, type Connection } from '../connection.ts';
import type { StorePorts } from '../store.ts';
import { openTestStore } from '../testing/open-test-store.ts';
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
    await tx.terms.addPostings(0, [{ term: 'w:a', offsets: Uint8Array.of(0, 0) }]);
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
  'SCAN recorded_long_text USING INDEX recorded_long_text_due',
]);

const page = { since: '2026-01-01', before: '2026-02-01', limit: 50 };
const reads: Readonly<Record<string, (ports: StorePorts) => Promise<unknown>>> = {
  'a search': ({ terms }) => terms.search({ all: ['w:a', 'p:b'], beginning: 'w:a', olderThan: 7, ...page }),
  'a search by words': ({ terms }) => terms.search({ all: ['w:a'], beginning: null, limit: 50 }),
  'a search by a beginning': ({ terms }) => terms.search({ all: [], beginning: 'w:a', limit: 50 }),
  'how far the index is': ({ terms }) => terms.progress(),
  'recent entries': ({ terms }) => terms.recent({ after: { position: 1, part: 0 }, before: 9, limit: 50 }),
  'a list of sessions': ({ index }) => index.sessions(page),
  'a list of somebody’s sessions': ({ index }) => index.sessions({ person: 'a', subject: 'b', ...page }),
  'a list by subject': ({ index }) => index.sessions({ subject: 'b', ...page }),
  'a request’s own statement': ({ index }) =>
    index.isMentioned({ kind: 'request', value: 'a', session: 'b' }),
  'a page of a session': ({ events }) => events.ofSession('a', { after: 1, limit: 50, within: 9 }),
  'events of a session by type': ({ events }) => events.ofTypes('a', ['opened']),
  'a page of the log': ({ events }) => events.afterPosition({ after: 1, limit: 50, within: 9 }),
  'a page of one session in the log': ({ events }) =>
    events.afterPosition({ after: 1, session: 'a', limit: 50 }),
  'the last of a session': ({ events }) => events.lastOf('a'),
  hashes: ({ events }) => events.hashes(1, 9),
};

it.each(Object.entries(reads))('%s goes by an index, and sorts nothing', async (_, read) => {
  const plans = await plansOf(read);
  expect(plans).not.toEqual([]);
  const wrong = plans.filter((plan) => plan.startsWith('SCAN') && !FIRST_ROW.has(plan));
  expect(wrong).toEqual([]);
  expect(plans.filter((plan) => plan.includes('TEMP B-TREE'))).toEqual([]);
});
