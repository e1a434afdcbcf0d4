import { beforeEach, expect, it } from 'vitest';
import { BACK, ISSUER, signingIn, type SigningIn } from './testing.ts';

const DAY = 86_400_000;

let at: SigningIn;
beforeEach(() => {
  at = signingIn();
});

const first = async (one = at.relay()) => {
  const { grant } = await at.grant(one);
  const { refreshToken } = await one.redeem(grant);
  const again = { grant_type: 'refresh_token', refresh_token: refreshToken!, client_id: grant.client_id };
  return { one, again };
};

it('is for the person’s next token, which the issuer gives, and for the next refresh token', async () => {
  const { one, again } = await first();
  at.time += 3_600_000;
  at.who = { ...at.who, expiresAt: at.time + 1_800_000 };
  const { token, expiresInSeconds, refreshToken } = await one.redeem(again);
  expect(at.renewed).toEqual([[ISSUER, 'refresh-1']]);
  expect(expiresInSeconds).toBe(1_800);
  expect(await one.authenticate(token)).toEqual({ ...at.who, tokenClient: 'registered:Agent' });
  expect(at.signedIn).toEqual([`${at.who.id} Agent`, `${at.who.id} Agent`]);
  at.next = 'refresh-3';
  await one.redeem({ ...again, refresh_token: refreshToken! });
  expect(at.renewed.at(-1)).toEqual([ISSUER, 'refresh-2']);
});

it('opens nothing, and shows nothing of the issuer’s', async () => {
  const { one, again } = await first();
  expect(one.isOne(again.refresh_token)).toBe(false);
  await expect(one.authenticate(again.refresh_token)).rejects.toMatchObject({ code: 'token_invalid' });
  expect(Buffer.from(again.refresh_token, 'base64url').toString('latin1')).not.toContain('refresh-1');
});

it('is given only where the issuer gives one, and anew with each', async () => {
  at.given = null;
  const { one, grant } = await at.grant();
  expect((await one.redeem(grant)).refreshToken).toBeNull();
  at.given = at.next = 'the same';
  const { again } = await first(one);
  expect((await one.redeem(again)).refreshToken).toBeNull();
});

it.each<[string, (again: Record<string, string>) => unknown]>([
  ['by a program that is not registered', (again) => (again['client_id'] = `${again['client_id']}x`)],
  ['for another resource', (again) => (again['resource'] = 'https://other.example/mcp')],
  ['at a relay that is reached elsewhere', () => (at.origin = 'https://other.example')],
  ['of somebody else by now', () => (at.who = { ...at.who, id: 'another' as typeof at.who.id })],
  ['that decides', () => (at.who = { ...at.who, mayDecide: true })],
  ['after a month', () => (at.time += 31 * 86_400_000)],
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
  at.who = { ...at.who, issuedAt: at.time };
  const { one, again } = await first();
  at.time += 3_600_000;
  at.who = { ...at.who, issuedAt: at.time, expiresAt: at.time + 3_600_000 };
  const { refreshToken } = await one.redeem(again);
  at.revokedBefore = at.time - 1_000;
  const later = { ...again, refresh_token: refreshToken! };
  await expect(one.redeem(later)).rejects.toMatchObject({ code: 'identity_revoked' });
  at.revokedBefore = 0;
  await one.redeem(later);
});

it('is no good to another program', async () => {
  const { one, again } = await first();
  const { clientId } = await one.register({ redirect_uris: [BACK], client_name: 'Another' });
  await expect(one.redeem({ ...again, client_id: clientId })).rejects.toMatchObject({
    code: 'token_invalid',
  });
  expect(at.renewed).toEqual([]);
});

it('gives nothing that cannot be recorded', async () => {
  const { again } = await first();
  const full = at.relay(() => Promise.reject(new Error('the record is full')));
  await expect(full.redeem(again)).rejects.toThrow('the record is full');
});

it('ends with the program’s registration, however often it was used', async () => {
  const { one, again } = await first();
  let sent = again;
  for (let days = 25; days < 180; days += 25) {
    at.time += 25 * DAY;
    at.who = { ...at.who, expiresAt: at.time + 3_600_000 };
    at.next = `refresh-after-${days}`;
    const { refreshToken } = await one.redeem(sent);
    sent = { ...sent, refresh_token: refreshToken! };
  }
  at.time += 10 * DAY;
  await expect(one.redeem(sent)).rejects.toMatchObject({
    code: 'token_invalid',
    message: 'the program is not registered here, or no longer',
  });
});

it('may say what it is for, and need not', async () => {
  const { one, again } = await first();
  expect(await one.redeem({ ...again, resource: 'https://sluice.example/mcp' })).toMatchObject({
    expiresInSeconds: 3_600,
  });
});
