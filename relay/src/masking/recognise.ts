import type { MaskingKeys } from './keys.ts';
import { tokenFinder } from './token.ts';

/**
 * Recognises masked values in a literal or bind, which a client could write back and so overwrite the real value: a
 * token of this relay, or three stars in a row with only separators between them. The token of a number, a coarsened
 * date or number, and a null look like any other value and are not recognised.
 */
export function maskedRecogniser(keys: MaskingKeys): (text: string) => 'token' | 'stars' | null {
  const holdsToken = tokenFinder(keys);
  return (text) => {
    if (holdsToken(text)) return 'token';
    return /\*(?:[ \-./()+@_:]{0,8}\*){2}/.test(text) ? 'stars' : null;
  };
}
