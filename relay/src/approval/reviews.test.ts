import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { ada, person, sessionOf, testApprovals } from './testing.ts';
import { createReviews } from './index.ts';

const sam = person('sam', ['security']);

async function used() {
  const { store, recorder, clock } = await testApprovals();
  const reviews = createReviews({
    store,
    now: () => clock.now,
    newId: randomUUID,
    reviewers: ['security'],
    onError: (error) => {
      throw error;
    },
  });
  const told: string[] = [];
  reviews.onChange(({ closed }) => told.push(closed === null ? 'opened' : 'closed'));
  const breakGlass = {
    entry: 'on-call',
    reason: 'payments are down',
    lifted: { rule: 'deletes', effect: 'ask' as const },
  };
  const review = await store.transaction((tx) =>
    reviews.open(tx, {
      session: sessionOf(ada),
      queryId: randomUUID(),
      sql: 'DELETE FROM orders',
      breakGlass,
    }),
  );
  return { reviews, review, recorder, told };
}

it('stays open until another person has reviewed it', async () => {
  const { reviews, review, recorder, told } = await used();
  expect(recorder.bodies).toMatchObject([{ what: 'break_glass', detail: { reason: 'payments are down' } }]);
  expect(await reviews.list(sam, 'open')).toEqual([review]);
  await reviews.close(sam, review.id, 'was right to');
  expect(await reviews.list(sam, 'open')).toEqual([]);
  expect(await reviews.list(sam, 'closed')).toMatchObject([{ closed: { by: { name: 'sam' } } }]);
  expect(told).toEqual(['opened', 'closed']);
  await expect(reviews.close(sam, review.id, 'again')).rejects.toMatchObject({ code: 'approval_void' });
});

it('is listed for reviewers and for who used it, and for nobody else', async () => {
  const { reviews, review } = await used();
  const seen = async (who: typeof sam) => (await reviews.list(who, 'open')).map(({ id }) => id);
  expect([await seen(sam), await seen(ada)]).toEqual([[review.id], [review.id]]);
  for (const other of [person('bob'), person('ADA'), { ...sam, mayDecide: false }])
    expect(await seen(other)).toEqual([]);
});

it('is on the record when it is opened, and when it is closed, with who said what', async () => {
  const { reviews, review, recorder } = await used();
  expect(review).toMatchObject({ lifted: { rule: 'deletes', effect: 'ask' } });
  await reviews.close(sam, review.id, 'was right to');
  expect(recorder.bodies).toEqual([
    {
      type: 'notice',
      what: 'break_glass',
      detail: {
        statement: review.statement,
        review: review.id,
        entry: 'on-call',
        reason: 'payments are down',
        rule: 'deletes',
        would: 'ask',
      },
    },
    {
      type: 'notice',
      what: 'break_glass_reviewed',
      detail: { review: review.id, statement: review.statement, by: sam.id, comment: 'was right to' },
    },
  ]);
});

it.each([
  ['by who may be who used it', person('x', ['security'], { email: null }), 'fine', 'person_unclear'],
  ['by who used it, a reviewer too', person('ada', ['security']), 'fine', 'approver_not_allowed'],
  [
    'by their other account',
    person('a2', ['security'], { email: 'ada@example.com' }),
    'fine',
    'approver_not_allowed',
  ],
  ['by who reviews nothing', person('bob'), 'fine', 'approval_unknown'],
  ['by a pipeline', person('ci', ['security'], { kind: 'workload' }), 'fine', 'approver_not_allowed'],
  ['without a word', sam, ' ', 'request_malformed'],
])('is not closed %s', async (_, by, comment, code) => {
  const { reviews, review } = await used();
  await expect(reviews.close(by, review.id, comment)).rejects.toMatchObject({ code });
  expect(await reviews.list(sam, 'open')).toHaveLength(1);
});
