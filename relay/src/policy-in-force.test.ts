import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBody } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { testRecorder } from './approval/testing.ts';
import { openPolicyFile } from './policy-file.ts';
import { openPolicyInForce, type PolicyInForceOptions, type PolicyStanding } from './policy-in-force.ts';
import type { SessionId } from './session/index.ts';
import type { Store } from './store/index.ts';
import { noticesOn } from './recording/testing/test-notices.ts';
import { openTestStore, type TestStore } from './store/testing/open-test-store.ts';

const OLD = 'version: 1\nrules: []\n';
const NEW = 'version: 1\nrules: [{ name: newer, effect: allow, when: {} }]\n';
const NEWEST = 'version: 1\nrules: [{ name: newest, effect: allow, when: {} }]\n';

let store: Store;
let db: TestStore['db'];
let bodies: EventBody[];
let fails: boolean;
beforeEach(async () => {
  ({ store, db } = await openTestStore());
  bodies = [];
  fails = false;
});
afterEach(() => store.close());

/** A relay's policy, from a file of its own. */
async function relay(text: string, more: Partial<PolicyInForceOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-policy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'policy.yaml');
  writeFileSync(path, text);
  const recorder = testRecorder({ recording: (body) => void bodies.push(body) });
  recorder.on(store);
  const standings: PolicyStanding[] = [];
  const transaction: typeof recorder.transaction = (work) =>
    fails ? Promise.reject(new Error('cannot be written')) : recorder.transaction(work);
  const policy = await openPolicyInForce({
    file: openPolicyFile({ path, onReload: () => {} }),
    store: { ...store, transaction },
    relaySession: 'relay' as SessionId,
    notices: noticesOn(recorder),
    isAlone: false,
    now: () => 7_000,
    onStanding: (standing) => standings.push(standing),
    ...more,
  });
  return {
    policy,
    standings,
    async edit(edited: string) {
      writeFileSync(path, edited);
      // It has to hold still for two looks.
      await policy.look();
      await policy.look();
    },
    rules: () => {
      try {
        return policy
          .current()
          .rules.map(({ name }) => name)
          .join();
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
  };
}

const put = () => bodies.filter((body) => body.type === 'notice' && body.what === 'policy_in_force').length;

describe('of relays on one store', () => {
  it('all decide by the version that one of them has read first, once they have it', async () => {
    const [one, other] = [await relay(OLD), await relay(OLD)];
    expect([one.rules(), other.rules(), put()]).toEqual(['', '', 1]);
    await one.edit(NEW);
    expect([one.rules(), other.rules(), other.policy.isCurrent()]).toEqual([
      'newer',
      'policy_outdated',
      false,
    ]);
    await other.edit(NEW);
    expect([one.rules(), other.rules(), put()]).toEqual(['newer', 'newer', 2]);
    expect(other.standings.map(({ isCurrent }) => isCurrent)).toEqual([true, false, true]);
    expect(await store.policyVersions.newest()).toEqual({
      version: one.policy.current().version,
      since: 7_000,
    });
  });

  it('one that starts with a new file puts it in force', async () => {
    const one = await relay(OLD);
    const other = await relay(NEW);
    expect([one.rules(), other.rules()]).toEqual(['policy_outdated', 'newer']);
  });

  it('one that starts with an old file puts nothing in force, and decides nothing', async () => {
    const one = await relay(OLD);
    await one.edit(NEW);
    const other = await relay(OLD);
    expect([one.rules(), other.rules(), put()]).toEqual(['newer', 'policy_outdated', 2]);
    await other.edit(NEWEST);
    expect([one.rules(), other.rules()]).toEqual(['policy_outdated', 'newest']);
    // Its own was in force before, too: it does not come back by an edit of a file that was left behind.
    await one.edit(OLD);
    expect([one.rules(), other.rules()]).toEqual(['policy_outdated', 'newest']);
  });

  it('an earlier policy is put in force again where the newest is edited', async () => {
    const [one, other] = [await relay(OLD), await relay(OLD)];
    await one.edit(NEW);
    await other.edit(NEW);
    await other.edit(OLD);
    expect([one.rules(), other.rules(), put()]).toEqual(['policy_outdated', '', 3]);
  });

  it('what somebody writes into the store puts nothing in force, and nothing out of it', async () => {
    const one = await relay(OLD);
    const changed = async () => await store.transaction(async (tx) => tx.tell({ topic: 'policy', key: '' }));
    await store.transaction((tx) => tx.policyVersions.add({ version: 'f'.repeat(64), since: 1 }));
    await changed();
    expect(one.rules()).toBe('');
    await one.edit(NEW);
    expect(one.rules()).toBe('newer');
    // The rows that say that the old one is old.
    await db.deleteFrom('policy_version').execute();
    await changed();
    const left = await relay(OLD);
    expect([left.rules(), one.rules()]).toEqual(['policy_outdated', 'newer']);
    await store.transaction((tx) =>
      tx.policyVersions.add({ version: createHash('sha256').update(OLD).digest('hex'), since: 1 }),
    );
    await changed();
    expect([left.rules(), one.rules()]).toEqual(['policy_outdated', 'newer']);
  });
});

it('a new file is not decided by before that is durable, and is offered again', async () => {
  const one = await relay(OLD);
  fails = true;
  await expect(one.edit(NEW)).rejects.toThrow('cannot be written');
  expect(one.rules()).toBe('');
  fails = false;
  await one.policy.look();
  expect([one.rules(), put()]).toEqual(['newer', 2]);
});

it('a relay that is alone on its store starts with any file', async () => {
  await relay(OLD, { isAlone: true });
  await relay(NEW, { isAlone: true });
  expect((await relay(OLD, { isAlone: true })).rules()).toBe('');
});
