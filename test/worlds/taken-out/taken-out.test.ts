import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { controls } from './controls.ts';
import { foundBefore } from './found.ts';
import { takeOut } from './taken-out.ts';

it.each([...controls])('the text of the control is where it was: %s', async (_, { file, from, to }) => {
  const source = await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8');
  expect(source.split(from).length - 1).toBe(1);
  expect(to).not.toBe(from);
});

it('there are at least 20 of them', () => {
  expect(controls.size).toBeGreaterThanOrEqual(20);
});

it('what is written down as found are controls, and of those that cannot be found none is', async () => {
  const found = Object.keys(await foundBefore());
  expect(found.filter((name) => !controls.has(name))).toEqual([]);
  expect(found.filter((name) => controls.get(name)?.unseen !== undefined)).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
});

/** Those that take the fewest statements. */
it.each(['where', 'casts'])('what is told without one is found: %s', { timeout: 600_000 }, async (name) => {
  for await (const { found } of takeOut([name], { seed: 1, statements: 1_500 })) {
    expect(found?.sql.at(-1) ?? '').toContain('SELECT');
  }
});
