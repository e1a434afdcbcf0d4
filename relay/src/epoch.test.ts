import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fromEpochSeconds, toEpochSeconds } from './epoch.ts';

it('goes from seconds to milliseconds and back, whole seconds rounded down', () => {
  expect(fromEpochSeconds(1_760_000_000)).toBe(1_760_000_000_000);
  expect([1_999, 2_000, -1].map(toEpochSeconds)).toEqual([1, 2, -1]);
});

/** An instant, divided or multiplied by a thousand: `now() / 1000`, `Date.now() / 1e3`, `expiresAt * 1_000`. */
const CONVERTED = /(?:\bnow(?:\(\))?|\bgetTime\(\)|\b\w+At|\b(?:iat|exp|nbf))\s*[*/]\s*(?:1_?000|1e3)\b/;

const root = new URL('../..', import.meta.url).pathname;
const sources = globSync('{contract,demo,desktop-approver,extension,relay,snowflake-sql}/**/*.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules') || path.endsWith('.test.ts') || path.endsWith('epoch.ts'),
});

it('is the only place that does so', () => {
  expect(sources.length).toBeGreaterThan(300);
  const others = sources.filter((path) => CONVERTED.test(readFileSync(`${root}/${path}`, 'utf8')));
  expect(others).toEqual([]);
});

it.each([
  ['expiresAt: exp * 1000', true],
  ['Math.floor(Date.now() / 1_000)', true],
  ['Math.floor(sentAt.getTime() / 1e3)', true],
  ['identity.expiresAt * 1000', true],
  ['age / 1_000', false],
  ['now() + seconds * 1_000', false],
  ['(expiresAt - now()) / 1000', false],
])('sees that %s: %s', (code, found) => {
  expect(CONVERTED.test(code)).toBe(found);
});
