import { actsAs } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';

/**
 * Lets only people of these groups through, with a token to decide with.
 *
 * @throws SluiceError `approver_not_allowed`.
 */
export function mustBeOneOf(who: Identity, groups: readonly string[], message: string): void {
  if (actsAs(who, groups) && who.kind === 'person') return;
  throw new SluiceError('approver_not_allowed', message, {
    advice: 'ask the people who run the relay which groups may: `groups` in its configuration',
  });
}
