import { expect, it } from 'vitest';
import { readCursor, scopeOf, writeCursor } from './cursor.ts';

const olga = { issuer: 'https://id.example', subject: 'olga' };
const scope = scopeOf('log', { name: 'approvals' }, olga);

it.each([
  { number: 0, mark: '' },
  { number: 7, mark: 'a' },
  { number: 123_456_789_012_345, mark: '0123456789abcdef' },
])('is read as it was written: %j', (place) => {
  expect(readCursor(scope, writeCursor(scope, place))).toEqual(place);
});

it.each(['.a', 'x1.a', '1x.a', '-1.a', '1e3.a', '1234567890123456.a', "1.'", "1.a'", "1.'a", '1.a.b'])(
  'is none: SCOPE.%s',
  (text) => {
    expect(readCursor(scope, `${scope}.${text}`)).toBeNull();
  },
);

it('is of one store, one topic and one account', () => {
  const session = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
  const scopes = [
    scope,
    scopeOf('another log', { name: 'approvals' }, olga),
    scopeOf('log', { name: 'statements' }, olga),
    scopeOf('log', { name: 'session', session }, olga),
    scopeOf('log', { name: 'session', session: session.replace('6', '7') }, olga),
    scopeOf('log', { name: 'approvals' }, { ...olga, subject: 'omar' }),
    scopeOf('log', { name: 'approvals' }, { ...olga, issuer: 'https://other.example' }),
  ];
  const found = scopes.map((one) => readCursor(one, writeCursor(scope, { number: 1, mark: 'a' })));
  expect(found).toEqual([{ number: 1, mark: 'a' }, null, null, null, null, null, null]);
});
