import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Program } from './registration.ts';
import { sealedBy } from './sealed-by.ts';
import {
  BACK,
  BROWSER,
  type Grant,
  ISSUER,
  OTHER_BACK,
  signingIn,
  type SigningIn,
  type Started,
} from './testing.ts';

const DAY = 86_400_000;
const OTHER_BROWSER = randomBytes(32).toString('base64url');
const NOT_ASKED = {
  code: 'token_invalid',
  message: 'nobody asked for it in this browser, or too long ago',
};
const SPENT = { code: 'token_invalid', message: 'the code is unknown, was used, or is too old' };

let at: SigningIn;
beforeEach(() => {
  at = signingIn();
});

it('gives a token that is the person’s, of the program by the name that it gave', async () => {
  const { one, grant } = await at.grant();
  const { token, expiresInSeconds } = await one.redeem(grant);
  expect([one.isOne(token), one.isOne('a.b.c'), expiresInSeconds]).toEqual([true, false, 3_600]);
  expect(await one.authenticate(token)).toEqual({ ...at.who, tokenClient: 'registered:Agent' });
  expect(at.signedIn).toEqual([`${at.who.id} Agent`]);
});

it('gives none that cannot be recorded', async () => {
  const { one, grant } = await at.grant(at.relay(() => Promise.reject(new Error('the record is full'))));
  await expect(one.redeem(grant)).rejects.toThrow('the record is full');
});

