import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { controls } from './controls.ts';
import { takeOut } from './taken-out.ts';

it.each([...controls])('the text of the control is where it was: %s', async (_, { file, from, to }) => {
  const source = await readFile(new URL(`../../../relay/src/${file}`, import.meta.url), 'utf8');
  expect(source.split(from).length - 1).toBe(1);
  expect(to).not.toBe(from);
});

it('there are at least 20 of them', () => {
  expect(controls.size).toBeGreaterThanOrEqual(20);
});

it('what is told without one is found', { timeout: 600_000 }, async () => {
  for await (const { found } of takeOut(['where'], { seed: 1, statements: 1_500 })) {
    expect(found?.sql.at(-1) ?? '').toContain('SELECT');
  }
});
