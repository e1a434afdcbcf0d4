import { join } from 'node:path';
import { beforeAll, afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { ada, answer, deleteRequest, holdNow, NINE, owners } from '../approval/testing.ts';
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
