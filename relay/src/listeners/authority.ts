import { mustDecide, mustRun, signInProblem, type Identity, type SignInTerms } from '../identity/index.ts';

/** What a route asks of the token that comes with a request. */
export type Authority =
  /** A token that runs SQL: what an agent has. One that decides runs nothing. */
  | 'run'
  /** Either: what is the account's own, and with a token that decides also what its groups may see. */
  | 'own'
  /** A token that decides: others' requests are not for an agent to read. */
  | 'watch'
  /** The same; how recent its sign-in must be, the request itself says. */
  | 'vote'
  /** A token that decides, of a sign-in as recent as the policy says. */
  | 'decide';

/** Every route that a bearer token opens; one that is not here is not served. */
export const AUTHORITIES: Readonly<Record<string, Authority>> = {
  'POST /api/statements': 'run',
  'GET /api/statements/:id': 'run',
  'DELETE /api/statements/:id': 'run',
  'POST /mcp': 'run',

  'GET /api/approvals': 'own',
  'GET /api/approvals/:id': 'own',
  'POST /api/approvals/:id/decision': 'vote',
  'GET /api/grants': 'own',
  'DELETE /api/grants/:id': 'decide',
  'GET /api/devices': 'own',
  'POST /api/devices': 'decide',
  'POST /api/devices/revocations': 'decide',
  'GET /api/devices/requests': 'watch',
  'POST /api/devices/requests/:id/word': 'decide',
  'POST /api/break-glass': 'decide',
  'GET /api/reviews': 'own',
  'POST /api/reviews/:id/close': 'decide',
  'GET /api/revocations': 'watch',
  'POST /api/revocations': 'decide',
  'GET /api/sessions': 'own',
  'GET /api/sessions/:id/events': 'own',
};

/** Throws `token_cannot_run`, `token_cannot_decide`, `sign_in_needed`. */
export type Guard = (identity: Identity, authority: Authority) => void;

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
