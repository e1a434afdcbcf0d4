import type { Block, Group, Setting } from '../read/block.ts';

/** What a setting is for. */
export type Role =
  | 'password'
  | 'token'
  | 'private-key'
  | 'passphrase'
  | 'client-secret'
  | 'key-file'
  | 'token-file'
  | 'account'
  | 'host'
  | 'url'
  | 'port'
  | 'protocol'
  | 'authenticator'
  | 'user'
  | 'type'
  | 'warehouse'
  | 'place';

/** Roles whose values are secret. */
export const SECRET_ROLES: ReadonlySet<Role> = new Set([
  'password',
  'token',
  'private-key',
  'passphrase',
  'client-secret',
]);

/** What a setting is for, by the end of its name, and what its name begins with; null where the name says neither. */
export function roleOf(name: string): { readonly role: Role; readonly prefix: string } | null {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[\s.-]/g, '_')
    .toUpperCase();
  for (
    let from = 0;
    from !== -1;
    from = words.indexOf('_', from) === -1 ? -1 : words.indexOf('_', from) + 1
  ) {
    const role = ROLES.get(words.slice(from));
    if (role !== undefined) return { role, prefix: words.slice(0, from) };
  }
  // `sfURL`, `accountname`, `privatekeypath`: written together.
  const together = /^(SF|SNOWFLAKE)([A-Z]+)$/.exec(words);
  const role = together === null ? undefined : ROLES.get(together[2]!);
  return role === undefined ? null : { role, prefix: `${together![1]}_` };
}

/** The connections of a group: one for each beginning of names, `SNOWFLAKE_` and `REPORTS_SNOWFLAKE_`. */
export function blocksOf(group: Group): readonly Block[] {
  const byPrefix = new Map<string, Setting[]>();
  for (const setting of group.settings) {
    const prefix = roleOf(setting.name)?.prefix;
    if (prefix === undefined) continue;
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), setting]);
  }
  return [...byPrefix].map(([prefix, settings]) => ({ ...group, settings, prefix }));
}

/** The settings of a block that have this role. */
export function ofRole(block: Block, ...roles: readonly Role[]): readonly Setting[] {
  return block.settings.filter(({ name }) => {
    const found = roleOf(name);
    return found !== null && roles.includes(found.role);
  });
}

const ROLES = new Map<string, Role>(
  (
    [
      ['password', 'PASSWORD PASSWD PWD PASS PASSCODE PASS_WORD'],
      [
        'token',
        'TOKEN ACCESS_TOKEN OAUTH_TOKEN PAT PROGRAMMATIC_ACCESS_TOKEN SESSION_TOKEN JWT API_TOKEN REFRESH_TOKEN OAUTH_REFRESH_TOKEN',
      ],
      [
        'private-key',
        'PRIVATE_KEY PRIVATEKEY PRIVATE_KEY_RAW PRIVATE_KEY_CONTENT PRIVATE_KEY_PEM PRIVATE_KEY_B64 PRIVATE_KEY_BASE64 PRIVATE_KEY_DER RSA_PRIVATE_KEY',
      ],
      [
        'passphrase',
        'PASSPHRASE PRIVATE_KEY_PASSPHRASE PRIVATE_KEY_PASS PRIVATE_KEY_PWD PRIVATE_KEY_FILE_PWD PRIV_KEY_FILE_PWD PRIVATE_KEY_PASSWORD PRIVATE_KEY_PASSCODE PRIVATEKEYPASS',
      ],
      ['client-secret', 'CLIENT_SECRET OAUTH_CLIENT_SECRET SECRET'],
      [
        'key-file',
        'PRIVATE_KEY_PATH PRIVATE_KEY_FILE PRIVATE_KEY_FILE_PATH PRIV_KEY_FILE PRIV_KEY_PATH KEY_PATH KEY_FILE KEY_FILE_PATH RSA_KEY_PATH PRIVATEKEYPATH PRIVATE_KEY_FILENAME PRIVATE_KEY_LOCATION',
      ],
      ['token-file', 'TOKEN_FILE TOKEN_FILE_PATH TOKEN_PATH'],
      ['account', 'ACCOUNT ACCOUNT_NAME ACCOUNTNAME ACCOUNT_IDENTIFIER ACCOUNT_ID ACCOUNT_LOCATOR ACCT'],
      ['host', 'HOST SERVER HOSTNAME HOST_NAME SERVER_HOST'],
      [
        'url',
        'URL ACCESS_URL BASE_URL CONNECTION_STRING DATABASE_URL DSN JDBC_URL URI CONN CONNECTION_URL SERVER_URL ACCOUNT_URL',
      ],
      ['port', 'PORT'],
      ['protocol', 'PROTOCOL SCHEME'],
      ['authenticator', 'AUTHENTICATOR AUTH AUTH_TYPE'],
      ['user', 'USER USERNAME USER_NAME UID LOGIN LOGIN_NAME'],
      [
        'type',
        'TYPE DRIVER DRIVERNAME DRIVER_NAME ADAPTER CONN_TYPE DIALECT PROVIDER CLIENT ENGINE DRIVER_CLASS_NAME',
      ],
      ['warehouse', 'WAREHOUSE WAREHOUSE_NAME WH WAREHOUSENAME'],
      ['place', 'DATABASE DB DBNAME DATABASE_NAME SCHEMA SCHEMANAME SCHEMA_NAME ROLE ROLENAME REGION'],
    ] as const
  ).flatMap(([role, names]) => names.split(' ').map((name) => [name, role] as const)),
);
