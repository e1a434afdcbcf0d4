import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTurn } from './in-turn.ts';

it('runs one after the other, in the order asked, and goes on behind one that failed', async () => {
  const turn = inTurn();
  const told: string[] = [];
  const work = (name: string, fails = false) =>
    turn(async () => {
      told.push(`${name} begins`);
      await nextTurn();
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = [work('a'), work('b', true), work('c')];
  expect(await Promise.allSettled(all)).toEqual([
    { status: 'fulfilled', value: 'a' },
    { status: 'rejected', reason: new Error('b') },
    { status: 'fulfilled', value: 'c' },
  ]);
  expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
