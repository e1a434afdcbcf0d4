import { expect, it } from 'vitest';
import { logFacts } from './log-facts.ts';

const HOUR = 3_600_000;

/** The facts of the events from one position to before another, one an hour, each of its own session. */
function factsOf(from: number, to: number) {
  const facts = logFacts();
  for (let position = from; position < to; position += 1) {
    const at = new Date(position * HOUR).toISOString();
    const type = position % 2 === 0 ? 'device_revoked' : 'notice';
    const event = { seq: 0, salt: '', body: '{}', bodyDigest: '', previous: '', hash: `hash ${position}` };
    facts.read({ ...event, position, at, type, session: `session ${position}` });
  }
  return facts;
}

it.each([
  ['one after the other, further back', [3, 0]],
  ['the last ones after all of them', [0, 3]],
])('knows what was read of the events before its own: %s', (_, order) => {
  const facts = factsOf(6, 9);
  for (const from of order) facts.precede(factsOf(from, 6), 6);
  expect(facts.keyEvents().map(({ position }) => position)).toEqual([0, 2, 4, 6, 8]);
  expect(facts.times()).toHaveLength(9);
  expect(facts.sizeAt(new Date(2 * HOUR).toISOString())).toBe(2);
  expect([1, 4, 8].map((position) => facts.end(`session ${position}`))).toEqual([1, 4, 8]);
});
