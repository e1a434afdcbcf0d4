import { expect, it } from 'vitest';
import { REMEMBERED, remembered } from './remembered.ts';

it('forgets what has not come for longest, and never everything at once', () => {
  const asked: string[] = [];
  const mask = remembered((cell) => {
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
  const mask = remembered(() => String((asked += 1)));
  expect([mask('x'.repeat(300)), mask('x'.repeat(300))]).toEqual(['1', '2']);
});
