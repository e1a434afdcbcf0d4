import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import { createRevocations, type Identity, type IdentityId, identityId } from './index.ts';
import { adaSignedIn as identity } from './testing/ada-signed-in.ts';
import type { RevocationTarget } from './revocation.ts';

const { id: ada } = identity;
const grace = identityId('https://id.example', 'grace');
async function revoked(target: RevocationTarget, known: readonly Identity[] = [], clockToleranceMs = 0) {
  const { store, relaySession, notices, close } = await openRecordedStore();
  const revocations = await createRevocations({
    store,
    relaySession,
    notices,
    onError,
    now: () => 0,
    clockToleranceMs,
  });
  for (const one of known) await revocations.note(one);
  await revocations.revoke({ target, reason: 'left', by: 'sam' });
  const isOut = (one: Identity, by = revocations) => {
    try {
      by.check(one);
      return false;
    } catch {
      return true;
    }
  };
  return { again: { store, relaySession, notices, onError }, close, revocations, isOut };
}

describe('a revocation concerns', () => {
  it.each<[string, RevocationTarget, boolean]>([
    ['the person that it names', { type: 'subject', identity: ada }, true],
    ['no other person', { type: 'subject', identity: grace }, false],
    ['the token that it names', { type: 'token', tokenId: 't1' }, true],
    ['no other token', { type: 'token', tokenId: 't2' }, false],
    ['what was issued before', { type: 'issued_before', issuedBefore: 1_001_000, identity: null }, true],
    [
      'nothing that was issued then',
      { type: 'issued_before', issuedBefore: 1_000_000, identity: null },
      false,
    ],
    [
      'what was issued before, of the one',
      { type: 'issued_before', issuedBefore: 1_001_000, identity: ada },
      true,
    ],
    ['nothing of another', { type: 'issued_before', issuedBefore: 1_001_000, identity: grace }, false],
    ['nothing of the one since', { type: 'issued_before', issuedBefore: 999_000, identity: ada }, false],
  ])('%s', async (_, target, concerned) => {
    const { close, isOut } = await revoked(target);
    expect(isOut(identity)).toBe(concerned);
    await close();
  });

  it.each([
    // The issuer's clock is ahead by as much as it may be: the token was there before the revocation.
    [1_000, 30, true],
    [971, 30, true],
    [970, 30, false],
    [1_000, 0, false],
  ])(
    'what was issued by a clock that is ahead: before %i, by %i seconds: %s',
    async (before, ahead, concerned) => {
      const target = { type: 'issued_before', issuedBefore: before * 1_000, identity: null } as const;
      const { close, isOut } = await revoked(target, [], ahead * 1_000);
      expect(isOut(identity)).toBe(concerned);
      await close();
    },
  );

  it('no token without an id', async () => {
    const { close, isOut } = await revoked({ type: 'token', tokenId: 't1' });
    expect(isOut({ ...identity, tokenId: null })).toBe(false);
    await close();
  });

  it.each(['ADA', ' ada ', 'Ada', '\uff41da', 'a\u200bda'])('the person, written %j', async (subject) => {
    const written = `https://ID.example/|${subject}` as IdentityId;
    const { close, isOut } = await revoked({ type: 'subject', identity: written });
    expect(isOut(identity)).toBe(true);
    const spelt = { ...identity, subject, id: identityId(identity.issuer, subject) };
    const { close: closeToo, isOut: isOutToo } = await revoked({ type: 'subject', identity: ada });
    expect(isOutToo(spelt)).toBe(true);
    await Promise.all([close(), closeToo()]);
  });

  it.each<['subject' | 'issued_before']>([['subject'], ['issued_before']])(
    'the accounts that bear a name of the person’s, by %s, also after a restart, also of names borne before',
    async (type) => {
      const target =
        type === 'subject' ? { type, identity: ada } : { type, identity: ada, issuedBefore: 1_001_000 };
      const before = { ...identity, person: { email: 'ada@before.example', employee: null } };
      const now = { ...identity, person: { email: null, employee: '17' } };
      const { again: restarted, close, isOut } = await revoked(target, [before, now]);
      const elsewhere = (person: Identity['person']) => ({
        ...identity,
        id: identityId('https://saml.example', 'a.d.a'),
        person,
      });
      const again = await createRevocations({ ...restarted, now: () => 0, clockToleranceMs: 0 });
      for (const by of [undefined, again]) {
        expect(isOut(elsewhere({ employee: '17' }), by)).toBe(true);
        expect(isOut(elsewhere({ email: 'ada@before.example' }), by)).toBe(true);
        expect(isOut(elsewhere({ email: '17', employee: null }), by)).toBe(false);
        expect(isOut(elsewhere({}), by)).toBe(false);
      }
      await close();
    },
  );

  it('an account whose link to the person comes to be known afterwards', async () => {
    const { close, revocations, isOut } = await revoked({ type: 'subject', identity: ada });
    const other = { ...identity, id: grace, person: { employee: '17' } };
    expect(isOut(other)).toBe(false);
    await revocations.note({ ...identity, person: { employee: '17' } });
    expect(isOut(other)).toBe(true);
    await close();
  });
});

