import { SluiceError } from '../errors.ts';
import type { Identity } from './identity.ts';

/** Throws `token_cannot_run` for a token that is to decide with: no statement runs on it. */
export function mustRun(identity: Pick<Identity, 'mayDecide'>): void {
  if (!identity.mayDecide) return;
  throw new SluiceError('token_cannot_run', 'this token is for deciding, not for running SQL', {
    advice: 'use the token that you run SQL with: `sluice sign-in`',
  });
}

/** Throws `token_cannot_decide` for a token that runs SQL: an agent may hold it. */
export function mustDecide(identity: Pick<Identity, 'mayDecide'>): void {
  if (!identity.mayDecide) throw cannotDecide();
}

export function cannotDecide(): SluiceError {
  return new SluiceError('token_cannot_decide', 'this token is for running SQL, not for deciding', {
    advice:
      'sign in to decide: `sluice sign-in --decide`; where that changes nothing, the relay has no `deciding` for your issuer',
    challenge: 'Bearer error="insufficient_scope"',
  });
}
