import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { person } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../identity.ts';
import type { IssuerClient } from './issuer-client.ts';
import { createProgramSignIn } from './program-sign-in.ts';
import { sealedBy, type SealingKeys } from './sealed-by.ts';

const ISSUER = 'https://login.example';
const BACK = 'http://127.0.0.1:49152/back';
const BROWSER = randomBytes(32).toString('base64url');
const VERIFIER = randomBytes(32).toString('base64url');

let time: number;
let origin: string;
let who: Identity;
let signedIn: string[];
/** Refresh tokens of the issuer's: the first, and the next one; and those that it was sent. */
let given: string | null;
let next: string | null;
/** What was issued before is out. */
let revokedBefore: number;
let renewed: (readonly [string, string])[];
let keys: Map<string, Uint8Array>;
beforeEach(() => {
  time = 1_800_000_000_000;
  origin = 'https://sluice.example';
  who = { ...person('ada', [], { mayDecide: false }), issuer: ISSUER, expiresAt: time + 3_600_000 };
  signedIn = [];
  given = 'refresh-1';
  next = 'refresh-2';
  revokedBefore = 0;
  renewed = [];
  keys = new Map([['k1', randomBytes(32)]]);
});

const sealing: SealingKeys = {
  current() {
    const [id, key] = [...keys].at(-1)!;
    return { id, key };
  },
  find: async (id) => keys.get(id) ?? null,
};
const issuers: IssuerClient = {
  issuers: [ISSUER],
  start: async (issuer, { state }) => new URL(`${issuer}/authorize?state=${state}`),
  finish: async () => ({ token: 'the issuer’s token', refresh: given }),
  renew: async (issuer, refresh) => {
    renewed.push([issuer, refresh]);
    return { token: 'the next token', refresh: next };
  },
};
const relay = (onSignedIn?: () => Promise<void>) =>
  createProgramSignIn({
    keys: sealing,
    redirectUris: ['vscode://sluice.sluice/mcp'],
    origin: () => origin,
    issuers,
    authenticate: async () => who,
    confirmIdentity: ({ issuedAt }) => {
      if (issuedAt < revokedBefore) throw new SluiceError('identity_revoked', 'out');
    },
    onSignedIn: onSignedIn ?? (async ({ id }, { name }) => void signedIn.push(`${id} ${name}`)),
    now: () => time,
    random: randomBytes,
  });

/** Up to where the issuer has sent the browser back. */
async function atCallback(one = relay()) {
  const { clientId } = await one.register({ redirect_uris: [BACK], client_name: 'Agent' });
  const page = await one.ask(
    {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: BACK,
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    },
    BROWSER,
  );
  const request = /name="request" value="([^"]*)"/.exec(page)![1]!;
  const started = await one.answer({ request, issuer: ISSUER }, BROWSER);
  const came = new URL(`${origin}/oauth/callback?code=c`);
  came.searchParams.set('state', started.searchParams.get('state')!);
  return { one, clientId, request, came };
}

async function grantOf(one = relay()) {
  const { clientId, came } = await atCallback(one);
  const code = (await one.callback(came, BROWSER)).searchParams.get('code')!;
  return {
    one,
    grant: {
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      redirect_uri: BACK,
      code_verifier: VERIFIER,
    },
  };
}

it('gives a token that is the person’s, of the program by the name that it gave', async () => {
  const { one, grant } = await grantOf();
  const { token, expiresInSeconds } = await one.redeem(grant);
  expect([one.isOne(token), one.isOne('a.b.c'), expiresInSeconds]).toEqual([true, false, 3_600]);
  expect(await one.authenticate(token)).toEqual({ ...who, tokenClient: 'registered:Agent' });
  expect(signedIn).toEqual([`${who.id} Agent`]);
});

it('gives none that cannot be recorded', async () => {
  const { one, grant } = await grantOf(relay(() => Promise.reject(new Error('the record is full'))));
  await expect(one.redeem(grant)).rejects.toThrow('the record is full');
});

