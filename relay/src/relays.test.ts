import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { joinRelays } from './relays.ts';
import { openTestStore } from './store/testing/open-test-store.ts';

async function join(selves: readonly string[], isAlone = false) {
  const { store } = await openTestStore();
  onTestFinished(() => store.close());
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  const joined = await Promise.all(
    selves.map((self) => joinRelays({ self, store, isAlone, newId: randomUUID, now })),
  );
  return { joined, clock };
}

it('a relay is there while it says so, and until it says that it is gone', async () => {
  const { joined, clock } = await join(['one', 'other']);
  const [one, other] = joined as [(typeof joined)[0], (typeof joined)[0]];
  expect([await one.isThere('other'), await one.isThere('third')]).toEqual([true, false]);
  for (let seconds = 0; seconds < 120; seconds += 1) {
    clock.now += 1_000;
    await other.tick();
  }
  expect([await one.isThere('other'), await other.isThere('one')]).toEqual([true, false]);
  expect(await one.isThere('one')).toBe(true);
  await other.close();
  expect(await one.isThere('other')).toBe(false);
});

it('a relay that is alone on its store knows of no other, and says nothing', async () => {
  const { joined } = await join(['one', 'other'], true);
  expect([await joined[0]!.isThere('other'), await joined[0]!.isThere('one')]).toEqual([false, true]);
});

it('a statement says by its id which relay it was sent to, for as long as that is there', async () => {
  const { joined } = await join(['one', 'other']);
  const [one, other] = joined as [(typeof joined)[0], (typeof joined)[0]];
  const [here, there] = [one.newStatement(), other.newStatement()];
  expect(here).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(one.newStatement()).not.toBe(here);
  expect(await Promise.all([here, there, randomUUID()].map(one.sentTo))).toEqual(['one', 'other', null]);
  await other.close();
  expect(await one.sentTo(there)).toBeNull();
});
