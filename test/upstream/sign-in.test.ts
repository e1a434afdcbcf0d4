import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import snowflake, { type ConnectionOptions } from 'snowflake-sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';
import { type Account, shopAccount, type User } from './account.ts';
import { byText, selected } from './answers.ts';
import { fingerprintOf } from './jwt.ts';
import { startUpstream } from './upstream.ts';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2_048 });
const own = pair();
const other = pair();
const NOW = Date.now();

const robot: User = {
  name: 'ROBOT',
  roles: ['LOADER', 'PUBLIC'],
  defaults: { role: 'LOADER', warehouse: 'WH' },
  password: 'long enough',
  keys: [other.publicKey, own.publicKey],
  oauth: [{ token: 'oauth' }, { token: 'old-oauth', expiresAt: NOW - 1 }],
  accessTokens: [
    { token: 'pat', role: 'PUBLIC' },
    { token: 'old-pat', expiresAt: NOW - 1 },
  ],
  workloads: [
    { provider: 'OIDC', issuer: 'https://issuer.test', subject: 'system:robot', key: own.publicKey },
  ],
};
const account: Account = { ...shopAccount, users: [...shopAccount.users, robot] };

async function started() {
  const upstream = await startUpstream({
    account,
    script: byText({ 'SELECT 1': selected([{ name: 'X', type: 'fixed' }], [['1']]) }),
  });
  onTestFinished(() => upstream.close());
  return upstream;
}

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe("the driver's ways to sign in", () => {
  it.for<[string, Partial<ConnectionOptions>, string]>([
    ['SNOWFLAKE', { username: 'robot', password: 'long enough' }, 'LOADER'],
    ['SNOWFLAKE_JWT', { username: 'robot', privateKey: pem(own.privateKey) }, 'LOADER'],
    ['OAUTH', { token: 'oauth' }, 'LOADER'],
    ['PROGRAMMATIC_ACCESS_TOKEN', { username: 'robot', token: 'pat' }, 'PUBLIC'],
  ])('%s', async ([authenticator, options, role]) => {
    const upstream = await started();
    const connection = await connect(upstream.port, { authenticator, ...options });
    const { rows } = await execute(connection, 'SELECT 1');
    await disconnect(connection);
    expect(rows).toEqual([{ X: 1 }]);
    expect(upstream.sessions).toMatchObject([
      { user: { name: 'ROBOT' }, method: authenticator, role, warehouse: 'WH', closed: true },
    ]);
  });

  it.for<[string, Partial<ConnectionOptions>, string]>([
    ['SNOWFLAKE', { username: 'robot', password: 'wrong' }, '390100'],
    ['SNOWFLAKE', { username: 'nobody', password: 'long enough' }, '390100'],
    ['SNOWFLAKE_JWT', { username: 'robot', privateKey: pem(pair().privateKey) }, '394304'],
    ['SNOWFLAKE_JWT', { username: 'nobody', privateKey: pem(own.privateKey) }, '394300'],
    ['OAUTH', { token: 'nothing' }, '390303'],
    ['OAUTH', { token: 'old-oauth' }, '390318'],
    ['PROGRAMMATIC_ACCESS_TOKEN', { username: 'robot', token: 'old-pat' }, '394400'],
    ['PROGRAMMATIC_ACCESS_TOKEN', { username: 'robot', token: 'pat', role: 'LOADER' }, '390189'],
    ['OAUTH', { token: 'oauth', role: 'ACCOUNTADMIN' }, '390189'],
  ])('%s is refused with %o', async ([authenticator, options, code]) => {
    const upstream = await started();
    expect(await refusalOf(upstream.port, { authenticator, ...options })).toMatchObject({ code });
    expect(upstream.sessions).toEqual([]);
  });
});

describe("a key pair's token", () => {
  const good = {
    iss: `SLUICE.ROBOT.${fingerprintOf(own.publicKey)}`,
    sub: 'SLUICE.ROBOT',
    iat: Math.floor(NOW / 1_000),
    exp: Math.floor(NOW / 1_000) + 60,
  };

  it.for<[string, object, string | null, KeyObject?]>([
    ['is taken', {}, null],
    ['of another signature', {}, 'JWT_TOKEN_INVALID_SIGNATURE', other.privateKey],
    ['of another account', { iss: good.iss.replace('SLUICE', 'OTHER') }, 'JWT_TOKEN_INVALID'],
    ['whose subject is somebody else', { sub: 'SLUICE.ADA' }, 'JWT_TOKEN_INVALID'],
    ['without a time', { iat: undefined }, 'JWT_TOKEN_MISSING_ISSUE_OR_EXPIRATION_TIME'],
    ['two minutes old', { iat: good.iat - 120 }, 'JWT_TOKEN_INVALID_ISSUE_TIME'],
    ['that has expired', { exp: good.iat - 1 }, 'JWT_TOKEN_INVALID_EXPIRATION_TIME'],
    ['for more than an hour', { exp: good.iat + 4_000 }, 'JWT_TOKEN_INVALID_EXPIRATION_TIME'],
  ])('%s', async ([, change, reason, key = own.privateKey]) => {
    const upstream = await started();
    const token = jwt({ ...good, ...change }, key);
    const answer = await posted(upstream.url, { AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN: token });
    expect(answer).toMatchObject({ success: reason === null });
    expect(upstream.log.requests.map((request) => request.reason)).toEqual([reason]);
  });
});

/** Drivers take a workload's token to Snowflake's own hosts alone. */
describe("a workload's token", () => {
  it.for<[string, object, object, boolean]>([
    ['is taken', {}, {}, true],
    ['for somebody else', { aud: 'other' }, {}, false],
    ['of another subject', { sub: 'system:other' }, {}, false],
    ['that has expired', { exp: 1 }, {}, false],
    ['of another provider', {}, { PROVIDER: 'GCP' }, false],
  ])('%s', async ([, claims, data, success]) => {
    const upstream = await started();
    const TOKEN = oidc(claims);
    const answer = await posted(upstream.url, {
      AUTHENTICATOR: 'WORKLOAD_IDENTITY',
      PROVIDER: 'OIDC',
      TOKEN,
      ...data,
    });
    expect(answer).toMatchObject({ success });
  });
});

async function posted(url: string, data: object): Promise<unknown> {
  const response = await fetch(new URL('/session/v1/login-request', url), {
    method: 'POST',
    body: JSON.stringify({ data: { ACCOUNT_NAME: 'sluice', ...data } }),
  });
  return await response.json();
}

/** What the driver's callback is told: its promise is kept all the same. */
async function refusalOf(port: number, options: Partial<ConnectionOptions>): Promise<unknown> {
  const connection = snowflake.createConnection({
    account: 'sluice',
    accessUrl: `http://127.0.0.1:${port}`,
    ...options,
  });
  return await new Promise((resolve) => {
    void connection.connectAsync((error) => resolve(error)).catch(resolve);
  });
}

function oidc(change: object): string {
  const claims = {
    iss: 'https://issuer.test',
    sub: 'system:robot',
    aud: 'snowflakecomputing.com',
    iat: Math.floor(NOW / 1_000),
    exp: Math.floor(NOW / 1_000) + 3_600,
  };
  return jwt({ ...claims, ...change }, own.privateKey);
}

function jwt(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}
