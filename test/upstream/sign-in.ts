import type { Account, User } from './account.ts';
import { userOfKeyPair, userOfWorkload } from './jwt.ts';

export interface SignedIn {
  readonly user: User;
  readonly method: string;
  /** Of a token that is good for one role alone. */
  readonly onlyRole?: string;
}

export interface RefusedSignIn {
  readonly code: string;
  readonly message: string;
  /** What Snowflake tells its administrators alone. */
  readonly reason: string;
}

type LoginData = Readonly<Record<string, unknown>>;

/** Who signs in, by whichever of the methods (driver protocol, section 2). */
export function signIn(account: Account, data: LoginData, now: number): SignedIn | RefusedSignIn {
  const named = textOf(data, 'ACCOUNT_NAME').toUpperCase();
  // The host tells the account, too.
  if (named !== '' && named !== account.name)
    return refused('390100', WRONG_PASSWORD, 'ACCOUNT_NAME_UNKNOWN');
  const method = methodOf(data);
  const token = textOf(data, 'TOKEN');
  const login = textOf(data, 'LOGIN_NAME').toUpperCase();
  const users = account.users.filter(({ name }) => login === '' || name === login);
  switch (method) {
    case 'SNOWFLAKE': {
      const password = textOf(data, 'PASSWORD');
      const user = users.find((user) => login !== '' && password !== '' && user.password === password);
      return user === undefined
        ? refused('390100', WRONG_PASSWORD, 'INCORRECT_USERNAME_PASSWORD')
        : { user, method };
    }
    case 'SNOWFLAKE_JWT': {
      const user = userOfKeyPair(account, token, now);
      return 'reason' in user ? refused(user.code, 'JWT token is invalid.', user.reason) : { user, method };
    }
    case 'OAUTH': {
      const user = users.find(({ oauth }) => oauth?.some((each) => each.token === token));
      if (user === undefined)
        return refused('390303', 'Invalid OAuth access token.', 'OAUTH_ACCESS_TOKEN_INVALID');
      const { expiresAt = Infinity } = user.oauth!.find((each) => each.token === token)!;
      if (expiresAt <= now)
        return refused('390318', 'OAuth access token expired.', 'OAUTH_ACCESS_TOKEN_EXPIRED');
      return { user, method };
    }
    case 'PROGRAMMATIC_ACCESS_TOKEN': {
      const user = users.find(({ accessTokens }) => accessTokens?.some((each) => each.token === token));
      const found = user?.accessTokens!.find((each) => each.token === token);
      if (user === undefined || found === undefined || (found.expiresAt ?? Infinity) <= now)
        return refused(
          '394400',
          'Programmatic access token is invalid.',
          'PROGRAMMATIC_ACCESS_TOKEN_INVALID',
        );
      return { user, method, ...(found.role === undefined ? {} : { onlyRole: found.role }) };
    }
    case 'WORKLOAD_IDENTITY': {
      const user = userOfWorkload(account, data['PROVIDER'], token, now);
      return user === undefined
        ? refused('390144', 'Workload identity token is invalid.', 'WORKLOAD_IDENTITY_INVALID')
        : { user, method };
    }
    default:
      return refused('390400', `Authenticator ${method} is not supported here.`, 'UNSUPPORTED');
  }
}

/** Some drivers leave `AUTHENTICATOR` out. */
function methodOf(data: LoginData): string {
  const named = textOf(data, 'AUTHENTICATOR').toUpperCase();
  if (named !== '') return named;
  return data['TOKEN'] !== undefined && data['PASSWORD'] === undefined ? 'OAUTH' : 'SNOWFLAKE';
}

export function textOf(data: LoginData, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

function refused(code: string, message: string, reason: string): RefusedSignIn {
  return { code, message, reason };
}

const WRONG_PASSWORD = 'Incorrect username or password was specified.';
