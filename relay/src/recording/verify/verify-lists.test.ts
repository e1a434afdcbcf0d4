import { afterAll, expect, it } from 'vitest';
import { termOf } from '../search/terms.ts';
import { newSession, newSigner, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { verifyLists } from './verify-lists.ts';
import { verifyStore } from './verify-store.ts';

const signer = newSigner();
/** Enough events for a block of the search index, and some that are in none yet. */
const record = await openTestRecord({ signers: [signer] });
const { recorder, store, db, beneath } = record;
const session = await recordADay(recorder);
const bulk = newSession();
await recorder.append(bulk, opened('carol'));
for (let at = 0; at < 8_400; at += 400) {
  await recorder.transaction(async (tx) => {
    for (let count = 0; count < 400; count += 1) await tx.record(bulk, statement(`select ${at + count}`));
  });
}
await recorder.append(bulk, statement(`select 'long' ${'word '.repeat(20_000)} 'end'`));
await recordADay(recorder, 'ben');
await recorder.append(bulk, { type: 'closed', how: 'client' });
await recorder.setLegalHold(session, {
  held: true,
  by: { id: 'i|kim', issuer: 'i', subject: 'kim', name: 'kim', groups: [], kind: 'person' },
  reason: 'case 12',
});
await recorder.tidyIndex();
await recorder.checkpoint();
afterAll(() => store.close());

const checked = async () => await verifyLists(store, await verifyStore(store, [signer.publicKey]));

/** Changes something, looks, and puts it back. */
async function tampered(...changes: readonly string[]) {
  beneath.connection.exec('SAVEPOINT before');
  try {
    for (const change of changes) beneath.connection.exec(change);
    const { intact, problems } = await checked();
    return { intact, what: problems[0]?.what, why: problems[0]?.why, at: problems[0]?.position };
  } finally {
    beneath.connection.exec('ROLLBACK TO before; RELEASE before');
  }
}

it('finds that lists and searches say what the log does', async () => {
  expect((await db.selectFrom('recorded_block').selectAll().execute()).length).toBeGreaterThan(0);
  expect((await db.selectFrom('recorded_recent').selectAll().execute()).length).toBeGreaterThan(0);
  expect(await checked()).toMatchObject({ intact: true, listsCompared: { unindexed: 0 }, problems: [] });
});

const block = `block = (SELECT min(block) FROM recorded_block)`;
const word = termOf('word', '77');

it.each([
  [
    'a session is taken from the list',
    [`DELETE FROM recorded_session WHERE session = '${bulk}'`],
    /does not have it/,
  ],
  [
    'a session is listed as another person’s',
    [`UPDATE recorded_session SET person = 'eve' WHERE session = '${bulk}'`],
    /list of sessions says otherwise/,
  ],
  [
    'a session is not found by its account',
    [`UPDATE recorded_session SET subject = 'KIM' WHERE session = '${bulk}'`],
    /list of sessions says otherwise/,
  ],
  [
    'a session is listed at another time',
    [`UPDATE recorded_session SET opened_at = '2020-01-01T00:00:00.000Z' WHERE session = '${bulk}'`],
    /list of sessions says otherwise/,
  ],
  [
    'a session is listed as open',
    [`UPDATE recorded_session SET closed_at = NULL WHERE session = '${bulk}'`],
    /list of sessions says otherwise/,
  ],
  [
    'a legal hold is hidden',
    [`UPDATE recorded_session SET held = 0 WHERE session = '${session}'`],
    /list of sessions says otherwise/,
  ],
  [
    'a session is kept from the rule for bodies',
    [`UPDATE recorded_session SET removed = 2 WHERE session = '${bulk}'`],
    /retention passes over it/,
  ],
  [
    'a session is kept from the rule for payloads',
    [`UPDATE recorded_session SET removed = 1 WHERE session = '${session}'`],
    /retention passes over it/,
  ],
  [
    'a session is kept from all rules, and a removal is made up that would still do it',
    [
      `UPDATE recorded_session SET removed = 3 WHERE session = '${bulk}'`,
      `INSERT INTO recorded_removal (session, seq) VALUES ('${bulk}', 3)`,
    ],
    /retention passes over it/,
  ],
  [
    'a session is listed that there was not',
    [
      `INSERT INTO recorded_session (session, opened_at, closed_at, person, subject, name, application, agent, held, removed) SELECT '11111111-1111-4111-8111-111111111111', opened_at, closed_at, person, subject, name, application, agent, held, removed FROM recorded_session LIMIT 1`,
    ],
    /nobody has opened/,
  ],
  [
    'a word is taken out of the index',
    [`DELETE FROM recorded_term WHERE ${block} AND term = '${word}'`],
    /does not find it by all/,
  ],
  [
    'a word is given to other events',
    [
      `UPDATE recorded_term SET offsets = (SELECT offsets FROM recorded_term WHERE ${block} AND term = '${termOf('word', '78')}') WHERE ${block} AND term = '${word}'`,
    ],
    /by what it does not say|does not find it/,
  ],
  [
    'a word is added',
    [
      `INSERT INTO recorded_term SELECT block, 'w:invented', offsets FROM recorded_term WHERE ${block} AND term = '${word}'`,
    ],
    /by what it does not say/,
  ],
  [
    'a block is said to be of another time',
    [
      `UPDATE recorded_block SET latest = earliest, earliest = '2020-01-01T00:00:00.000Z'`,
      `UPDATE recorded_block SET latest = earliest`,
    ],
    /by its time/,
  ],
  [
    'a newer event is not found',
    [
      `UPDATE recorded_recent SET terms = '' WHERE position = (SELECT max(position) - 3 FROM recorded_recent)`,
    ],
    /something else than it says|does not find/,
  ],
  [
    'a newer event has no entry',
    [`DELETE FROM recorded_recent WHERE position = (SELECT max(position) - 3 FROM recorded_recent)`],
    /does not find it/,
  ],
  [
    'what names a payload is lost',
    [`DELETE FROM recorded_mention WHERE kind = 'payload'`],
    /what it names is not found/,
  ],
] as const)('names an event when %s', async (_, changes, why) => {
  const found = await tampered(...changes);
  expect(found).toMatchObject({ intact: false, what: 'altered', why: expect.stringMatching(why) as string });
});

it('says so when a table is gone, and never throws', async () => {
  for (const table of [
    'recorded_recent',
    'recorded_term',
    'recorded_session',
    'recorded_mention',
    'recorded_block',
  ]) {
    const { intact, what } = await tampered(`ALTER TABLE ${table} RENAME TO gone`);
    expect({ table, intact, what }).toEqual({ table, intact: false, what: 'unreadable' });
  }
});
