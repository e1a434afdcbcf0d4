import { SluiceError } from '../../errors.ts';
import { quoted, shown } from '../../text/index.ts';
import type { LoginData } from './login-data.ts';

/**
 * The token that a login carries, wherever the driver put it (driver protocol, sections 2 and 2.5). Whatever
 * its place, it is checked in the same way. Errors: `token_invalid`, `request_unsupported`.
 */
export function readCredential(data: LoginData): string {
  const authenticator = data.AUTHENTICATOR?.toUpperCase() ?? '';
  switch (authenticator) {
    case 'OAUTH':
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return present(data.TOKEN ?? data.PASSWORD);
    case 'WORKLOAD_IDENTITY':
      if (data.PROVIDER?.toUpperCase() !== 'OIDC') throw unsupported('workload identity other than OIDC');
      return present(data.TOKEN);
    case 'SNOWFLAKE':
    case '':
      // Some drivers send only a token where they ran an OAuth flow themselves.
      return present(data.PASSWORD ?? data.TOKEN);
    default:
      throw unsupported(shown`authenticator ${quoted(authenticator, { most: 40 })}`);
  }
}

function present(token: string | null | undefined): string {
  if (token != null && token !== '') return token;
  throw new SluiceError('token_invalid', 'the login carries no token', { advice });
}

function unsupported(what: string): SluiceError {
  return new SluiceError('request_unsupported', `${what} is not accepted here`, { advice });
}

const advice = 'sign in with an OIDC token: authenticator OAUTH, or the token in place of the password';