it('opens what another relay has sealed, also with the key before', async () => {
  const { one, grant } = await at.grant();
  const { token } = await one.redeem(grant);
  at.keys.set('k2', randomBytes(32));
  expect(await at.relay().authenticate(token)).toMatchObject({ id: at.who.id });
  at.keys.delete('k1');
  await expect(at.relay().authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('is for one resource: a relay that is reached elsewhere does not take it', async () => {
  const { one, grant } = await at.grant();
  const { token } = await one.redeem(grant);
  at.origin = 'https://other.example';
  await expect(one.authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('takes no token of another issuer than the person was sent to', async () => {
  const { one, came } = await at.callback();
  at.who = { ...at.who, issuer: 'https://attacker.example' };
  await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('takes an answer of the issuer once, whatever the issuer does', async () => {
  const { one, came } = await at.callback();
  await one.callback(came, BROWSER);
  await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_invalid' });
});

it('takes no token to decide with', async () => {
  const { one, came } = await at.callback();
  at.who = { ...at.who, mayDecide: true };
  await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_cannot_run' });
});

describe('a program with a document', () => {
  const AT = 'https://agents.example/agent.json';
  let said: Program;
  let read: string[];
  let mayBeAt: boolean;
  beforeEach(() => {
    [read, mayBeAt] = [[], true];
    said = { name: 'Agent', redirectUris: [BACK, OTHER_BACK], registeredAt: at.time, document: AT };
    at.documents = {
      read: async (clientId) => {
        read.push(clientId);
        return said;
      },
      mayBeAt: () => mayBeAt,
    };
  });
  const asked = (change: Record<string, string> = {}) => at.asked(at.relay(), { client_id: AT, ...change });
  const grant = async () => {
    const { one, grant: given } = await at.grant(at.relay(), { client_id: AT });
    return { one, given: { ...given, client_id: AT } };
  };

  it('signs its person in, and is told apart by where the document is', async () => {
    expect([at.relay().readsDocuments, read]).toEqual([true, []]);
    const { one, given } = await grant();
    const { token } = await one.redeem(given);
    expect(await one.authenticate(token)).toEqual({ ...at.who, tokenClient: `document:${AT}` });
    expect(read).toEqual([AT]);
    await expect(one.redeem({ ...given, client_id: `${AT}x` })).rejects.toMatchObject(SPENT);
  });

  it('has a code for nobody else', async () => {
    const { one, given } = await grant();
    const { query } = await at.program(one);
    await expect(one.redeem({ ...given, client_id: query.client_id })).rejects.toMatchObject({
      code: 'token_invalid',
      message: 'the code belongs to another program',
    });
  });

  it.each([
    ['that waits on this computer, as any could', BACK, 'as any program could. Nobody has checked that'],
    ['that waits elsewhere', 'vscode://sluice.sluice/mcp', 'as any program could. Nobody has checked that'],
    ['that waits at its own host', 'https://agents.example/back', 'nobody else has checked its name'],
  ])('is shown with the host that is said to describe it: one %s', async (_title, redirect, words) => {
    said = { ...said, name: 'Sluice', redirectUris: [redirect] };
    const { page } = await asked({ redirect_uri: redirect });
    expect(page).toContain('<strong>Sluice</strong>');
    expect(page).toContain('<strong>agents.example</strong>');
    expect(page).toContain(words);
  });

  it.each([
    ['somewhere that the document does not name', { redirect_uri: 'http://127.0.0.1/other' }],
    ['somewhere else', { redirect_uri: 'https://evil.example/back' }],
  ])('has people sent nowhere but where its document says, not to %s', async (_title, change) => {
    await expect(asked(change)).rejects.toMatchObject({
      code: 'request_malformed',
      message: 'the redirect URI is not one that the program has registered',
    });
  });

  it('comes back to any port of the loopback interface', async () => {
    expect((await asked({ redirect_uri: 'http://127.0.0.1:1/back' })).page).toContain('127.0.0.1:1');
  });

  it('is asked of its host for nothing that the relay would not give', async () => {
    for (const change of [{ resource: 'https://other.example/mcp' }, { code_challenge_method: 'plain' }]) {
      await expect(asked(change)).rejects.toMatchObject({ code: 'request_malformed' });
    }
    expect(read).toEqual([]);
  });

  it('is none where the relay reads no documents', async () => {
    at.documents = null;
    expect(at.relay().readsDocuments).toBe(false);
    await expect(asked()).rejects.toMatchObject({
      code: 'request_malformed',
      message: 'the relay reads no documents that say who programs are',
    });
  });

  it('goes on without asking for its document, as long as it may be there, and half a year at most', async () => {
    const { one, given } = await grant();
    let { refreshToken } = await one.redeem(given);
    const again = async (relay = one) => {
      const sent = { grant_type: 'refresh_token', refresh_token: refreshToken!, client_id: AT };
      ({ refreshToken } = await relay.redeem(sent));
    };
    const refused = { code: 'token_invalid', message: 'the program is not registered here, or no longer' };
    await again();
    mayBeAt = false;
    await expect(again()).rejects.toMatchObject(refused);
    mayBeAt = true;
    const { documents } = at;
    at.documents = null;
    await expect(again(at.relay())).rejects.toMatchObject(refused);
    at.documents = documents;
    for (let days = 25; days < 180; days += 25) {
      at.time += 25 * DAY;
      at.who = { ...at.who, expiresAt: at.time + 3_600_000 };
      at.next = `refresh-after-${days}`;
      await again();
    }
    at.time += 10 * DAY;
    await expect(again()).rejects.toMatchObject(refused);
    expect(read).toEqual([AT]);
  });
});

describe('time', () => {
  it('ends a consent that nobody gave, and a sign-in that nobody finished', async () => {
    const { one, request, came } = await at.callback();
    at.time += 600_000;
    await expect(one.answer({ request, issuer: ISSUER }, BROWSER)).rejects.toMatchObject({
      code: 'token_invalid',
    });
    await expect(one.callback(came, BROWSER)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('ends a code', async () => {
    const { one, grant } = await at.grant();
    at.time += 60_000;
    await expect(one.redeem(grant)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('ends a token with the issuer’s, or after a day', async () => {
    at.who = { ...at.who, expiresAt: at.time + 10 * 86_400_000 };
    const { one, grant } = await at.grant();
    const { token, expiresInSeconds } = await one.redeem(grant);
    expect(expiresInSeconds).toBe(86_400);
    at.time += 86_400_000;
    await expect(one.authenticate(token)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});

describe('what a program asks for', () => {
  it('is put before its person, in a browser that the relay knows again', async () => {
    const { page } = await at.asked();
    expect(page).toContain('action="https://sluice.example/oauth/consent"');
    expect(page).toContain(`value="${ISSUER}"`);
    expect(page).toContain('<strong>Agent</strong>');
    expect(page).toContain('a program on this computer (<code>127.0.0.1:49152</code>)');
  });

  it.each([
    ['a token at once', { response_type: 'token' }],
    ['a code that nobody has to prove', { code_challenge_method: 'plain' }],
    ['a challenge that is too short for a digest', { code_challenge: 'x'.repeat(42) }],
    ['a challenge that is too long for one', { code_challenge: 'x'.repeat(44) }],
    ['a state without end', { state: 'x'.repeat(1_001) }],
    ['a code to somewhere that is no address', { redirect_uri: 'here' }],
  ])('is not well-formed as %s', async (_title, change) => {
    await expect(at.asked(at.relay(), change)).rejects.toMatchObject({
      code: 'request_malformed',
      message: 'the sign-in request is not well-formed',
      advice: 'begin again in your program',
    });
  });

  it('comes from a program that has registered, half a year ago at most', async () => {
    const refused = {
      code: 'request_malformed',
      message: 'the program is not registered here, or no longer',
    };
    await expect(at.asked(at.relay(), { client_id: 'made-up' })).rejects.toMatchObject(refused);
    const { one, query } = await at.program();
    at.time += 180 * DAY - 1_000;
    await one.ask(query, BROWSER);
    at.time += 1_000;
    await expect(one.ask(query, BROWSER)).rejects.toMatchObject(refused);
  });

  it.each([OTHER_BACK, 'http://127.0.0.1:1/back'])(
    'comes back to %s, which it has registered',
    async (to) => {
      expect(await at.asked(at.relay(), { redirect_uri: to })).toHaveProperty('request');
    },
  );

  it.each([
    'http://127.0.0.1:49152/elsewhere',
    'http://[::1]:49152/back',
    'https://127.0.0.1:49152/back',
    'https://evil.example/back',
    'vscode://sluice.sluice/mcp',
  ])('does not come back to %s, which it has not', async (to) => {
    await expect(at.asked(at.relay(), { redirect_uri: to })).rejects.toMatchObject({
      code: 'request_malformed',
      message: 'the redirect URI is not one that the program has registered',
    });
  });

  it('is for this relay’s MCP, or for nothing', async () => {
    await at.asked(at.relay(), { resource: 'https://sluice.example/mcp' });
    await expect(at.asked(at.relay(), { resource: 'https://other.example/mcp' })).rejects.toMatchObject({
      code: 'request_malformed',
      message: 'the token would be for something else than this relay’s MCP',
    });
  });
});

describe('what the person answers', () => {
  it('is No: the program hears of it, and the issuer does not', async () => {
    const { one, request } = await at.asked(at.relay(), { state: 'the-program’s' });
    const { href, searchParams } = await one.answer({ request, issuer: '' }, BROWSER);
    expect(href.startsWith(`${BACK}?`)).toBe(true);
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      state: 'the-program’s',
      iss: 'https://sluice.example/oauth',
    });
    expect(at.started).toEqual([]);
  });

  it('counts in the browser that was asked', async () => {
    const { one, request } = await at.asked();
    for (const browser of [null, OTHER_BROWSER]) {
      for (const issuer of [ISSUER, '']) {
        await expect(one.answer({ request, issuer }, browser)).rejects.toMatchObject(NOT_ASKED);
      }
    }
    expect(at.started).toEqual([]);
  });

  it('is to what the relay has asked', async () => {
    const { one, clientId, request } = await at.asked();
    for (const made of [clientId, `${request}x`, request.slice(1), 'made-up']) {
      await expect(one.answer({ request: made, issuer: '' }, BROWSER)).rejects.toMatchObject(NOT_ASKED);
    }
    for (const form of [{}, null, { request }, { request, issuer: 'x'.repeat(501) }]) {
      await expect(one.answer(form, BROWSER)).rejects.toMatchObject({ code: 'request_malformed' });
    }
  });
});

describe('the way over the issuer', () => {
  it('comes back to the relay, and proves with each what was sent with that one', async () => {
    const one = at.relay();
    await one.callback((await at.callback(one)).came, BROWSER);
    await at.callback(one);
    const [[issuer, sent, redirect], [, other]] = at.started as [Started, Started];
    expect([issuer, redirect]).toEqual([ISSUER, 'https://sluice.example/oauth/callback']);
    expect(at.finished).toEqual([[ISSUER, expect.any(URL), sent]]);
    expect(sent.verifier).toMatch(/^[\w-]{43}$/);
    expect(other.verifier).not.toBe(sent.verifier);
    expect(sent.state).not.toContain(sent.verifier);
  });

  it('ends in the browser that it began in', async () => {
    const { one, came } = await at.callback();
    for (const browser of [null, OTHER_BROWSER]) {
      await expect(one.callback(came, browser)).rejects.toMatchObject(NOT_ASKED);
    }
    const stateless = new URL('https://sluice.example/oauth/callback?code=c');
    await expect(one.callback(stateless, BROWSER)).rejects.toMatchObject(NOT_ASKED);
    expect(at.finished).toEqual([]);
  });

  it('ends with a code for the program, which knows by it what it had asked, and whom', async () => {
    const { one, came } = await at.callback(at.relay(), { state: 'the-program’s' });
    const { href, searchParams } = await one.callback(came, BROWSER);
    expect(href.startsWith(`${BACK}?`)).toBe(true);
    expect(Object.fromEntries(searchParams)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: 'the-program’s',
      iss: 'https://sluice.example/oauth',
    });
    const without = await at.callback();
    const back = await without.one.callback(without.came, BROWSER);
    expect([...back.searchParams.keys()]).toEqual(['code', 'iss']);
  });
});

describe('a code', () => {
  it.each<[string, Partial<Grant>, string]>([
    ['another program', { client_id: 'another' }, 'the code belongs to another program'],
    ['another address', { redirect_uri: OTHER_BACK }, 'the code belongs to another redirect URI'],
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'the code belongs to another program'],
    ['another resource', { resource: 'https://other.example/mcp' }, 'the code is for another resource'],
  ])('is no good with %s, and no longer to anybody', async (_title, change, message) => {
    const { one, grant } = await at.grant();
    await expect(one.redeem({ ...grant, ...change })).rejects.toMatchObject({
      code: 'token_invalid',
      message,
    });
    await expect(one.redeem(grant)).rejects.toMatchObject(SPENT);
    expect(at.signedIn).toEqual([]);
  });

  it('need not say again what it is for', async () => {
    const { one, grant } = await at.grant();
    const { resource: _, ...rest } = grant;
    expect(await one.redeem(rest)).toMatchObject({ expiresInSeconds: 3_600 });
  });

  it('is good once', async () => {
    const { one, grant } = await at.grant();
    await one.redeem(grant);
    await expect(one.redeem(grant)).rejects.toMatchObject(SPENT);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['no form', 'code'],
    ['another kind of grant', { grant_type: 'password' }],
    ['a code alone', { grant_type: 'authorization_code', code: 'c' }],
  ])('is asked for with a form: not with %s', async (_title, form) => {
    await expect(at.relay().redeem(form)).rejects.toMatchObject({ code: 'request_malformed' });
  });

  it('gives no token that is over at once', async () => {
    at.who = { ...at.who, expiresAt: at.time + 999 };
    const over = await at.grant();
    await expect(over.one.redeem(over.grant)).rejects.toMatchObject({
      code: 'token_invalid',
      message: 'the sign-in is over',
    });
    at.who = { ...at.who, expiresAt: at.time + 1_000 };
    const { one, grant } = await at.grant();
    expect(await one.redeem(grant)).toMatchObject({ expiresInSeconds: 1 });
  });
});

it('sends people to an address that is configured, to the letter', async () => {
  const { program } = await at.relay().register({ redirect_uris: ['vscode://sluice.sluice/mcp'] });
  expect(program.name).toBe('a program without a name');
  await expect(at.relay().register({ redirect_uris: ['vscode://sluice.sluice/mcp/'] })).rejects.toMatchObject(
    {
      code: 'request_malformed',
    },
  );
});

it('opens nothing that was sealed for another use, whatever its form', async () => {
  const options = { schema: z.object({ a: z.string() }), lifetimeMs: 1_000, now: () => at.time };
  const [one, other] = [sealedBy(at.sealing, 'one', options), sealedBy(at.sealing, 'other', options)];
  const text = await one.seal({ a: 'x' });
  expect(await one.open(text)).toEqual({ a: 'x' });
  expect(await other.open(text)).toBeNull();
});
