import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, isVisible } from '../folded.ts';
import { identityId, mailbox, readIdentityId, sameAccount, sameness } from './index.ts';
import type { Named } from './person.ts';

const ISSUER = 'https://id.example';
const SAML = 'https://saml.example';

function named(subject: string, person: Named['person'], more: Partial<Named> = {}): Named {
  const issuer = more.issuer ?? ISSUER;
  return { id: identityId(issuer, subject), issuer, kind: 'person', person, ...more };
}
const ada = named('ada', { email: 'ada@example.com' });
const is = (one: Named, other: Named) => {
  const there = sameness(one, other);
  expect(sameness(other, one).is).toBe(there.is);
  return there.is;
};

describe('two identities', () => {
  it.each<[string, Named, ReturnType<typeof is>]>([
    ['the same', named('ada', { email: 'other@example.com' }), 'same'],
    ['the same in capitals, without an address', named('ADA', { email: null }), 'same'],
    ['the same with a blank after it', named('ada ', { email: null }), 'same'],
    ['the same in full width', named('ａｄａ', { email: null }), 'same'],
    ['the same, the issuer written otherwise', named('ada', {}, { issuer: 'https://ID.example/' }), 'same'],
    ['of one address', named('a2', { email: 'ada@example.com' }, { issuer: SAML }), 'same'],
    ['of another address', named('a2', { email: 'a2@example.com' }), 'different'],
    ['of another address elsewhere', named('a2', { email: 'a2@example.com' }, { issuer: SAML }), 'different'],
    ['of no verified address', named('a2', { email: null }), 'unclear'],
    ['of the same subject elsewhere, no address', named('ada', { email: null }, { issuer: SAML }), 'unclear'],
    ['of an issuer that gives none', named('ada', { employee: '17' }, { issuer: SAML }), 'unclear'],
    ['of an issuer that says nothing of people', named('x', {}, { issuer: SAML }), 'unclear'],
    ['a pipeline', named('repo:x', {}, { kind: 'workload' }), 'different'],
    ['a pipeline that they started', named('r', { email: 'ada@example.com' }, { kind: 'workload' }), 'same'],
    ['a pipeline of nobody knows whom', named('r', { email: null }, { kind: 'workload' }), 'unclear'],
  ])('%s', (_, other, expected) => {
    expect(is(ada, other)).toBe(expected);
  });

  it('are one by one name in common, and two only when all differ', () => {
    const both = (email: string | null, employee: string | null) => named(`${email}`, { email, employee });
    const one = both('a@x', '17');
    expect(is(one, both('b@x', '17'))).toBe('same');
    expect(is(one, both('a@x', '18'))).toBe('same');
    expect(is(one, both('a@x', null))).toBe('same');
    expect(is(one, both('b@x', '18'))).toBe('different');
    // What a token leaves out must not make somebody else of its person.
    expect(is(one, both('b@x', null))).toBe('unclear');
    expect(is(one, both(null, '18'))).toBe('unclear');
    expect(is(one, named('c', { email: 'b@x' }))).toBe('different');
  });

  it('say what is missing, and of which issuer', () => {
    const there = sameness(ada, named('x', { email: null }, { issuer: SAML }));
    expect(there).toMatchObject({ why: `the tokens of ${SAML} carry no verified e-mail address` });
    const number = sameness(named('a', { nr: null }), named('x', { nr: '1' }, { issuer: SAML }));
    expect(number).toMatchObject({ why: `the tokens of ${ISSUER} carry no \`nr\`` });
  });

  it('are one account only to the letter', () => {
    const account = (subject: string, issuer = ISSUER) => ({ issuer, subject });
    expect(sameAccount(account('eve'), account('eve'))).toBe(true);
    for (const other of ['EVE', 'eve ', 'ｅve', 'ev\u0065\u0301']) {
      expect(sameAccount(account('eve'), account(other))).toBe(false);
    }
    expect(sameAccount(account('eve'), account('eve', `${ISSUER}/`))).toBe(false);
  });
});

describe('an identity’s id', () => {
  it.each([
    'EVE@corp',
    ' eve@corp ',
    'eve@corp\n',
    'Eve@Corp',
    'ｅｖｅ@corp',
    'e\u200bve@corp',
    'eve@corp\ufeff',
  ])('is one for %j', (subject) => {
    expect(identityId(ISSUER, subject)).toBe(`${ISSUER}|eve@corp`);
    expect(readIdentityId(`${ISSUER}/|${subject}`)).toBe(`${ISSUER}|eve@corp`);
  });

  it.each([
    ['straße', 'STRASSE'],
    ['ﬁona', 'fiona'],
    ['ς', 'Σ'],
    ['K', 'k'],
    ['a  b', 'a b'],
    ['a\u00a0b', 'a b'],
  ])('is one for %j and %j', (one, other) => {
    expect(identityId(ISSUER, one)).toBe(identityId(ISSUER, other));
  });

  it.each([
    ['eve', 'eva'],
    ['eve', 'e-ve'],
    // Only a reader would take them for one: the issuer gives out both.
    ['eve', 'еvе'],
  ])('tells %j from %j', (one, other) => {
    expect(identityId(ISSUER, one)).not.toBe(identityId(ISSUER, other));
  });

  it.each([
    ['ẞ', 'ss'],
    ['STRAẞE', 'strasse'],
    ['a\t\u0000\tb', 'a b'],
  ])('is the same for %j and %j', (text, same) => {
    expect(folded(text)).toBe(folded(same));
  });

  it('does not change when it is made again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(folded(folded(text))).toBe(folded(text));
        const id = identityId(ISSUER, text);
        expect(readIdentityId(id)).toBe(id);
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  'a\u200bda',
  'ada\u0000',
  'a\u00adda',
  'a\u202eda',
  '\u3164',
  'ada\u2800',
  'a\ufe0fda',
  '',
  '  ',
  '\ud800',
])('is not visible throughout: %j', (text) => {
  expect(isVisible(text)).toBe(false);
});

describe('a mailbox', () => {
  it.each([
    'ada@example.com',
    ' ADA@EXAMPLE.COM ',
    'Ada+test@Example.com',
    'ada+@example.com',
    '"ada"@example.com',
    '"a\\da"@example.com',
    '"Ada+x"@example.com',
    'ａｄａ@ｅｘａｍｐｌｅ.com',
    'ada@example.com.',
    'ada@example。com',
  ])('is one: %s', (address) => {
    expect(mailbox(address)).toBe('ada@example.com');
  });

  it.each([
    ['a.da@example.com', 'a.da@example.com'],
    ['adam+ada@example.com', 'adam@example.com'],
    ['ada@sub.example.com', 'ada@sub.example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['"a@b"@example.com', 'a@b@example.com'],
    ['太郎@example.jp', '太郎@example.jp'],
  ])('%s is %s', (address, expected) => {
    expect(mailbox(address)).toBe(expected);
  });

  it.each([
    'ada',
    '@example.com',
    'ada@',
    '+x@example.com',
    'ada(me)@example.com',
    'ada ada@example.com',
    'a\u200bda@example.com',
    'ada@exam\u00adple.com',
    // A Cyrillic `а` among Latin letters.
    'аda@example.com',
    'Ada <ada@example.com>',
    'ada@example.com, eve@example.com',
  ])('%j is none to compare by', (address) => {
    expect(mailbox(address)).toBeNull();
  });

  it('has no dots where they do not count', () => {
    expect(mailbox('A.d.a+x@Gmail.com', ['gmail.com'])).toBe('ada@gmail.com');
    expect(mailbox('A.d.a@example.com', ['gmail.com'])).toBe('a.d.a@example.com');
  });
});
