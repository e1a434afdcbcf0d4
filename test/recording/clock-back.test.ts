import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ada, answer, deleteRequest, holdNow, owners } from '../../relay/src/approval/testing.ts';
import { parseCheckpoint, verifyStore } from '../../relay/src/recording/index.ts';
import { newSession } from '../../relay/src/recording/testing/open-test-record.ts';
import { type Forger, startForger } from '../support/forger.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const [olga] = owners;
const HOUR = 3_600_000;
const like = () => deleteRequest(ada, { grantUpToSeconds: 1800 });

/** A clock that is put back, and a relay that is started anew by it. */
describe.each(['SQLite', 'PostgreSQL'])('on %s,', (kind) => {
  let at: Forger;
  let right: number;
  beforeEach(async ({ skip }) => {
    if (kind === 'PostgreSQL' && programs === null) skip('PostgreSQL is not installed here');
    at = await startForger(kind === 'PostgreSQL' ? postgres : null);
    right = at.clock.now;
  });
  const restartAt = async (now: number) => {
    at.clock.now = now;
    await at.restart();
  };

  const use = async () => {
    const { store, grants } = at.desk();
    const used = await store.transaction((tx) => grants.use(tx, like()));
    if (used !== null) await store.transaction((tx) => used.settle(tx, 5));
    return used?.rows ?? null;
  };

  it('a grant goes by the clock as it is, and has no more rows for that', async () => {
    const request = like();
    const { id, approval } = await holdNow(at.desk(), request);
    const vote = { mostRows: 5, grantSeconds: 600, grantRows: 12 };
    await at.desk().approvals.decide(olga, id, answer(approval, 'approve', vote));
    expect(await use()).toBe(5);
    await restartAt(right + HOUR);
    expect(await use()).toBeNull();
    // From before it was given.
    await restartAt(right - HOUR);
    expect(await use()).toBeNull();
    await restartAt(right + 1);
    expect(await use()).toBe(5);
    expect(await use()).toBe(2);
    expect(await use()).toBeNull();
    expect(at.refused).toEqual([]);
  });

  it('checkpoints are of one log, whatever the clock was when they were signed', async () => {
    const kept: string[] = [];
    for (const now of [
      right,
      right + HOUR,
      right - 720 * HOUR,
      right - 719 * HOUR,
      right + 400 * 24 * HOUR,
      right + 2 * HOUR,
    ]) {
      await restartAt(now);
      for (let i = 0; i < 3; i += 1) {
        await at.recorder().append(newSession(), { type: 'notice', what: 'n', detail: {} });
        kept.push((await at.recorder().checkpoint()).note);
      }
    }
    const { store } = at.desk();
    const known = kept.map((note) => parseCheckpoint(note)!);
    expect(await verifyStore(store, [at.publicKey], known)).toMatchObject({ intact: true, problems: [] });
    const left = (await store.checkpoints.list()).map(({ note }) => parseCheckpoint(note)!);
    // The last of each hour that is over, by its own time, and all of the hour that it is and of what seems to come.
    expect(left.map(({ size }) => size)).toContain(known.at(-1)!.size);
    expect(left.length).toBeLessThan(kept.length);
    for (const { size } of known.filter((_, index) => index % 3 === 2))
      expect(left.map((each) => each.size)).toContain(size);
    expect(left.map(({ size }) => size)).toEqual(left.map(({ size }) => size).toSorted((a, b) => a - b));
  });
});
