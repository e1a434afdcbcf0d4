import { expect, it } from 'vitest';
import { isAllowedRedirect, isSameRedirect } from './redirect-uri.ts';

it.each([
  ['http://127.0.0.1:49152/back', true],
  ['http://[::1]/', true],
  ['http://localhost:1/back?a=b', true],
  ['vscode://sluice.sluice/mcp', true],
  ['https://127.0.0.1/back', false],
  ['http://127.0.0.1.evil.example/', false],
  ['http://127.0.0.1@evil.example/', false],
  // What browsers show of these is not where they go.
  ['http://evil.example@127.0.0.1/', false],
  ['http://:evil.example@127.0.0.1/', false],
  ['http://127.0.0.1/#evil.example', false],
  ['javascript:alert(1)', false],
  ['vscode://sluice.sluice/mcp/', false],
])('people are sent to %s: %s', (uri, allowed) => {
  expect(isAllowedRedirect(uri, ['vscode://sluice.sluice/mcp'])).toBe(allowed);
});

it.each([
  ['http://127.0.0.1:49152/back', 'http://127.0.0.1/back', true],
  ['http://127.0.0.1/back', 'http://127.0.0.1:49152/back', true],
  ['http://localhost:1/back?a=b', 'http://localhost:2/back?a=b', true],
  ['https://app.example/back', 'https://app.example/back', true],
  ['not an address', 'not an address', true],
  // The port of this computer alone is anybody's.
  ['https://app.example:444/back', 'https://app.example/back', false],
  ['http://app.example:81/back', 'http://app.example/back', false],
  ['https://127.0.0.1:1/back', 'https://127.0.0.1:2/back', false],
  ['http://127.0.0.1:1/back', 'http://app.example/back', false],
  ['http://app.example/back', 'http://127.0.0.1/back', false],
  ['http://127.0.0.1:1/other', 'http://127.0.0.1:1/back', false],
  ['http://127.0.0.1:1/back?a=b', 'http://127.0.0.1:1/back', false],
  ['http://localhost:1/back', 'http://127.0.0.1:1/back', false],
  ['not an address', 'http://127.0.0.1:1/back', false],
  ['http://127.0.0.1:1/back', 'not an address', false],
])('%s is what was registered as %s: %s', (uri, registered, same) => {
  expect(isSameRedirect(uri, registered)).toBe(same);
});
