import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { createReviews } from '../approval/index.ts';
import { ada, answer, deleteRequest, holdNow, NINE, owners, person, sessionOf } from '../approval/testing.ts';
import { recordedApprovals } from '../approval/testing/recorded-approvals.ts';
import { filesIn } from '../composition/files.ts';
import { signersFromFile } from '../recording/index.ts';
import { openTestRecord } from '../recording/testing/open-test-record.ts';
import { recordFindings } from './doctor-record.ts';
import { verifyCommand } from './verify.ts';

const folder = temporaryFolder();
const key = join(folder, 'signing.key');
let record: Awaited<ReturnType<typeof openTestRecord>>;

beforeAll(async () => {
  const signers = signersFromFile(key, { create: true });
  record = await openTestRecord({ path: filesIn(folder).database, signers, now: () => Date.now() });
  const onError = (error: unknown) => {
    throw error;
  };
  const now = () => NINE;
  const desk = await recordedApprovals({ ...record, now, onError, onRefusedRow: onError });
  const { id, approval } = await holdNow(desk, deleteRequest(ada, { grantUpToSeconds: 1800 }));
  const vote = { mostRows: 5, grantSeconds: 600 };
  await desk.approvals.decide(owners[0], id, answer(approval, 'approve', vote));
  await record.recorder.checkpoint();
});
afterAll(() => record.store.close());

async function verify() {
  const printed: string[] = [];
  const what = filesIn(folder).database;
  const options = { what, keys: [`${key}.pub`], checkpoints: [], lists: true, json: true };
  const code = await verifyCommand(options, (text) => printed.push(text));
  const { problems } = JSON.parse(printed.join('')) as { problems: { what: string; why: string }[] };
  return { code, problems };
}

async function doctor() {
  const config = {
    data: folder,
    store: { kind: 'sqlite' as const },
    witnesses: [],
    retention: { rules: [], at: '03:00', leastDays: 1 },
  };
  const found = await recordFindings({ config, isRunning: true, now: NINE });
  return found.find(({ what }) => what === 'approvals, grants, break-glass and devices')!.problem;
}

it('takes what lets statements run for what was recorded, as long as it is', async () => {
  expect(await verify()).toEqual({ code: 0, problems: [] });
  expect(await doctor()).toBeNull();
});

it('finds a row by which something could run, and names the event that gave it', async () => {
  const row = await record.db.selectFrom('approval_grant').selectAll().executeTakeFirstOrThrow();
  const forged = { ...(JSON.parse(row.content) as object), expiresAt: 4_000_000_000_000 };
  await record.db
    .updateTable('approval_grant')
    .set({ expires_at: 4_000_000_000_000, content: JSON.stringify(forged) })
    .execute();
  const { code, problems } = await verify();
  expect(code).toBe(1);
  expect(problems).toEqual([
    expect.objectContaining({
      what: 'altered',
      session: expect.any(String) as string,
      position: expect.any(Number) as number,
      why: expect.stringMatching(/^table approval_grant has a row .* not what was given/) as string,
    }),
  ]);
  expect(await doctor()).toMatch(/^table approval_grant has a row/);
});

it('finds a device that nobody has enrolled', async () => {
  await record.db.deleteFrom('approval_grant').execute();
  const device = { identity: ada.id, subject: ada.subject, name: 'laptop', enrolled_at: NINE };
  await record.db
    .insertInto('approver_device')
    .values({ ...device, key: 'AAAA', enrolled_by: null, revoked_at: null })
    .execute();
  expect((await verify()).problems[0]?.why).toMatch(/approver_device .* nobody has enrolled/);
  expect(await doctor()).toMatch(/approver_device/);
});

it.each([
  ['was closed', 'nobody on the record', (review: Review) => ({ ...review, closed: CLOSED })],
  [
    'gives another reason',
    'otherwise than the record',
    (review: Review) => ({ ...review, reason: 'a drill' }),
  ],
  [
    'is of another statement',
    'otherwise than the record',
    (review: Review) => ({ ...review, statement: OTHER }),
  ],
  ['was never used', 'nobody has used on the record', (review: Review) => ({ ...review, id: OTHER })],
])('finds a review of break-glass that %s, by the table alone', async (_, why, change) => {
  const { reviews, review } = await reviewed();
  const found = async () =>
    (await verify()).problems.filter((problem) => problem.why.includes('break_glass_review'));
  expect(await found()).toEqual([]);
  const row = await reviewRow(review.id);
  const forged = { ...row, review: change(row.review) };
  await keepReview(review.id, forged);
  expect((await found()).map((problem) => problem.why)).toEqual([expect.stringContaining(why) as string]);
  await keepReview(review.id, row);
  // One that somebody has closed is as the record has it, and is not opened again by the table.
  await reviews.close(person('sam', ['security']), review.id, 'was right to');
  expect(await found()).toEqual([]);
  await keepReview(review.id, row, null);
  expect((await found())[0]?.why).toContain('was closed on the record');
  await record.db.deleteFrom('break_glass_review').execute();
});

type Review = Awaited<ReturnType<typeof reviewed>>['review'];
const OTHER = '11111111-1111-4111-8111-111111111111';
const CLOSED = {
  by: { ...ada, id: 'https://issuer.example|sam' },
  at: '2026-03-01T09:00:00.000Z',
  comment: 'fine',
};

/** Break-glass was used, and somebody has to look at it. */
async function reviewed() {
  const onError = (error: unknown) => {
    throw error;
  };
  const reviews = createReviews({
    store: { ...record.store, transaction: record.recorder.transaction },
    now: () => NINE,
    newId: randomUUID,
    reviewers: ['security'],
    onError,
  });
  const breakGlass = {
    entry: 'on-call',
    reason: 'payments are down',
    lifted: { rule: 'deletes', effect: 'ask' as const },
  };
  const use = { session: sessionOf(ada), queryId: randomUUID(), sql: 'DELETE FROM orders', breakGlass };
  const review = await record.recorder.transaction((tx) => reviews.open(tx, use));
  await record.recorder.checkpoint();
  return { reviews, review };
}

async function reviewRow(id: string): Promise<{ readonly review: Review }> {
  const { content } = await record.db
    .selectFrom('break_glass_review')
    .select('content')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return JSON.parse(content) as { readonly review: Review };
}

async function keepReview(id: string, row: object, closedAt?: null): Promise<void> {
  const columns = { content: JSON.stringify(row), ...(closedAt === null ? { closed_at: null } : {}) };
  await record.db.updateTable('break_glass_review').set(columns).where('id', '=', id).execute();
}
