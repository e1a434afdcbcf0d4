import { expect, it } from 'vitest';
import { createKeptResults, type KeptResults } from './kept-results.ts';

const MiB = 1024 * 1024;

function keep(results: KeptResults, id: string, ...sizes: readonly number[]) {
  const one = results.begin(id, [], 'json');
  for (const size of sizes) one.add(new Uint8Array(size));
  one.complete();
}

it('keeps a result when all of it has been given', () => {
  const results = createKeptResults()();
  const one = results.begin('a', [], 'json');
  one.add(Buffer.from('["1"]'));
  expect(results.find('a')).toBeNull();
  one.complete();
  expect(results.find('a')!.rows.map(String)).toEqual(['["1"]']);
});

it('keeps none that is too large, and of all together the newest', () => {
  const results = createKeptResults()();
  keep(results, 'large', 3 * MiB, 2 * MiB);
  expect(results.find('large')).toBeNull();
  for (const id of ['a', 'b', 'c']) keep(results, id, 3 * MiB);
  expect(['a', 'b', 'c'].map((id) => results.find(id) !== null)).toEqual([false, true, true]);
  for (let index = 0; index < 200; index += 1) keep(results, String(index), 1);
  expect([results.find('c'), results.find('99')]).toEqual([null, null]);
  expect(results.find('199')).not.toBeNull();
});

it('keeps of all sessions together what was kept or read last', () => {
  const session = createKeptResults(7 * MiB);
  const [one, other] = [session(), session()];
  keep(one, 'a', 2 * MiB);
  keep(one, 'b', 2 * MiB);
  keep(other, 'c', 2 * MiB);
  one.find('a');
  keep(other, 'd', 2 * MiB);
  expect(
    [one.find('a'), one.find('b'), other.find('c'), other.find('d')].map((kept) => kept !== null),
  ).toEqual([true, false, true, true]);
  one.find('a');
  one.clear();
  expect(one.find('a')).toBeNull();
  keep(other, 'e', 2 * MiB);
  expect(['c', 'd', 'e'].map((id) => other.find(id) !== null)).toEqual([true, true, true]);
});

it('counts a result that is kept again once', () => {
  const results = createKeptResults()();
  for (let index = 0; index < 5; index += 1) keep(results, 'again', 3 * MiB);
  keep(results, 'other', 3 * MiB);
  expect(['again', 'other'].map((id) => results.find(id) !== null)).toEqual([true, true]);
});

it('keeps one that is as large as it may be, whole, and none of one that is larger by a byte', () => {
  const results = createKeptResults()();
  keep(results, 'most', 3 * MiB, 1 * MiB);
  expect(results.find('most')!.rows.map(({ byteLength }) => byteLength)).toEqual([3 * MiB, 1 * MiB]);
  keep(results, 'more', 4 * MiB, 1);
  expect(results.find('more')).toBeNull();
});

it('counts of all sessions together also how many there are, not their bytes alone', () => {
  const session = createKeptResults(3 * 1024);
  const [one, other] = [session(), session()];
  for (const id of ['a', 'b', 'c']) keep(one, id);
  keep(other, 'd');
  expect(['a', 'b', 'c'].map((id) => one.find(id) !== null)).toEqual([false, true, true]);
  expect(other.find('d')).not.toBeNull();
});
