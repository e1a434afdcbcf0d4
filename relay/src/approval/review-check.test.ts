import type { EventBody } from '@sluice/contract';
import { expect, it } from 'vitest';
import type { StoredReview } from './ports.ts';
import { wrongReview } from './review-check.ts';
import { summaryOf } from './person.ts';
import { ada, owners } from './testing.ts';

const review: StoredReview['review'] = {
  version: 1,
  id: 'r1',
  session: 's1',
  statement: 'q1',
  by: summaryOf(ada),
  sql: 'DELETE FROM orders',
  entry: 'on-call',
  reason: 'the shop is down',
  lifted: { rule: 'deletes', effect: 'ask' },
  openedAt: '2026-11-20T09:00:00.000Z',
  closed: null,
};
const closed = { by: summaryOf(owners[0]), at: '2026-11-20T10:00:00.000Z', comment: 'right' };

const USED = {
  review: 'r1',
  statement: 'q1',
  entry: 'on-call',
  reason: 'the shop is down',
  rule: 'deletes',
  would: 'ask',
};
const notice = (what: string, detail: Record<string, string>): EventBody => ({
  type: 'notice',
  what,
  detail,
});
const used = (change: Record<string, string> = {}) => notice('break_glass', { ...USED, ...change });
const closing = (change: Record<string, string> = {}) =>
  notice('break_glass_reviewed', { review: 'r1', by: closed.by.id, comment: 'right', ...change });

/** What is said of the review, in a session with these notices; null is one whose body retention has taken. */
async function said(change: Partial<StoredReview['review']>, ...bodies: readonly (EventBody | null)[]) {
  const asked: unknown[] = [];
  const why = await wrongReview(
    {
      events: {
        ofTypes: async (session: string, types: readonly string[]) => {
          asked.push([session, types]);
          return bodies.map((body) => ({ body: body === null ? null : JSON.stringify(body) }));
        },
      },
    } as unknown as Parameters<typeof wrongReview>[0],
    { review: { ...review, ...change }, user: ada },
  );
  expect(asked).toEqual([['s1', ['notice']]]);
  return why;
}

it('finds nothing wrong with a review that says what its session does', async () => {
  expect(await said({}, used())).toBe(null);
  expect(await said({ closed }, used(), closing())).toBe(null);
  // Of others, and of other kinds.
  expect(await said({}, used({ review: 'r2', reason: 'x' }), used(), closing({ review: 'r2' }))).toBe(null);
  expect(await said({}, notice('break_glass_reviewed', { review: 'r2' }), used(), notice('x', USED))).toBe(
    null,
  );
});

it('finds one of break-glass that nobody has used', async () => {
  const none = 'of break-glass that nobody has used on the record';
  expect(await said({})).toBe(none);
  expect(await said({}, used({ review: 'r2' }))).toBe(none);
  expect(await said({}, notice('grant_given', USED))).toBe(none);
  expect(await said({}, { type: 'closed', how: 'client' })).toBe(none);
});

it('can say nothing of one whose session has been removed in part', async () => {
  expect(await said({}, null)).toBe(null);
  expect(await said({}, used({ review: 'r2' }), null)).toBe(null);
});

it.each<[string, Partial<StoredReview['review']>]>([
  ['statement', { statement: 'q2' }],
  ['entry', { entry: 'other' }],
  ['reason', { reason: 'because' }],
  ['rule', { lifted: { rule: 'exports', effect: 'ask' } }],
  ['effect', { lifted: { rule: 'deletes', effect: 'block' } }],
])('finds one that says another %s', async (_, change) => {
  expect(await said(change, used())).toBe('which says otherwise than the record');
});

it('finds one that was closed by nobody, by another, otherwise, or opened again', async () => {
  expect(await said({ closed }, used())).toBe('which is closed, and by nobody on the record');
  expect(await said({}, used(), closing())).toBe('which is open, and was closed on the record');
  const otherwise = 'which was closed by another, or otherwise, on the record';
  expect(await said({ closed }, used(), closing({ by: 'eve' }))).toBe(otherwise);
  expect(await said({ closed }, used(), closing({ comment: 'wrong' }))).toBe(otherwise);
});
