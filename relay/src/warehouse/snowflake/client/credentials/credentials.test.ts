import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { importSPKI, jwtVerify } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../../../test/support/temporary-folder.ts';
import { isSluiceError } from '../../../../errors.ts';
import { accountConfig } from '../config.ts';
import { failure, success, signedInAs } from '../testing/account-server.ts';
import { NEVER, NOWHERE, startUpstream } from '../testing/upstream.ts';
import { credentialOf } from './credential-of.ts';

const folder = temporaryFolder();
const NOW = Date.parse('2026-11-22T12:00:00Z');
const PASSPHRASE = 'pass-phrase-of-the-key';
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function credential(of: object, account = 'myorg-shop') {
  return credentialOf(accountConfig.parse({ account, credential: of }), () => NOW);
}

const keyPair = (more: object = {}) => ({
  kind: 'keyPair',
  user: 'sluice',
  key: { file: file('key.p8', pair.privateKey) },
  passphrase: { file: file('passphrase', `${PASSPHRASE}\n`) },
  ...more,
});

describe('a key pair', () => {
  it.each([
    ['myorg-shop', 'MYORG-SHOP'],
    ['xy12345.us-east-1.aws', 'XY12345'],
    ['xy12345-ab1.global', 'XY12345'],
  ])('signs a token as drivers do, for the account %s', async (account, inToken) => {
    const { TOKEN, ...rest } = await credential(keyPair(), account).present(NEVER);
    expect(rest).toEqual({ AUTHENTICATOR: 'SNOWFLAKE_JWT', LOGIN_NAME: 'sluice' });
    const key = await importSPKI(pair.publicKey, 'RS256');
    const { payload, protectedHeader } = await jwtVerify(TOKEN!, key, { currentDate: new Date(NOW) });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT' });
    const der = Buffer.from(pair.publicKey.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const fingerprint = createHash('sha256').update(der).digest('base64');
    expect(payload).toEqual({
      iss: `${inToken}.SLUICE.SHA256:${fingerprint}`,
      sub: `${inToken}.SLUICE`,
      iat: NOW / 1_000,
      exp: NOW / 1_000 + 60,
    });
  });

  it('is read anew for each sign-in, since keys are rotated', async () => {
    const options = keyPair();
    const presented = credential(options);
    await presented.present(NEVER);
    const next = generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
    });
    file('key.p8', next.privateKey);
    const { TOKEN } = await presented.present(NEVER);
    const key = await importSPKI(next.publicKey, 'RS256');
    await expect(jwtVerify(TOKEN!, key, { currentDate: new Date(NOW) })).resolves.toBeDefined();
  });

  it.each<[string, () => object]>([
    ['has another passphrase', () => keyPair({ passphrase: { file: file('other', 'pass-phrase-other') } })],
    ['has none', () => keyPair({ passphrase: null })],
    ['is no key', () => keyPair({ key: { file: file('none', 'pass-phrase-none') } })],
    ['is not there', () => keyPair({ key: { file: join(folder, 'nowhere') } })],
    [
      'is not RSA',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
        return keyPair({ key: { file: file('ec', pem) }, passphrase: null });
      },
    ],
  ])('that %s is refused, and repeated nowhere', async (_, options) => {
    const error: unknown = await credential(options())
      .present(NEVER)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/pass-phrase|PRIVATE KEY/);
  });
});

