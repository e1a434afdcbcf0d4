import { readSecret, type SecretSource } from '../../../../secret-source.ts';
import type { Credential } from './credential.ts';

/** OpenID Connect's kind of workload identity: the platform renews the file, and it is read at each sign-in. */
export function workloadIdentity({ tokenFile }: { readonly tokenFile: string }): Credential {
  return {
    name: 'workload identity',
    async present() {
      const token = readSecret({ file: tokenFile }, 'the workload’s token').trim();
      return { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'OIDC', TOKEN: token };
    },
  };
}

/** A programmatic access token of the user. */
export function accessToken({
  user,
  token,
}: {
  readonly user: string;
  readonly token: SecretSource;
}): Credential {
  return {
    name: 'programmatic access token',
    async present() {
      const text = readSecret(token, 'the programmatic access token').trim();
      return { AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', LOGIN_NAME: user, TOKEN: text };
    },
  };
}

export function password(options: { readonly user: string; readonly password: SecretSource }): Credential {
  return {
    name: 'password',
    async present() {
      const text = readSecret(options.password, 'the password of the Snowflake user');
      // A file ends in a line break that is not meant.
      return { LOGIN_NAME: options.user, PASSWORD: text.replace(/\r?\n$/, '') };
    },
  };
}
