import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { openTestStore } from '../../store/testing/open-test-store.ts';
import { openLinkKeys, rotateDataKeys } from './data-keys.ts';
import { vaultOf } from './key-vault.ts';

const [old, fresh] = [randomBytes(32), randomBytes(32)];
const before = vaultOf(new Map([['old', old]]));
const after = vaultOf(
  new Map([
    ['new', fresh],
    ['old', old],
  ]),
);

it('are the same for every relay on a store, through a rotation, and nothing of them is stored', async () => {
  const { store, db } = await openTestStore();
  onTestFinished(() => store.close());
  const clock = { now: 5_000 };
  const ready = (vault: typeof before) =>
    rotateDataKeys({ store, vault, now: () => clock.now, random: randomBytes, newId: randomUUID });
  const open = (vault: typeof before) => openLinkKeys({ store, vault, now: () => clock.now });
  await ready(before);
  const [one, other] = [await open(before), await open(before)];
  expect(await other.find(one.current().id)).toEqual(one.current().key);
  expect(one.current().key).toHaveLength(32);
  const rows = await db.selectFrom('recorded_data_key').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(JSON.stringify([...one.current().key]).slice(1, -1));

  // A relay with a newer vault makes a newer key; one that has not opens the links of both while it can.
  await ready(after);
  const newer = await open(after);
  expect(newer.current().id).not.toBe(one.current().id);
  expect(await newer.find(one.current().id)).toEqual(one.current().key);
  expect(await one.find(newer.current().id)).toBeNull();
});

it('ask the store once a second at most, whatever ids strangers name', async () => {
  const { store } = await openTestStore();
  onTestFinished(() => store.close());
  const clock = { now: 5_000 };
  await rotateDataKeys({ store, vault: before, now: () => 0, random: randomBytes, newId: randomUUID });
  let reads = 0;
  const dataKeys = {
    async list() {
      reads += 1;
      return await store.dataKeys.list();
    },
  };
  const keys = await openLinkKeys({ store: { dataKeys }, vault: before, now: () => clock.now });
  for (let times = 0; times < 100; times += 1) expect(await keys.find(randomUUID())).toBeNull();
  expect(reads).toBe(2);
  clock.now += 1_000;
  await keys.find('another');
  expect(reads).toBe(3);
});
