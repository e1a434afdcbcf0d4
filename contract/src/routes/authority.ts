import type { ErrorCode } from '../errors.ts';

/** Who may call a route: the kind of token that the request must carry, if any. */
export type Authority =
  /** No authentication. */
  | 'anyone'
  /** A signature over the exact bytes, by a secret in the configuration. */
  | 'signature'
  /** A token for running SQL: what an agent holds. A token for deciding runs nothing. */
  | 'run'
  /** Either kind. It shows what belongs to the account; a token for deciding also shows what its groups may see. */
  | 'own'
  /** A token for deciding: agents do not read other people's requests. */
  | 'watch'
  /** The same; the request itself determines how recent the sign-in must be. */
  | 'vote'
  /** A token for deciding, from a sign-in as recent as the policy demands. */
  | 'decide';

/** The authorities that take a bearer token. */
export type TokenAuthority = Exclude<Authority, 'anyone' | 'signature'>;

export function needsToken(authority: Authority): authority is TokenAuthority {
  return authority !== 'anyone' && authority !== 'signature';
}

/** The errors for callers who lack this authority. */
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