it('lists all, oldest first, also after a restart, and tells those who listen', async () => {
  const { store, relaySession, notices, close } = await openRecordedStore();
  let now = 5_000;
  const revocations = await createRevocations({
    store,
    relaySession,
    notices,
    onError,
    now: () => now,
    clockToleranceMs: 0,
  });
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
  expect(
    (
      await createRevocations({ store, relaySession, notices, onError, now: () => now, clockToleranceMs: 0 })
    ).list(),
  ).toEqual(all);
  await close();
});

it('is kept in whole seconds, and read back as the instant that it was', async () => {
  const { store, db, relaySession, notices, close } = await openRecordedStore();
  const revocations = await createRevocations({
    store,
    relaySession,
    notices,
    onError,
    now: () => 0,
    clockToleranceMs: 0,
  });
  const target = { type: 'issued_before', issuedBefore: 1_001_000, identity: null } as const;
  await revocations.revoke({ target, reason: 'a leak', by: 'sam' });
  const { rows } = await sql<{ target: string }>`SELECT target FROM revocation`.execute(db);
  expect(rows.map((row) => JSON.parse(row.target))).toEqual([
    { type: 'issued_before', before: 1_001, identity: null },
  ]);
  const again = await createRevocations({
    store,
    relaySession,
    notices,
    onError,
    now: () => 0,
    clockToleranceMs: 0,
  });
  expect(again.list()).toMatchObject([{ target }]);
  expect(() => again.check(identity)).toThrow('revoked');
  await close();
});

it('is in force at once, before it is on disk', async () => {
  const { store, relaySession, notices, close } = await openRecordedStore();
  const revocations = await createRevocations({
    store,
    relaySession,
    notices,
    onError,
    now: () => 0,
    clockToleranceMs: 0,
  });
  const durable = revocations.revoke({
    target: { type: 'subject', identity: ada },
    reason: 'left',
    by: 'sam',
  });
  expect(() => revocations.check(identity)).toThrow(expect.objectContaining({ code: 'identity_revoked' }));
  await durable;
  await close();
});

describe('somebody is out whatever token they come with', () => {
  const person = { ...identity, name: 'Ada' };

  it.each<[string, RevocationTarget, boolean]>([
    ['when they are', { type: 'subject', identity: ada }, true],
    ['not when another is', { type: 'subject', identity: grace }, false],
    ['not when one token is', { type: 'token', tokenId: 't1' }, false],
    ['not when what they had is', { type: 'issued_before', issuedBefore: 9_000_000, identity: ada }, false],
  ])('%s', async (_title, target, out) => {
    const { close, revocations } = await revoked(target);
    expect(revocations.isOut(person)).toBe(out);
    // Whoever else is out besides.
    await revocations.revoke({ target: { type: 'token', tokenId: 't9' }, reason: 'lost', by: 'sam' });
    expect(revocations.isOut(person)).toBe(out);
    await close();
  });

  it('when they bear a name of one who is', async () => {
    const { close, revocations } = await revoked({ type: 'subject', identity: grace }, [
      { ...identity, id: grace, subject: 'grace', person: { employee: '17' } },
    ]);
    expect(revocations.isOut({ ...person, person: { employee: '17' } })).toBe(true);
    expect(revocations.isOut(person)).toBe(false);
    await close();
  });

  it('who has come is listed', async () => {
    const { close, revocations } = await revoked({ type: 'subject', identity: grace }, [identity]);
    expect(await revocations.people()).toMatchObject([{ id: ada, name: 'Ada' }]);
    await close();
  });
});

function onError(error: unknown): never {
  throw error;
}
