import { expect, it } from 'vitest';
import { type EventSearch, listSessions, searchEvents } from '../index.ts';
import { identity, newSession, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { openTestRetention } from '../testing/open-test-retention.ts';
import { recordADay } from '../testing/record-a-day.ts';

it.each<[string, Omit<EventSearch, 'limit'>, readonly string[]]>([
  ['a word of the SQL', { text: 'CUSTOMERS' }, ['statement']],
  ['the beginning of a word', { text: 'delete custom' }, ['statement']],
  ['a word of a prompt', { text: 'remove customer' }, ['prompt']],
  ['what the search engine would take for its language', { text: 'email OR "x" NEAR( *' }, []],
  ['nothing but white space', { text: '  ' }, []],
  ['an object', { object: 'shop.public.customers' }, ['understanding']],
  ['a rule', { rule: 'deletes-need-a-person' }, ['decision']],
  ['who decided', { person: identity('bob').id }, ['approval_decided', 'device_enrolled']],
  ['who opened', { person: identity('alice').id, text: 'email' }, ['statement']],
  ['another person', { person: identity('carol').id, text: 'email' }, []],
  ['a time', { rule: 'deletes-need-a-person', before: '2026-03-01T09:00:00.000Z' }, []],
])('finds by %s', async (_, search, types) => {
  const { recorder, store } = await openTestRecord();
  await recordADay(recorder);
  const { found } = await searchEvents(store, { ...search, limit: 10 });
  expect(found.map(({ event }) => 'body' in event && event.body.type)).toEqual(types);
});

it.each<[string, Omit<EventSearch, 'limit'>]>([
  ['an object and a rule', { object: 'SHOP.PUBLIC.CUSTOMERS', rule: 'deletes-need-a-person' }],
  ['an object and words', { object: 'SHOP.PUBLIC.CUSTOMERS', text: 'customers' }],
  ['a rule and words', { rule: 'deletes-need-a-person', text: 'customers' }],
])(
  'refuses %s, which are in different events of one statement: nothing found would be no answer',
  async (_, search) => {
    const { recorder, store } = await openTestRecord();
    await recordADay(recorder);
    await expect(searchEvents(store, { ...search, limit: 10 })).rejects.toMatchObject({
      code: 'request_malformed',
    });
  },
);

it('pages through what it finds, the newest first', async () => {
  const { recorder, store } = await openTestRecord();
  for (let index = 0; index < 5; index += 1)
    await recorder.append(newSession(), statement(`select ${index} as shipped`));
  const first = await searchEvents(store, { text: 'shipped', limit: 3 });
  const second = await searchEvents(store, { text: 'shipped', limit: 3, olderThan: first.searchedTo! });
  expect([...first.found, ...second.found].map(({ position }) => position)).toEqual([5, 4, 3, 2, 1]);
  expect(second.searchedTo).toBeNull();
});

it('lists sessions, the newest first, by person and time', async () => {
  const { recorder, store, clock } = await openTestRecord();
  const first = await recordADay(recorder);
  clock.now += 60_000;
  const second = newSession();
  await recorder.append(second, opened('bob'));
  const list = async (filter: object) =>
    (await listSessions(store, { ...filter, limit: 10 })).map(({ session }) => session);
  expect(await list({})).toEqual([second, first]);
  expect(await list({ person: identity('alice').id })).toEqual([first]);
  expect(await list({ since: '2026-03-01T09:01:00.000Z' })).toEqual([second]);
  expect(await list({ before: '2026-03-01T09:01:00.000Z' })).toEqual([first]);
});

it('finds the words of a long text, part by part, also after a restart; and none when retention has been', async () => {
  const record = await openTestRecord();
  const { store, db, recorder } = record;
  const session = newSession();
  await recorder.append(session, opened('alice'));
  const filler = 'x '.repeat(40 * 1024);
  await recorder.append(session, statement(`select first_word ${filler} middle_word ${filler} last_word`));
  // It stops after the part that is being written: the next one goes on.
  await recorder.close();
  const next = await openTestRecord({
    beneath: record.beneath,
    vault: record.vault,
    signers: record.signers,
  });
  const found = async (text: string) =>
    (await searchEvents(store, { text, limit: 10 })).found.map(({ position }) => position);
  await expect.poll(() => found('last_word')).toEqual([2]);
  expect(await found('first_word')).toEqual([2]);
  expect(await found('middle_word')).toEqual([2]);
  expect(await found('first_word last_word')).toEqual([2]);

  await next.recorder.append(session, { type: 'closed', how: 'client' });
  next.clock.now += 10 * 24 * 60 * 60 * 1_000;
  const retention = await openTestRetention(next, [{ name: 'short', afterDays: 1, removes: 'bodies' }]);
  next.clock.now += 2 * 24 * 60 * 60 * 1_000;
  await retention.run();
  for (const word of ['first_word', 'middle_word', 'last_word']) expect(await found(word)).toEqual([]);
  const left = await db.selectFrom('recorded_recent').select('terms').execute();
  expect(left.filter(({ terms }) => terms.includes('_word'))).toEqual([]);
});
