import { describe, expect, it } from 'vitest';
import type { SluiceError } from '../errors.ts';
import { signInProblem } from './sign-in.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
const HOUR = { withinSeconds: 3_600, acr: null };
const HARDWARE = { withinSeconds: 3_600, acr: ['phr', 'phrh'] };

const problem = (signedInAt: number | null, acr: string | null, terms: Parameters<typeof signInProblem>[1]) =>
  signInProblem({ signedInAt, acr }, terms, NOW);

describe('a sign-in will do for deciding', () => {
  it.each([
    ['just now', NOW, null, HOUR],
    ['at the last moment', NOW - 60 * MINUTE, null, HOUR],
    ['by an issuer’s clock that is a little ahead', NOW + 5 * MINUTE, null, HOUR],
    ['of any kind, where the policy asks for none', NOW, 'pwd', HOUR],
    ['of one of the kinds', NOW, 'phrh', HARDWARE],
  ])('%s', (_, signedInAt, acr, terms) => {
    expect(problem(signedInAt, acr, terms)).toBeNull();
  });
});

describe('a sign-in will not do', () => {
  it.each([
    ['at a time that is not said', null, null, HOUR, 'does not say when'],
    ['at a time that is none', Number.NaN, null, HOUR, 'older than 3600 seconds'],
    ['too long ago', NOW - 60 * MINUTE - 1, null, HOUR, 'older than 3600 seconds'],
    ['of a time to come', NOW + 5 * MINUTE + 1, null, HOUR, 'does not say when'],
    ['of a kind that is not said', NOW, null, HARDWARE, 'in a way that the policy accepts'],
    ['of another kind', NOW, 'pwd', HARDWARE, 'in a way that the policy accepts'],
    ['of any kind, where two rules have none in common', NOW, 'phr', { ...HOUR, acr: [] }, 'in a way that'],
  ])('%s', (_, signedInAt, acr, terms, message) => {
    expect(problem(signedInAt, acr, terms)).toMatchObject({
      code: 'sign_in_needed',
      message: expect.stringContaining(message) as string,
    });
  });

  /** RFC 9470, section 3: a client signs in again by it. */
  it.each([
    [HOUR, 'Bearer error="insufficient_user_authentication", max_age="3600"'],
    [HARDWARE, 'Bearer error="insufficient_user_authentication", max_age="3600", acr_values="phr phrh"'],
    [
      { withinSeconds: 60, acr: ['urn:x:y', 'a" b\\\r\né'] },
      'Bearer error="insufficient_user_authentication", max_age="60", acr_values="urn:x:y ab"',
    ],
  ])('and the answer says what would: %j', (terms, challenge) => {
    expect((problem(null, null, terms) as SluiceError).challenge).toBe(challenge);
  });
});
