import type { TokenAuthority } from '@sluice/contract';
import { expect, it } from 'vitest';
import { ada, NINE } from '../approval/testing.ts';
import type { Identity } from '../identity/index.ts';
import type { SluiceError } from '../errors.ts';
import { createGuard } from './authority.ts';

const guard = createGuard({ signIn: () => ({ withinSeconds: 60, acr: null }), now: () => NINE });

const tokens = {
  running: { ...ada, mayDecide: false },
  deciding: { ...ada, mayDecide: true, signedInAt: NINE - 60_000 },
  old: { ...ada, mayDecide: true, signedInAt: NINE - 60_001 },
} satisfies Record<string, Identity>;

it.each<[TokenAuthority, Record<keyof typeof tokens, string>]>([
  ['run', { running: 'yes', deciding: 'token_cannot_run', old: 'token_cannot_run' }],
  ['own', { running: 'yes', deciding: 'yes', old: 'yes' }],
  ['watch', { running: 'token_cannot_decide', deciding: 'yes', old: 'yes' }],
  ['vote', { running: 'token_cannot_decide', deciding: 'yes', old: 'yes' }],
  ['decide', { running: 'token_cannot_decide', deciding: 'yes', old: 'sign_in_needed' }],
])('what is for "%s" is for these tokens alone', (authority, expected) => {
  const found = Object.entries(tokens).map(([kind, identity]) => {
    try {
      guard(identity, authority);
      return [kind, 'yes'];
    } catch (error) {
      return [kind, (error as SluiceError).code];
    }
  });
  expect(Object.fromEntries(found)).toEqual(expected);
});
