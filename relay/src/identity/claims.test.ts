import { describe, expect, it } from 'vitest';
import { readClaims } from './claims.ts';
import { identityConfig } from './identity-config.ts';

const issuerWith = (claims: unknown) =>
  identityConfig.parse({ issuers: [{ issuer: 'https://id.example', audience: 'sluice', claims }] })
    .issuers[0]!;

describe("a person's claims", () => {
  const person = issuerWith({ kind: 'person', groupsClaim: 'realm_access.roles' });
  const plain = issuerWith({ kind: 'person' });

  it.each([
    [{ preferred_username: 'ada' }, 'ada'],
    [{ preferred_username: '', email: 'ada@example.com' }, 'ada@example.com'],
    [{ preferred_username: 7 }, 'u1'],
    [{ email: '' }, 'u1'],
    [{}, 'u1'],
  ])('%j is called %s', (payload, name) => {
    expect(readClaims(plain, 'u1', payload).name).toBe(name);
  });

  it.each([
    [{ email: 'a@b.example', email_verified: true }, 'a@b.example'],
    [{ email: ' A+x@B.example', email_verified: true }, 'a@b.example'],
    [{ email: 'a\u200b@b.example', email_verified: true }, null],
    [{ email: 7, email_verified: true }, null],
    [{ email: 'a@b.example', email_verified: false }, null],
    [{ email: 'a@b.example', email_verified: 'true' }, null],
    [{ email: 'a@b.example' }, null],
    [{ email: '', email_verified: true }, null],
  ])('%j has the address %s', (payload, email) => {
    expect(readClaims(plain, 'u1', payload).person).toEqual({ email });
  });

  const trusting = issuerWith({ kind: 'person', emailIsVerified: true });
  it.each([
    [{}, 'a@b.example'],
    [{ email_verified: true }, 'a@b.example'],
    [{ email_verified: false }, null],
    [{ email_verified: 'false' }, null],
    [{ email_verified: null }, null],
  ])('%j has the address %s, of an issuer that is known to check all of them', (payload, email) => {
    const { person } = readClaims(trusting, 'u1', { email: 'a@b.example', ...payload });
    expect(person).toEqual({ email });
  });

  const numbered = issuerWith({ kind: 'person', personClaims: { employee: 'no' } });
  it.each([
    [{ no: 417 }, '417'],
    [{ no: '00417' }, '417'],
    [{ no: ' ００417' }, '417'],
    [{ no: '00' }, '0'],
    [{ no: 0 }, '0'],
    [{ no: '00417a' }, '00417a'],
    [{ no: 4.17 }, null],
    [{ no: ['417'] }, null],
    [{ no: 2 ** 53 }, null],
  ])('%j is employee %s', (payload, employee) => {
    expect(readClaims(numbered, 'u1', payload).person).toEqual({ employee });
  });

  it.each([
    [{ groups: ['a', 'b'] }, ['a', 'b']],
    [{ groups: 'a' }, ['a']],
    [{ groups: '' }, []],
    [{ groups: ['a', 7, null] }, ['a']],
    [{ groups: { a: true } }, []],
    [{}, []],
  ])('%j is in %j', (payload, groups) => {
    expect(readClaims(plain, 'u1', payload).groups).toEqual(groups);
  });

  it.each([
    [{ realm_access: { roles: ['a'] } }, ['a']],
    [{ realm_access: 'roles' }, []],
    [{ realm_access: null }, []],
    [{ realm_access: [['roles', ['a']]] }, []],
    [{ realm_access: Object.create({ roles: ['a'] }) as object }, []],
    [{ roles: ['a'] }, []],
  ])('%j, by a path, is in %j', (payload, groups) => {
    expect(readClaims(person, 'u1', payload).groups).toEqual(groups);
  });

  it('with a dot in its name is given as a list', () => {
    const dotted = issuerWith({ kind: 'person', groupsClaim: ['https://example.com/groups'] });
    expect(readClaims(dotted, 'u1', { 'https://example.com/groups': ['a'] }).groups).toEqual(['a']);
  });
});

describe("a workload's claims", () => {
  const rules = [
    { when: { repository: 'acme/*', ref: 'refs/heads/*' }, name: 'acme', groups: ['ci'] },
    { when: { 'job.kind': 'nightly' }, name: 'nightly', groups: ['ci', 'load'] },
  ];
  const workload = issuerWith({ kind: 'workload', rules });

  it.each([
    [{ repository: 'acme/shop', ref: 'refs/heads/main' }, 'acme'],
    [{ repository: 'acme/', ref: 'refs/heads/' }, 'acme'],
    [{ repository: 'acme/a\nb', ref: 'refs/heads/main' }, 'acme'],
    [{ job: { kind: 'nightly' } }, 'nightly'],
  ])('%j are those of %s', (payload, name) => {
    expect(readClaims(workload, 'u1', payload)).toMatchObject({ name, person: {} });
  });

  it.each([
    [{ repository: 'acme/shop' }],
    [{ repository: 'acme/shop', ref: 'refs/tags/1' }],
    [{ repository: 'evil/acme/shop', ref: 'refs/heads/main' }],
    [{ repository: 'acmeXshop', ref: 'refs/heads/main' }],
    [{ job: { kind: 'nightly2' } }],
    [{ job: { kind: ['nightly'] } }],
    [{}],
  ])('%j are nobody’s', (payload) => {
    expect(() => readClaims(workload, 'u1', payload)).toThrow(
      expect.objectContaining({ code: 'token_untrusted' }),
    );
  });
});
