import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { verifyStore } from '../index.ts';
import { newSession, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { openTestRetention } from '../testing/open-test-retention.ts';

const DAY = 86_400_000;
const SESSIONS = 8;
const STATEMENTS = 200;

it('gives back the room of small bodies, whose rows stay, and leaves every other column as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-shrinking-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'record.db');
  const record = await openTestRecord({ path });
  const retention = await openTestRetention(record, [{ name: 'a-year', afterDays: 365, removes: 'bodies' }]);
  // Side by side in the log: one that stays is in every page with some that go.
  const sessions = Array.from({ length: SESSIONS }, () => newSession());
  await record.recorder.transaction(async (tx) => {
    for (const session of sessions) await tx.record(session, opened('alice'));
    for (let index = 0; index < STATEMENTS; index += 1)
      for (const session of sessions)
        await tx.record(session, statement(`select ${'secret '.repeat(80)} from t where id = ${index}`));
    for (const session of sessions.slice(1)) await tx.record(session, { type: 'closed', how: 'client' });
  });
  await record.store.compact();
  const before = statSync(path).size;
  const read = (columns: 'body' | 'all') =>
    record.db
      .selectFrom('recorded_event')
      .select(columns === 'body' ? ['salt', 'body'] : [])
      .select(['position', 'session', 'seq', 'at', 'type', 'body_digest', 'previous', 'hash', 'mac'])
      .where('position', '<=', SESSIONS * (STATEMENTS + 2))
      .orderBy('position')
      .execute();
  const rows = await read('all');

  record.clock.now += 400 * DAY;
  const run = await retention.run();

  const bodies = (SESSIONS - 1) * (STATEMENTS + 2);
  expect(run).toMatchObject({ problem: null, rules: [{ sessions: SESSIONS - 1, bodies }] });
  // 560 bytes each, and more: of a row that only becomes shorter, SQLite keeps all of them.
  expect(run.givenBack).toBeGreaterThan(bodies * 560);
  expect(statSync(path).size).toBeLessThan(before - bodies * 560);
  expect(await read('all')).toEqual(rows);
  const kept = (await read('body')).filter(({ body, salt }) => body !== null && salt !== null);
  expect(kept.filter(({ session }) => session === sessions[0])).toHaveLength(STATEMENTS + 1);
  expect((await record.beneath.connection.query('PRAGMA integrity_check', [])).rows).toEqual([
    { integrity_check: 'ok' },
  ]);
  await record.recorder.checkpoint();
  expect(await verifyStore(record.store, [record.signers[0].publicKey])).toMatchObject({
    intact: true,
    redacted: bodies,
  });
  await record.store.close();
});
