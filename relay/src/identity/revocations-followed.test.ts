import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import { createRevocations, identityId } from './index.ts';
import { adaSignedIn as identity } from './testing/ada-signed-in.ts';

const { id: ada } = identity;
const grace = identityId('https://id.example', 'grace');
const LEFT = { target: { type: 'subject', identity: ada }, reason: 'left', by: 'sam' } as const;

/** Relays on one store, that are told of its changes when the test says so. */
async function relays() {
  const { store, db, relaySession, notices, close } = await openRecordedStore();
  const [told, followed, errors]: [string[], string[], unknown[]] = [[], [], []];
  const disk = { isFull: false };
  const start = () =>
    createRevocations({
      store: {
        ...store,
        changes: {
          ...store.changes,
          follow(topic) {
            followed.push(topic);
            return () => {};
          },
        },
        transaction: (work) =>
          store.transaction(async (tx) => {
            const done = await work({ ...tx, tell: ({ topic }) => void told.push(topic) });
            if (disk.isFull) throw new Error('the disk is full');
            return done;
          }),
      },
      relaySession,
      notices,
      now: () => 7_000,
      clockToleranceMs: 0,
      onError: (error) => errors.push(error),
    });
  return { one: await start(), other: await start(), start, db, told, followed, errors, disk, close };
}

it('each relay follows what the others tell', async () => {
  const { one, told, followed, close } = await relays();
  await one.revoke(LEFT);
  expect(told).toEqual(['revocation']);
  expect(followed).toContain(told[0]);
  await close();
});

it('each relay has what any revokes in force once, and ends what is open there', async () => {
  const { one, other, errors, close } = await relays();
  const ended: string[] = [];
  one.onRevoked(async ({ reason }, isRevoked) => void ended.push(`one: ${reason} ${isRevoked(identity)}`));
  other.onRevoked(
    async ({ reason }, isRevoked) => void ended.push(`other: ${reason} ${isRevoked(identity)}`),
  );
  await one.revoke(LEFT);
  other.check(identity);
  // The feed and a request that waits for it may ask at once.
  await Promise.all([one.settle(), other.settle(), other.settle()]);
  await Promise.all([one.settle(), other.settle()]);
  expect(() => other.check(identity)).toThrow('revoked');
  const all = [{ ...LEFT, at: 7_000 }];
  expect([one.list(), other.list()]).toEqual([all, all]);
  expect(ended).toEqual(['one: left true', 'other: left true']);
  expect(errors).toEqual([]);
  await close();
});

it('a relay that cannot end what is open says so, and has it in force', async () => {
  const { one, other, errors, close } = await relays();
  const stuck = new Error('stuck');
  for (const relay of [one, other]) relay.onRevoked(() => Promise.reject(stuck));
  await expect(one.revoke(LEFT)).rejects.toBe(stuck);
  await other.settle();
  expect(() => other.check(identity)).toThrow('revoked');
  await expect.poll(() => errors).toEqual([stuck]);
  await close();
});

it('a relay that could not write takes in what another then writes in that place', async () => {
  const { one, other, disk, errors, close } = await relays();
  disk.isFull = true;
  await expect(one.revoke(LEFT)).rejects.toThrow('the disk is full');
  disk.isFull = false;
  await other.revoke({ ...LEFT, target: { type: 'subject', identity: grace } });
  await one.settle();
  expect(() => one.check({ ...identity, id: grace })).toThrow('revoked');
  // From its own row, and not for want of one.
  expect(errors).toEqual([]);
  await close();
});

it('a row that somebody takes away brings nobody back, and is told of', async () => {
  const { one, start, db, errors, close } = await relays();
  await one.revoke(LEFT);
  await one.revoke({ ...LEFT, target: { type: 'subject', identity: grace } });
  await sql`DELETE FROM revocation WHERE target LIKE ${'%ada%'}`.execute(db);
  const again = await start();
  expect(() => again.check(identity)).toThrow('revoked');
  expect(again.list()).toHaveLength(2);
  expect(again.list()[1]).toMatchObject({ ...LEFT, at: expect.any(Number) as number });
  expect(errors).toMatchObject([
    {
      code: 'record_contradicted',
      message: expect.stringContaining(ada) as string,
      advice: 'find out who wrote to the table revocation',
    },
  ]);
  await close();
});
