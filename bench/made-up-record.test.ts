import { randomUUID } from 'node:crypto';
import { eventBody } from '@sluice/contract';
import { expect, it } from 'vitest';
import { EVERYWHERE, HALF, madeUpEvents, ONCE, OTHER_HALF, RARE_RULE } from './made-up-record.ts';

const made = madeUpEvents({ seed: 1, newId: randomUUID, payloads: ['a'.repeat(64)] });
const events = Array.from({ length: 20_000 }, () => made.next().value);

it('makes events that can be recorded, in sessions that are opened and closed', () => {
  const open = new Set<string>();
  const wrong = events.filter(({ session, body }) => {
    if (body.type === 'opened') open.add(session);
    const isOpen = open.has(session);
    if (body.type === 'closed') open.delete(session);
    return !isOpen || !eventBody.safeParse(body).success;
  });
  expect(wrong).toEqual([]);
});

it('has what is everywhere, what is in a half, and what is rare', () => {
  const texts = events.flatMap(({ body }) => (body.type === 'statement' ? [body.sql] : []));
  const count = (word: string) => texts.filter((text) => text.includes(word)).length;
  expect(count(EVERYWHERE)).toBe(texts.length);
  expect(count(HALF) + count(OTHER_HALF)).toBe(texts.length);
  expect(Math.abs(count(HALF) - count(OTHER_HALF))).toBeLessThan(2);
  expect(count(ONCE)).toBe(20);
  expect(events.filter(({ body }) => body.type === 'decision' && body.rule === RARE_RULE)).toHaveLength(20);
});

it('has few sessions with very many events, and many with few', () => {
  const sizes = new Map<string, number>();
  for (const { session } of events) sizes.set(session, (sizes.get(session) ?? 0) + 1);
  const sorted = [...sizes.values()].toSorted((a, b) => a - b);
  expect(sorted.at(-1)!).toBeGreaterThan(600);
  expect(sorted[Math.floor(sorted.length / 2)]!).toBeLessThan(30);
});
