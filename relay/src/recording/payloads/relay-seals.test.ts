import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { openTestRecord } from '../testing/open-test-record.ts';
import { rotateDataKeys } from './data-keys.ts';
import { vaultOf } from './key-vault.ts';
import { openSessionSeals } from './relay-seals.ts';

const [old, fresh] = [randomBytes(32), randomBytes(32)];
const before = vaultOf(new Map([['old', old]]));
const after = vaultOf(
  new Map([
    ['new', fresh],
    ['old', old],
  ]),
);

it('knows what any relay of the store has sealed, from before a rotation and since', async () => {
  const record = await openTestRecord({ vault: before });
  const open = () => openSessionSeals({ store: record.store, vault: after, log: 'a' });
  const running = await open();
  const earlier = running.sealOf('text');
  await rotateDataKeys({ ...record, vault: after, newId: randomUUID });
  const later = await open();
  const seal = later.sealOf('text');
  expect(seal).not.toBe(earlier);
  for (const seals of [running, later]) {
    expect(await seals.isSealed('text', earlier)).toBe(true);
    expect(await seals.isSealed('text', seal)).toBe(true);
  }
});

it('knows no other text, no other log, no other store and no other form', async () => {
  const record = await openTestRecord({ vault: before });
  const { store, vault } = record;
  const { sealOf, isSealed } = await openSessionSeals({ store, vault, log: 'a' });
  const seal = sealOf('text');
  expect(await isSealed('Text', seal)).toBe(false);
  const elsewhere = await openSessionSeals({ store, vault, log: 'b' });
  expect(await elsewhere.isSealed('text', seal)).toBe(false);
  const other = await openTestRecord({ vault: before });
  const others = await openSessionSeals({ store: other.store, vault, log: 'a' });
  expect(await others.isSealed('text', seal)).toBe(false);
  for (const form of ['', 'x', seal.toUpperCase(), `${seal}00`, seal.slice(0, 32)])
    expect(await isSealed('text', form)).toBe(false);
});