describe('what is kept for the relay', () => {
  it.each<[object, object]>([
    [
      { kind: 'workloadIdentity', tokenFile: file('workload', 'workload-token\n') },
      { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'OIDC', TOKEN: 'workload-token' },
    ],
    [
      { kind: 'accessToken', user: 'sluice', token: { file: file('pat', 'access-token\n') } },
      { AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', LOGIN_NAME: 'sluice', TOKEN: 'access-token' },
    ],
    [
      { kind: 'password', user: 'sluice', password: { file: file('password', ' pass word \n') } },
      { LOGIN_NAME: 'sluice', PASSWORD: ' pass word ' },
    ],
  ])('%j is presented as drivers do', async (options, fields) => {
    expect(await credential(options).present(NEVER)).toEqual(fields);
  });

  it('may not stand in the configuration', () => {
    const inline = { kind: 'password', user: 'sluice', password: 'pass-word' };
    const { error } = accountConfig.safeParse({ account: 'myorg-shop', credential: inline });
    expect(error).toBeDefined();
    expect(error!.message).not.toContain('pass-word');
  });
});

describe('an OAuth client', () => {
  /** An issuer that gives tokens, one after the other. */
  async function startIssuer(answer: (request: IncomingMessage, times: number) => [number, object, object?]) {
    const bodies: string[] = [];
    const headers: IncomingMessage['headers'][] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        bodies.push(body);
        headers.push(request.headers);
        const [status, json, more] = answer(request, bodies.length);
        response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(json));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    return { url, bodies, headers };
  }

  function client(tokenUrl: string, now: () => number, more: object = {}) {
    const options = {
      kind: 'oauthClient',
      tokenUrl,
      clientId: 'sluice-client',
      clientSecret: { file: file('client-secret', 'secret-of-the-client\n') },
      scope: 'session:role:READER',
      ...more,
    };
    return credentialOf(accountConfig.parse({ account: 'myorg-shop', credential: options }), now);
  }

  const token = (times: number, seconds = 600) => ({
    access_token: `access-token-${times}`,
    token_type: 'Bearer',
    expires_in: seconds,
  });

  it('gets a token once, and another before it expires', async () => {
    const { url, bodies, headers } = await startIssuer((_, times) => [200, token(times)]);
    let now = NOW;
    const credential = client(url, () => now);
    const presented = async () => (await credential.present(NEVER))['TOKEN'];
    expect(await Promise.all([presented(), presented()])).toEqual(['access-token-1', 'access-token-1']);
    expect(await credential.present(NEVER)).toEqual({ AUTHENTICATOR: 'OAUTH', TOKEN: 'access-token-1' });
    now += 530_000;
    expect(await presented()).toBe('access-token-1');
    now += 15_000;
    expect(await presented()).toBe('access-token-2');
    expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'session:role:READER',
    });
    // Form-encoded first, as RFC 6749, section 2.3.1, has it.
    const [, basic] = headers[0]!.authorization!.split(' ');
    expect(decodeURIComponent(Buffer.from(basic!, 'base64').toString())).toBe(
      'sluice-client:secret-of-the-client',
    );
  });

  it('sends its secret in the body where the issuer wants it there', async () => {
    const { url, bodies, headers } = await startIssuer((_, times) => [200, token(times)]);
    await client(url, () => NOW, { sendSecretIn: 'body' }).present(NEVER);
    expect(new URLSearchParams(bodies[0]).get('client_secret')).toBe('secret-of-the-client');
    expect(headers[0]!.authorization).toBeUndefined();
  });

  it.each<[string, (request: IncomingMessage) => [number, object, object?]]>([
    ['refuses', () => [401, { error: 'invalid_client', error_description: 'secret-of-the-client' }]],
    ['fails', () => [500, { secret: 'secret-of-the-client' }]],
    ['answers something else', () => [200, { text: 'secret-of-the-client' }]],
  ])('says nothing of what an issuer says that %s', async (_, answer) => {
    const { url } = await startIssuer(answer);
    const error: unknown = await client(url, () => NOW)
      .present(NEVER)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'warehouse_unavailable' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret-of-the-client');
  });

  it('does not take its secret where the issuer leads', async () => {
    const elsewhere = await startIssuer(() => [200, token(1)]);
    const { url } = await startIssuer(() => [307, {}, { location: elsewhere.url }]);
    await expect(client(url, () => NOW).present(NEVER)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
    });
    expect(elsewhere.bodies).toEqual([]);
  });

  it('gets another token when the account does not take the one that it has', async () => {
    const { url } = await startIssuer((_, times) => [200, token(times)]);
    const { server, upstream } = await startUpstream({
      config: {
        credential: {
          kind: 'oauthClient',
          user: null,
          tokenUrl: url,
          clientId: 'c',
          clientSecret: { file: file('client-secret', 'secret-of-the-client') },
          scope: null,
          sendSecretIn: 'header',
        },
      },
    });
    server.on(({ path, body }) => {
      if (path !== '/session/v1/login-request') return undefined;
      const { TOKEN } = body['data'] as { TOKEN: string };
      return { body: TOKEN === 'access-token-1' ? failure('390318', 'expired') : success(signedInAs(1)) };
    });
    await upstream.openSession(NOWHERE, NEVER);
    expect(server.to('/session/v1/login-request')).toHaveLength(2);
  });
});

it('says to clients nothing of where the credential is kept', async () => {
  const { upstream, notices } = await startUpstream({
    config: {
      credential: { kind: 'password', user: 'sluice', password: { file: join(folder, 'not-there') } },
    },
  });
  const error: unknown = await upstream.openSession(NOWHERE, NEVER).catch((thrown: unknown) => thrown);
  expect(isSluiceError(error) && error.code).toBe('warehouse_unavailable');
  expect((error as Error).message).not.toContain('not-there');
  expect(notices).toEqual([{ kind: 'sign_in_refused', credential: 'password', code: 'config_invalid' }]);
});
