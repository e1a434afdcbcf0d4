import { expect, it } from 'vitest';
import { type EventSearch, listSessions, searchEvents } from './index.ts';
import { identity, newSession, opened, openTestRecord, statement } from './testing/open-test-record.ts';
import { recordADay } from './testing/record-a-day.ts';

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
  const { recorder, database } = await openTestRecord();
  await recordADay(recorder);
  const found = await searchEvents(database, { ...search, limit: 10 });
  expect(found.map(({ event }) => 'body' in event && event.body.type)).toEqual(types);
});

it('pages through what it finds, the newest first', async () => {
  const { recorder, database } = await openTestRecord();
  for (let index = 0; index < 5; index += 1)
    await recorder.append(newSession(), statement(`select ${index} as shipped`));
  const first = await searchEvents(database, { text: 'shipped', limit: 3 });
  const second = await searchEvents(database, { text: 'shipped', limit: 3, olderThan: first[2]!.position });
  expect([...first, ...second].map(({ position }) => position)).toEqual([5, 4, 3, 2, 1]);
});

it('lists sessions, the newest first, by person and time', async () => {
  const { recorder, database, clock } = await openTestRecord();
  const first = await recordADay(recorder);
  clock.now += 60_000;
  const second = newSession();
  await recorder.append(second, opened('bob'));
  const list = async (filter: object) =>
    (await listSessions(database, { ...filter, limit: 10 })).map(({ session }) => session);
  expect(await list({})).toEqual([second, first]);
  expect(await list({ person: identity('alice').id })).toEqual([first]);
  expect(await list({ since: '2026-03-01T09:01:00.000Z' })).toEqual([second]);
  expect(await list({ before: '2026-03-01T09:01:00.000Z' })).toEqual([first]);
});
