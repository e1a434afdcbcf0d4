import type { ErrorCode } from '../errors.ts';

/** Who may ask for a route: what token has to come with the request, if any. */
export type Authority =
  /** Nobody is asked who they are. */
  | 'anyone'
  /** A signature over the exact bytes, by a secret of the configuration's. */
  | 'signature'
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

/** Of those that a bearer token opens. */
export type TokenAuthority = Exclude<Authority, 'anyone' | 'signature'>;

export function needsToken(authority: Authority): authority is TokenAuthority {
  return authority !== 'anyone' && authority !== 'signature';
}

/** What somebody is answered who may not. */
export function refusalsOf(authority: Authority): readonly ErrorCode[] {
  switch (authority) {
    case 'anyone':
      return [];
    case 'signature':
      return ['token_invalid'];
    case 'run':
      return [...BAD_TOKENS, 'token_cannot_run'];
    case 'own':
      return BAD_TOKENS;
    case 'watch':
      return [...BAD_TOKENS, 'token_cannot_decide'];
    case 'vote':
    case 'decide':
      return [...BAD_TOKENS, 'token_cannot_decide', 'sign_in_needed'];
    default:
      return authority satisfies never;
  }
}

const BAD_TOKENS = ['token_invalid', 'token_expired', 'token_untrusted', 'identity_revoked'] as const;
