import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createShares } from './shares.ts';

const never = new AbortController().signal;

it('never gives more than there is, and leaves nobody waiting', async () => {
  const asks = fc.array(fc.tuple(fc.constantFrom('ada', 'bob', 'eve'), fc.integer({ min: 0, max: 15 })), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(asks, fc.integer({ min: 0, max: 3 }), async (asks, left) => {
      const most = { each: 6, all: 10 };
      const shares = createShares(most);
      const used = new Map<string, number>();
      const sum = () => [...used.values()].reduce((all, own) => all + own, 0);
      await Promise.all(
        asks.map(async ([key, wanted]) => {
          const giveBack = await shares.take(key, wanted, never);
          const amount = Math.min(wanted, most.each);
          const change = (by: number) => used.set(key, (used.get(key) ?? 0) + by);
          change(amount);
          expect(used.get(key)).toBeLessThanOrEqual(most.each);
          expect(sum()).toBeLessThanOrEqual(most.all);
          await Promise.resolve();
          const kept = Math.min(left, amount);
          change(kept - amount);
          giveBack(kept);
          await Promise.resolve();
          change(-kept);
          giveBack();
          giveBack();
        }),
      );
      expect(sum()).toBe(0);
    }),
  );
});

it('lets nobody take the turn of who has left', async () => {
  const shares = createShares({ each: 1, all: 1 });
  const giveBack = await shares.take('ada', 1, never);
  const gone = new AbortController();
  const leaving = shares.take('bob', 1, gone.signal);
  const next = shares.take('eve', 1, never);
  gone.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  giveBack();
  (await next)();
  await expect(shares.take('bob', 1, gone.signal)).rejects.toThrow('gone');
});
