import { describe, expect, it } from 'vitest';
import { openDatabase } from '../store/index.ts';
import { createRevocations, type Identity, identityId, identityMigrations, isRevokedBy } from './index.ts';
import type { RevocationTarget } from './revocations.ts';

const ada = identityId('https://id.example', 'ada');
const grace = identityId('https://id.example', 'grace');
const identity: Identity = {
  id: ada,
  issuer: 'https://id.example',
  subject: 'ada',
  name: 'Ada',
  email: null,
  groups: [],
  kind: 'person',
  tokenId: 't1',
  tokenClient: null,
  signedInAt: null,
  acr: null,
  mayDecide: false,
  issuedAt: 1_000,
  expiresAt: 2_000,
};

describe('a revocation concerns', () => {
  it.each<[string, RevocationTarget, boolean]>([
    ['the person that it names', { type: 'subject', identity: ada }, true],
    ['no other person', { type: 'subject', identity: grace }, false],
    ['the token that it names', { type: 'token', tokenId: 't1' }, true],
    ['no other token', { type: 'token', tokenId: 't2' }, false],
    ['what was issued before', { type: 'issued_before', before: 1_001, identity: null }, true],
    ['nothing that was issued then', { type: 'issued_before', before: 1_000, identity: null }, false],
    ['what was issued before, of the one', { type: 'issued_before', before: 1_001, identity: ada }, true],
    ['nothing of another', { type: 'issued_before', before: 1_001, identity: grace }, false],
    ['nothing of the one since', { type: 'issued_before', before: 999, identity: ada }, false],
  ])('%s', (_, target, concerned) => {
    expect(isRevokedBy(identity, target, 0)).toBe(concerned);
  });

  it.each([
    // The issuer's clock is ahead by as much as it may be: the token was there before the revocation.
    [1_000, 30, true],
    [971, 30, true],
    [970, 30, false],
    [1_000, 0, false],
  ])('what was issued by a clock that is ahead: before %i, by %i seconds: %s', (before, ahead, concerned) => {
    expect(isRevokedBy(identity, { type: 'issued_before', before, identity: null }, ahead)).toBe(concerned);
  });

  it('no token without an id', () => {
    expect(isRevokedBy({ ...identity, tokenId: null }, { type: 'token', tokenId: 't1' }, 0)).toBe(false);
  });
});

it('lists all, oldest first, also after a restart, and tells those who listen', async () => {
  const database = await openDatabase({ path: ':memory:', migrations: identityMigrations });
  let now = 5_000;
  const revocations = await createRevocations({ database, now: () => now, clockTolerance: 0 });
  const told: string[] = [];
  const stop = revocations.onRevoked(async ({ reason }) => void told.push(reason));
  const target = { type: 'subject', identity: ada } as const;
  await revocations.revoke({ target, reason: 'left', by: 'sam' });
  now = 6_000;
  stop();
  await revocations.revoke({ target, reason: 'left again', by: 'sam' });
  expect(told).toEqual(['left']);
  const all = [
    { target, reason: 'left', by: 'sam', at: 5_000 },
    { target, reason: 'left again', by: 'sam', at: 6_000 },
  ];
  expect(revocations.list()).toEqual(all);
  expect((await createRevocations({ database, now: () => now, clockTolerance: 0 })).list()).toEqual(all);
  await database.destroy();
});

it('is in force at once, before it is on disk', async () => {
  const database = await openDatabase({ path: ':memory:', migrations: identityMigrations });
  const revocations = await createRevocations({ database, now: () => 0, clockTolerance: 0 });
  const durable = revocations.revoke({
    target: { type: 'subject', identity: ada },
    reason: 'left',
    by: 'sam',
  });
  expect(() => revocations.check(identity)).toThrow(expect.objectContaining({ code: 'identity_revoked' }));
  await durable;
  await database.destroy();
});
