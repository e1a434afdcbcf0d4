import { expect, it } from 'vitest';
import type { AuthoredEvent } from '../ports.ts';
import { rightRows } from './right-rows.ts';

const row = (session: string, seq: number, type = 'hold') => ({ session, seq, type }) as AuthoredEvent;

/** Look-ups by an index that leads to these rows, whatever is asked for. */
const ledTo = (...rows: readonly AuthoredEvent[]) =>
  rightRows({ before: async () => rows[0] ?? null, ofSession: async () => rows, ofTypes: async () => rows });

const REFUSED = { code: 'record_unavailable' };

it('takes rows that are those that were asked for', async () => {
  const rows = [row('one', 1), row('one', 2)];
  const events = ledTo(...rows);
  expect(await events.before('one', 2, 9)).toBe(rows[0]);
  expect(await events.ofSession('one', { after: 0, limit: 2 })).toEqual(rows);
  expect(await events.ofTypes('one', ['hold'])).toEqual(rows);
  expect(await ledTo().before('one', 2, 9)).toBeNull();
});

it('refuses an event before, when it is another session’s or none before', async () => {
  await expect(ledTo(row('other', 1)).before('one', 2, 9)).rejects.toMatchObject(REFUSED);
  await expect(ledTo(row('one', 2)).before('one', 2, 9)).rejects.toMatchObject(REFUSED);
});

it('refuses a page with another session’s events, or in another order', async () => {
  const page = { after: 0, limit: 2 };
  await expect(ledTo(row('one', 1), row('other', 2)).ofSession('one', page)).rejects.toMatchObject(REFUSED);
  await expect(ledTo(row('one', 2), row('one', 1)).ofSession('one', page)).rejects.toMatchObject(REFUSED);
});

it('refuses events of other types, or of another session', async () => {
  await expect(ledTo(row('one', 1, 'closed')).ofTypes('one', ['hold'])).rejects.toMatchObject(REFUSED);
  await expect(ledTo(row('other', 1)).ofTypes('one', ['hold'])).rejects.toMatchObject(REFUSED);
});
