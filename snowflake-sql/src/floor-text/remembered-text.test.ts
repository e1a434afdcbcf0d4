import { expect, it } from 'vitest';
import type { Floor } from '../bound/index.ts';
import { catalog } from '../flow/testing.ts';
import { type FloorText, withFloor } from './index.ts';
import { floorOf, guarded, inShop, ready, shown, tokens } from './testing.ts';

const { parsed, bound } = ready(
  "SELECT COUNT(DISTINCT SSN), MAX(DATA:a.b) FROM P WHERE NAME = 'x' AND SSN > '1'",
  catalog,
);
const under = (floor: Floor) => withFloor(parsed, bound, floor, catalog, inShop);

it('is the very same under the same floor', () => {
  expect(under(floorOf(['direct']))).toBe(under(floorOf(['direct'])));
});

const onData =
  (paths: readonly (readonly string[])[] | null): Floor =>
  ({ object, column }) =>
    object.name === 'P' && column === 'DATA' ? guarded([], paths) : null;

it.each<[string, Floor, Floor]>([
  ['another column is guarded', shown, floorOf(['direct'], 'NAME')],
  ['one more column is guarded', shown, floorOf(['direct'], 'SSN', 'NAME')],
  ['none is guarded', shown, () => null],
  ['one is guarded that was not', () => null, shown],
  ['more may be read', shown, floorOf(['direct', 'use'])],
  ['less may be read', floorOf(['direct', 'use']), shown],
  ['equal values may be told', shown, tokens],
  ['another part of a document is guarded', onData([['a']]), onData([['c']])],
  ['all of a document is guarded', onData([['c']]), onData(null)],
])('is made anew where %s', (_, one, other) => {
  const fresh = (floor: Floor): FloorText => {
    const again = ready(parsed.source, catalog);
    return withFloor(again.parsed, again.bound, floor, catalog, inShop);
  };
  expect(under(one)).toEqual(fresh(one));
  expect(under(other)).toEqual(fresh(other));
  expect(under(one)).toEqual(fresh(one));
});

it('tells the floors of these apart at all', () => {
  const texts = [shown, floorOf(['direct', 'use']), floorOf(['direct'], 'NAME'), onData([['a']])].map(under);
  expect(new Set(texts.map((text) => JSON.stringify(text))).size).toBe(4);
});
