import { expect, it } from 'vitest';
import { stepUpOf } from './step-up.ts';

const NEEDED = 'Bearer error="insufficient_user_authentication"';

it.each([
  [`${NEEDED}, max_age="900"`, { maxAge: '900', acrValues: null }],
  [`${NEEDED}, max_age="900", acr_values="phr phrh"`, { maxAge: '900', acrValues: 'phr phrh' }],
  [`bearer realm="x", ERROR="insufficient_user_authentication"`, { maxAge: null, acrValues: null }],
  [`${NEEDED}, max_age="-1", acr_values=""`, { maxAge: null, acrValues: null }],
  ['Bearer error="insufficient_scope"', null],
  ['Basic error="insufficient_user_authentication"', null],
  ['Bearer', null],
  [null, null],
])('%s', (challenge, wanted) => expect(stepUpOf(challenge)).toEqual(wanted));
