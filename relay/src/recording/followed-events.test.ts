import { expect, it } from 'vitest';
import { addedRow } from '../../../test/support/attacker.ts';
import { followEvents, type Story } from './followed-events.ts';
import { newSession, openTestRecord } from './testing/open-test-record.ts';

/** How much is left of what a first notice gives, and later ones take. */
const story: Story<number> = {
  types: ['notice'],
  begin: ({ body }) => (body.type === 'notice' && body.what === 'given' ? Number(body.detail['rows']) : null),
  next: (left, { body }) =>
    body.type === 'notice' && body.what === 'used' ? left - Number(body.detail['rows']) : left,
};

async function given() {
  const record = await openTestRecord();
  const { recorder, store, db } = record;
  const session = newSession();
  const notice = (what: string, rows: number) =>
    recorder.append(session, { type: 'notice', what, detail: { rows: String(rows) } });
  const { seq } = await notice('given', 10);
  await notice('used', 4);
  await notice('used', 3);
  const standing = () => followEvents(recorder.proof, story).standing(store, { session, seq });
  const rows = await db
    .selectFrom('recorded_event')
    .selectAll()
    .where('session', '=', session)
    .orderBy('seq')
    .execute();
  const rewrite = (position: number, columns: object) =>
    db.updateTable('recorded_event').set(columns).where('position', '=', position).execute();
  return { standing, rows, rewrite, db };
}

it('is what the events since have made of it', async () => {
  const { standing } = await given();
  expect(await standing()).toEqual({ state: 3 });
});

const USED_LESS = { type: 'notice', what: 'used', detail: { rows: '0' } } as const;

it('is nothing when an event in between is another, though its own hash is right, and the last is proven', async () => {
  const { standing, rows, rewrite } = await given();
  const { session: _, seq: __, ...columns } = addedRow(rows[0]!, USED_LESS);
  await rewrite(rows[1]!.position, columns);
  expect(await standing()).toEqual({ why: expect.stringContaining('does not show all') });
});

it('is nothing when an event in between has another text', async () => {
  const { standing, rows, rewrite } = await given();
  await rewrite(rows[1]!.position, { body: addedRow(rows[0]!, USED_LESS).body });
  expect(await standing()).toEqual({ why: expect.stringContaining('does not show all') });
});

it('is nothing when an event in between is gone', async () => {
  const { standing, rows, db } = await given();
  await db.deleteFrom('recorded_event').where('position', '=', rows[1]!.position).execute();
  expect(await standing()).toEqual({ why: expect.stringContaining('does not show all') });
});

it('is nothing when the last event is gone, or another', async () => {
  const gone = await given();
  await gone.db.deleteFrom('recorded_event').where('position', '=', gone.rows[2]!.position).execute();
  expect(await gone.standing()).toEqual({ why: expect.stringContaining('does not show all') });
  const other = await given();
  const { session: _, seq: __, ...columns } = addedRow(other.rows[1]!, USED_LESS);
  await other.rewrite(other.rows[2]!.position, columns);
  expect(await other.standing()).toEqual({ why: expect.stringContaining('does not show all') });
});
