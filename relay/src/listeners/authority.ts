import type { TokenAuthority } from '@sluice/contract';
import { mustDecide, mustRun, signInProblem, type Identity, type SignInTerms } from '../identity/index.ts';

/** Whether a token is of the kind that is wanted. Throws `token_cannot_run`, `token_cannot_decide`, `sign_in_needed`. */
export type Guard = (identity: Identity, authority: TokenAuthority) => void;

export function createGuard(options: {
  /** Of the policy in force. */
  readonly signIn: () => SignInTerms;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Guard {
  return (identity, authority) => {
    switch (authority) {
      case 'run':
        return mustRun(identity);
      case 'own':
        return;
      case 'watch':
      case 'vote':
        return mustDecide(identity);
      case 'decide': {
        mustDecide(identity);
        const problem = signInProblem(identity, options.signIn(), options.now());
        if (problem !== null) throw problem;
        return;
      }
      default:
        return authority satisfies never;
    }
  };
}
