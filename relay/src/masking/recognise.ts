import type { MaskingKeys } from './keys.ts';
import { tokenFinder } from './token.ts';

/**
 * Whether a literal or bind holds a masked value that a client is about to write back, which would replace
 * the real one for good: a token of this relay, or three stars in a row with nothing but separators between.
 * A number's token, a coarsened date or number and a null look like any other value and are not recognised.
 */
export function maskedRecogniser(keys: MaskingKeys): (text: string) => 'token' | 'stars' | null {
  const holdsToken = tokenFinder(keys);
  return (text) => {
    if (holdsToken(text)) return 'token';
    return /\*(?:[ \-./()+@_:]{0,8}\*){2}/.test(text) ? 'stars' : null;
  };
}
