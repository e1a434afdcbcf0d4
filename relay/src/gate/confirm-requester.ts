import { SluiceError } from '../errors.ts';
import type { Session } from '../session/index.ts';
import type { GateParts } from './parts.ts';

/**
 * Step 2. The listener knows whose session it is; what may have changed since is looked at here, also of a
 * statement that was held. Throws `identity_revoked`, or `session_ended` once the token behind it has expired:
 * the session itself ends only when the relay next looks.
 */
export function confirmRequester(
  { confirmIdentity, now }: Pick<GateParts, 'confirmIdentity' | 'now'>,
  { identity, expiresAt }: Session,
): void {
  confirmIdentity(identity);
  if (now() >= expiresAt) {
    throw new SluiceError('session_ended', 'the session has expired', { advice: 'sign in again' });
  }
}
