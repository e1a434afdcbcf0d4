import { expect, it } from 'vitest';
import { createLeftAdoption } from './adopt-left.ts';

it('goes on with what nobody has asked for since the look before, and not with what has just been left', async () => {
  const left: string[] = ['one'];
  const adopted: string[] = [];
  let now = 0;
  const tick = createLeftAdoption({
    elsewhere: { left: async () => [...left] },
    queries: {
      async adoptLeft(which) {
        for (const statement of left.filter(which)) adopted.push(statement);
      },
    },
    now: () => now,
  });
  await tick();
  for (const expected of [[], ['one'], ['one', 'one', 'other']]) {
    now += 31_000;
    await tick();
    await tick();
    expect(adopted).toEqual(expected);
    if (left.length === 1) left.push('other');
  }
});
