import { expect, it } from 'vitest';
import { createRemembering, REMEMBERED } from './remembered.ts';

it('forgets what has not come for longest, and never everything at once', () => {
  const asked: string[] = [];
  const mask = createRemembering()('mask', (cell) => {
    asked.push(cell);
    return null;
  });
  mask('often');
  for (let value = 0; value < 2 * REMEMBERED; value += 1) {
    mask(String(value));
    if (value % 1_000 === 0) mask('often');
  }
  expect(asked.filter((cell) => cell === 'often')).toHaveLength(1);
  mask('0');
  expect(asked.filter((cell) => cell === '0')).toHaveLength(2);
});

it('does not keep long values', () => {
  let asked = 0;
  const mask = createRemembering()('mask', () => String((asked += 1)));
  expect([mask('x'.repeat(300)), mask('x'.repeat(300))]).toEqual(['1', '2']);
});

it('is shared by masks of one name, and by no others', () => {
  const remembering = createRemembering();
  const [one, again, other] = [
    remembering('a', () => 'one'),
    remembering('a', () => 'two'),
    remembering('b', () => 'other'),
  ];
  expect([one('x'), again('y'), other('x')]).toEqual(['one', 'one', 'other']);
});
