import { expect, it } from 'vitest';
import { inTurn } from './in-turn.ts';

it('begins nothing before what was asked for earlier is over, be it well or not', async () => {
  const turn = inTurn();
  const first = Promise.withResolvers<string>();
  const begun: string[] = [];
  const one = turn(async () => {
    begun.push('one');
    return await first.promise;
  });
  const failing = turn(async () => {
    begun.push('failing');
    throw new Error('it fails');
  });
  const last = turn(async () => begun.push('last'));
  await Promise.resolve();
  expect(begun).toEqual(['one']);
  first.resolve('done');
  expect(await one).toBe('done');
  await expect(failing).rejects.toThrow('it fails');
  expect(await last).toBe(3);
});
