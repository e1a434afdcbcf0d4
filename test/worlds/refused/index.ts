import { REFUSED_PEOPLE } from './people.ts';
import { REFUSED_PLACES } from './places.ts';
import type { Refused } from './refused.ts';
import { REFUSED_UNKNOWN } from './unknown.ts';
import { REFUSED_USES } from './uses.ts';

/** Every kind of refusal of the demo's policy; in order, as later ones read tables that earlier ones made. */
export const REFUSED: readonly Refused[] = [
  ...REFUSED_USES,
  ...REFUSED_PLACES,
  ...REFUSED_UNKNOWN,
  ...REFUSED_PEOPLE,
];
