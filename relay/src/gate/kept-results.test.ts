import { expect, it } from 'vitest';
import { createKeptResults } from './kept-results.ts';

const MiB = 1024 * 1024;

function keep(results: ReturnType<typeof createKeptResults>, id: string, ...sizes: readonly number[]) {
  const one = results.begin(id, [], 'json');
  for (const size of sizes) one.add(new Uint8Array(size));
  one.complete();
}

it('keeps a result when all of it has been given', () => {
  const results = createKeptResults();
  const one = results.begin('a', [], 'json');
  one.add(Buffer.from('["1"]'));
  expect(results.find('a')).toBeNull();
  one.complete();
  expect(results.find('a')!.rows.map(String)).toEqual(['["1"]']);
});

it('keeps none that is too large, and of all together the newest', () => {
  const results = createKeptResults();
  keep(results, 'large', 3 * MiB, 2 * MiB);
  expect(results.find('large')).toBeNull();
  for (const id of ['a', 'b', 'c']) keep(results, id, 3 * MiB);
  expect(['a', 'b', 'c'].map((id) => results.find(id) !== null)).toEqual([false, true, true]);
  for (let index = 0; index < 200; index += 1) keep(results, String(index), 1);
  expect([results.find('c'), results.find('99')]).toEqual([null, null]);
  expect(results.find('199')).not.toBeNull();
});
