import { expect, it } from 'vitest';
import { understood as meaningOf } from './flow/testing.ts';
import { condense } from './condense.ts';
import type { Understood } from './understanding.ts';

it('keeps every different thing once, whatever its place', () => {
  const insert = "INSERT INTO COPY (A) SELECT UPPER(NAME) FROM P WHERE SSN = 'a';";
  const once = meaningOf(`BEGIN ${insert} END`);
  const often = meaningOf(`BEGIN ${insert.repeat(500)} END`);
  const facts = (meaning: Understood) =>
    JSON.parse(JSON.stringify(meaning, (name, value: unknown) => (name === 'range' ? 0 : value))) as object;
  expect(often.inner).toHaveLength(500);
  expect(facts(condense(often)!)).toEqual(facts(condense(once)!));
});

it('leaves alone what says everything once', () => {
  const meaning = meaningOf('INSERT INTO COPY (A) SELECT NAME FROM P WHERE SSN IS NULL');
  expect(condense(meaning)).toEqual(meaning);
});

it('ends the effects on the session as they would have ended', () => {
  const set = (literal: string) => ({ type: 'set_variable', name: 'V', sources: [], literal }) as const;
  const meaning: Understood = { ...meaningOf('SELECT 1'), sessionEffects: [set('a'), set('b'), set('a')] };
  expect(condense(meaning)!.sessionEffects).toEqual([set('b'), set('a')]);
});

it.each([
  ['paths', `SELECT ID FROM P WHERE ${many(30_000, (i) => `DATA:a${i} = 1`, ' OR ')}`],
  ['steps of one path', `SELECT DATA:a${'.b'.repeat(300_000)} AS P FROM P`],
  ['long steps of paths', longSteps()],
])('is nothing that somebody could read, of too many %s', (_, sql) => {
  expect(condense(meaningOf(sql))).toBeNull();
});

function many(count: number, piece: (index: number) => string, separator = ', '): string {
  return Array.from({ length: count }, (_, index) => piece(index)).join(separator);
}

function longSteps(): string {
  const step = 'a'.repeat(100_000);
  return `SELECT ${many(100, (i) => `X AS A${i}`)} FROM (SELECT DATA:"${step}" AS X FROM P)`;
}
