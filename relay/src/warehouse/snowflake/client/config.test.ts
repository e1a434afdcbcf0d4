import { expect, it } from 'vitest';
import { accountAt, accountConfig, accountUrl } from './config.ts';

const credential = { kind: 'password', user: 'sluice', password: { env: 'SNOWFLAKE_PASSWORD' } };

it.each([
  [{ account: 'MYORG-Shop_1' }, 'https://myorg-shop-1.snowflakecomputing.com'],
  [{ account: 'xy12345.us-east-1.aws' }, 'https://xy12345.us-east-1.aws.snowflakecomputing.com'],
  [{ account: 'shop', url: 'https://shop.privatelink.example/' }, 'https://shop.privatelink.example'],
  [{ account: 'shop', url: 'http://127.0.0.1:8765' }, 'http://127.0.0.1:8765'],
])('the account %j is at %s', (account, url) => {
  expect(accountUrl(accountConfig.parse({ ...account, credential }))).toBe(url);
});

it.each([
  [{ account: 'shop.example/evil' }],
  [{ account: 'shop', url: 'http://shop.example' }],
  [{ account: 'shop', url: 'https://shop.example/path' }],
  [{ account: 'shop', url: 'https://user:word@shop.example' }],
  [{ account: 'shop', url: 'file:///etc/passwd' }],
  [{ account: 'shop', url: 'none' }],
  [{ account: 'shop', resultHosts: ['*'] }],
  [{ account: 'shop', resultHosts: [] }],
  [{ account: 'shop', other: 1 }],
])('%j is refused', (account) => {
  expect(accountConfig.safeParse({ ...account, credential }).success).toBe(false);
});

it('paths are those of the file', () => {
  const at = (path: string) => `/etc/sluice/${path}`;
  const resolved = (kind: object) =>
    accountAt(accountConfig.parse({ account: 'shop', credential: kind }), at).credential;
  expect(
    resolved({ kind: 'keyPair', user: 'u', key: { file: 'key.p8' }, passphrase: { env: 'P' } }),
  ).toMatchObject({ key: { file: '/etc/sluice/key.p8' }, passphrase: { env: 'P' } });
  expect(resolved({ kind: 'workloadIdentity', tokenFile: 't' })).toMatchObject({
    tokenFile: '/etc/sluice/t',
  });
  expect(resolved({ kind: 'accessToken', user: 'u', token: { file: 't' } })).toMatchObject({
    token: { file: '/etc/sluice/t' },
  });
  expect(resolved({ kind: 'password', user: 'u', password: { file: 'p' } })).toMatchObject({
    password: { file: '/etc/sluice/p' },
  });
  expect(
    resolved({
      kind: 'oauthClient',
      tokenUrl: 'https://issuer.example/token',
      clientId: 'c',
      clientSecret: { file: 's' },
    }),
  ).toMatchObject({ clientSecret: { file: '/etc/sluice/s' } });
});