it('opens what another relay has sealed, also with the key before', async () => {
  const { one, grant } = await grantOf();
  const { token } = await one.redeem(grant);
  keys.set('k2', randomBytes(32));
  expect(await relay().authenticate(token)).toMatchObject({ id: who.id });
  keys.delete('k1');
  await expect(relay().authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('is for one resource: a relay that is reached elsewhere does not take it', async () => {
  const { one, grant } = await grantOf();
  const { token } = await one.redeem(grant);
  origin = 'https://other.example';
  await expect(one.authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('takes no token of another issuer than the person was sent to', async () => {
  const { one, came } = await atCallback();
  who = { ...who, issuer: 'https://attacker.example' };
  await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('takes an answer of the issuer once, whatever the issuer does', async () => {
  const { one, came } = await atCallback();
  await one.callback(came, BROWSER);
  await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('takes no token to decide with', async () => {
  const { one, came } = await atCallback();
  who = { ...who, mayDecide: true };
  await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_cannot_run' });
});

describe('time', () => {
  it('ends a consent that nobody gave, and a sign-in that nobody finished', async () => {
    const { one, request, came } = await atCallback();
    time += 600_000;
    await expect(one.answer({ request, issuer: ISSUER }, BROWSER)).rejects.toMatchObject({
      code: 'token_invalid',
    });
    await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('ends a code', async () => {
    const { one, grant } = await grantOf();
    time += 60_000;
    await expect(one.redeem(grant)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('ends a token with the issuer’s, or after a day', async () => {
    who = { ...who, expiresAt: time + 10 * 86_400_000 };
    const { one, grant } = await grantOf();
    const { token, expiresInSeconds } = await one.redeem(grant);
    expect(expiresInSeconds).toBe(86_400);
    time += 86_400_000;
    await expect(one.authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});

it('sends people to an address that is configured, to the letter', async () => {
  const { program } = await relay().register({ redirect_uris: ['vscode://sluice.sluice/mcp'] });
  expect(program.name).toBe('a program without a name');
  await expect(relay().register({ redirect_uris: ['vscode://sluice.sluice/mcp/'] })).rejects.toMatchObject({
    code: 'request_malformed',
  });
});

it('opens nothing that was sealed for another use, whatever its form', async () => {
  const options = { schema: z.object({ a: z.string() }), lifetimeMs: 1_000, now: () => time };
  const [one, other] = [sealedBy(sealing, 'one', options), sealedBy(sealing, 'other', options)];
  const text = await one.seal({ a: 'x' });
  expect(await one.open(text)).toEqual({ a: 'x' });
  expect(await other.open(text)).toBeNull();
});

describe('a refresh token', () => {
  const first = async (one = relay()) => {
    const { grant } = await grantOf(one);
    const { refreshToken } = await one.redeem(grant);
    const again = { grant_type: 'refresh_token', refresh_token: refreshToken!, client_id: grant.client_id };
    return { one, again };
  };

  it('is for the person’s next token, which the issuer gives, and for the next refresh token', async () => {
    const { one, again } = await first();
    time += 3_600_000;
    who = { ...who, expiresAt: time + 1_800_000 };
    const { token, expiresInSeconds, refreshToken } = await one.redeem(again);
    expect(renewed).toEqual([[ISSUER, 'refresh-1']]);
    expect(expiresInSeconds).toBe(1_800);
    expect(await one.authenticate(token)).toEqual({ ...who, tokenClient: 'registered:Agent' });
    expect(signedIn).toEqual([`${who.id} Agent`, `${who.id} Agent`]);
    next = 'refresh-3';
    await one.redeem({ ...again, refresh_token: refreshToken! });
    expect(renewed.at(-1)).toEqual([ISSUER, 'refresh-2']);
  });

  it('opens nothing, and shows nothing of the issuer’s', async () => {
    const { one, again } = await first();
    expect(one.isOne(again.refresh_token)).toBe(false);
    await expect(one.authenticate(again.refresh_token)).rejects.toMatchObject({ code: 'token_invalid' });
    expect(Buffer.from(again.refresh_token, 'base64url').toString('latin1')).not.toContain('refresh-1');
  });

  it('is given only where the issuer gives one, and anew with each', async () => {
    given = null;
    const { one, grant } = await grantOf();
    expect((await one.redeem(grant)).refreshToken).toBeNull();
    given = next = 'the same';
    const { again } = await first(one);
    expect((await one.redeem(again)).refreshToken).toBeNull();
  });

  it.each<[string, (again: Record<string, string>) => unknown]>([
    ['by a program that is not registered', (again) => (again['client_id'] = `${again['client_id']}x`)],
    ['for another resource', (again) => (again['resource'] = 'https://other.example/mcp')],
    ['at a relay that is reached elsewhere', () => (origin = 'https://other.example')],
    ['of somebody else by now', () => (who = { ...who, id: 'another' as typeof who.id })],
    ['that decides', () => (who = { ...who, mayDecide: true })],
    ['after a month', () => (time += 31 * 86_400_000)],
    ['that was changed', (again) => (again['refresh_token'] = `${again['refresh_token']}x`)],
    [
      'that is a token',
      (again) => (again['refresh_token'] = again['refresh_token']!.replace('refresh', 'mcp')),
    ],
  ])('is no good %s', async (_title, change) => {
    const { one, again } = await first();
    const sent: Record<string, string> = { ...again };
    change(sent);
    await expect(one.redeem(sent)).rejects.toMatchObject({
      code: expect.stringMatching(/^token_(invalid|cannot_run)$/) as string,
    });
  });

  it('is no younger than the sign-in: what was issued by then can be revoked, however often it was used', async () => {
    who = { ...who, issuedAt: time };
    const { one, again } = await first();
    time += 3_600_000;
    who = { ...who, issuedAt: time, expiresAt: time + 3_600_000 };
    const { refreshToken } = await one.redeem(again);
    revokedBefore = time - 1_000;
    const next = { ...again, refresh_token: refreshToken! };
    await expect(one.redeem(next)).rejects.toMatchObject({ code: 'identity_revoked' });
    revokedBefore = 0;
    await one.redeem(next);
  });

  it('is no good to another program', async () => {
    const { one, again } = await first();
    const { clientId } = await one.register({ redirect_uris: [BACK], client_name: 'Another' });
    await expect(one.redeem({ ...again, client_id: clientId })).rejects.toMatchObject({
      code: 'token_invalid',
    });
    expect(renewed).toEqual([]);
  });

  it('gives nothing that cannot be recorded', async () => {
    const { again } = await first();
    const full = relay(() => Promise.reject(new Error('the record is full')));
    await expect(full.redeem(again)).rejects.toThrow('the record is full');
  });
});
