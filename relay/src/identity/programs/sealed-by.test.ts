import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { sealedBy, type SealingKeys } from './sealed-by.ts';

const NOW = 1_800_000_000_000;
const options = { schema: z.object({ a: z.string() }), lifetimeMs: 60_000, now: () => NOW };
const keysOf = (ids: readonly string[]) => {
  const keys = new Map(ids.map((id, index) => [id, new Uint8Array(32).fill(index)]));
  const last = ids.at(-1)!;
  return {
    current: () => ({ id: last, key: keys.get(last)! }),
    find: vi.fn<SealingKeys['find']>(async (id) => keys.get(id) ?? null),
  };
};

it('is opened with the key that it names, of as many as there are', async () => {
  const text = await sealedBy(keysOf(['k1']), 'use', options).seal({ a: 'x' });
  expect(text.startsWith('k1.')).toBe(true);
  expect(await sealedBy(keysOf(['k1', 'k2']), 'use', options).open(text)).toEqual({ a: 'x' });
  expect(await sealedBy(keysOf(['k2']), 'use', options).open(text)).toBeNull();
  expect(await sealedBy(keysOf(['k1']), 'another', options).open(text)).toBeNull();
});

it('is opened by the versions of Sluice after this one', async () => {
  const text =
    'k1.eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..b67S3sIjp6OXPeBP.AXsoS95S96mMyEAVOAbSPQOScIc9v7nft-U.18kgbXW0qlwF4nViXeFgRw';
  expect(await sealedBy(keysOf(['k1']), 'use', options).open(text)).toEqual({ a: 'x' });
});

it('looks for no key whose name no key has', async () => {
  const [least, most] = ['k', 'k'.repeat(64)];
  for (const id of [least, most]) {
    const keys = keysOf([id]);
    const text = await sealedBy(keys, 'use', options).seal({ a: 'x' });
    expect(await sealedBy(keys, 'use', options).open(text)).toEqual({ a: 'x' });
  }
  const keys = keysOf(['', `${most}k`]);
  for (const text of ['', 'no-dot', '.nameless', `${most}k.long`]) {
    expect(await sealedBy(keys, 'use', options).open(text)).toBeNull();
  }
  expect(keys.find).not.toHaveBeenCalled();
});
