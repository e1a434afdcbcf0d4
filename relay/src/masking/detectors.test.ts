import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectMask } from './detect-mask.ts';
import { verhoeff } from './detectors/checksums.ts';
import { DETECTORS } from './detectors/index.ts';
import type { DetectorName } from './masking-policy.ts';

const JWT = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"ada"}').toString('base64url')}.c2lnbmF0dXJl`;
const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';
const COLUMN = { name: 'C', precision: null, scale: null, length: null } as const;

/** Published test numbers and examples of the standards; `[...]` is what must be found. */
describe.each<[DetectorName, readonly string[], readonly string[]]>([
  [
    'card_number',
    [
      '[4111111111111111]',
      'order 12 [4111 1111 1111 1111] 2 pieces',
      'ref.[4111111111111111].',
      'Visa [4012-8888-8888-1881], thanks',
      '[5555 5555 5555 4444]',
      '[2223003122003222]',
      '[378282246310005]',
      '[6011111111111117]',
      '[30569309025904]',
      '[3530111333300000]',
      '[6200000000000005]',
    ],
    ['4111111111111112', '1234567812345670', '24111111111111111111', '0.4111111111111111'],
  ],
  [
    'us_ssn',
    [
      '[219-09-9999]',
      'SSN [219099999]',
      'social security [219099999]',
      'social sec [219099999]',
      'socialsecurity [219099999]',
      `ssn${' '.repeat(37)}[219099999]`,
    ],
    [
      '219099999',
      // Further away than a word counts for.
      `ssn${' '.repeat(38)}219099999`,
      '666-09-9999',
      '900-09-9999',
      '219-00-9999',
      '219-09-0000',
      '000-12-3456',
      '1219-09-9999',
      '219-09-99990',
    ],
  ],
  [
    'iban',
    [
      '[DE89 3704 0044 0532 0130 00]',
      'pay AB12 [DE89 3704 0044 0532 0130 00] soon please',
      'to [GB82WEST12345698765432].',
      '[nl91abna0417164300]',
      '[FK88 SC12 3456 7890 12]',
    ],
    ['DE88370400440532013000', 'DE8937040044053201300', 'ZZ89370400440532013000'],
  ],
  [
    'email',
    [
      'write to [ada.l@shop.example]!',
      '[a+b@x-y.co.uk]',
      `${'a long story, '.repeat(9)}[ada@shop.example] and [omar@shop.example]`,
      // A name has 64 characters at most, so what stands before them is none of it.
      `xxxxxx[${'y'.repeat(64)}@shop.example]`,
      '[a@b.io]@c.io',
    ],
    ['ada@localhost', '@ada', '@shop.example', ' @shop.example', 'a@b.1'],
  ],
  [
    'phone',
    [
      '[+49 30 1234567]',
      '[(415) 555-2671]',
      '[415-555-2671]',
      'call [0301234567]',
      'called [0301234567]',
      'call me [0301234567]',
      'called me [0301234567]',
      'mobile: [0151 23456789]',
    ],
    ['0301234567', '12345678', '2026-11-20', '115-555-2671'],
  ],
  [
    'national_id',
    [
      '[12345678Z]',
      '[12345678-Z]',
      '[X1234567L]',
      '[Y1234567X]',
      '[Z1234567R]',
      '[529.982.247-25]',
      'CPF [52998224725]',
      'BSN [111222333]',
      '[2341 2341 2346]',
      'Aadhaar [234123412346]',
      '[AB 12 34 56 C]',
    ],
    [
      '12345678A',
      'Z1234567X',
      '529.982.247-26',
      // Its second check digit is right for its first, which is wrong.
      'CPF 529.982.247-33',
      '52998224725',
      '111.111.111-11',
      '111222333',
      'BSN 123456789',
      '2341 2341 2341',
      '234123412346',
      'GB123456C',
      'AB123456E',
    ],
  ],
  [
    'secret_key',
    [
      '[AKIAIOSFODNN7EXAMPLE]',
      `[ghp_${'a1'.repeat(18)}]`,
      'aws secret [wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]',
      `x [${KEY}] y`,
      `[${KEY}][${KEY}]`,
      `-----END PRIVATE KEY-----[${KEY}]`,
      // Cut off.
      '[-----BEGIN EC PRIVATE KEY-----\nMIIEow]',
      // Of what began in a key, nothing is a key of its own.
      '[-----BEGIN PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----] y',
    ],
    ['AKIA', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'sk-short', '-----BEGIN PUBLIC KEY-----'],
  ],
  [
    'secret_key',
    [
      `token [ghp_${'a1'.repeat(18)}] of a robot`,
      `[github_pat_${'a1'.repeat(18)}]`,
      `[glpat-${'a-'.repeat(10)}]`,
      `[xoxb-${'1a'.repeat(8)}]`,
      `key=[AIza${'b_'.repeat(17)}c]`,
      `[rk_live_${'4eC3'.repeat(6)}]`,
      `[sk-${'A1b2'.repeat(6)}]`,
      `access_key: [${'aB3/'.repeat(10)}]`,
      `accesskey: [${'aB3/'.repeat(10)}]`,
    ],
    [`ghp_${'a'.repeat(35)}`, 'xoxb-short', `sk_prod_${'4eC3'.repeat(6)}`, `id ${'aB3/'.repeat(10)}`],
  ],
  [
    'jwt',
    [`Bearer [${JWT}]`],
    [
      'eyJhbGciOi.eyJ.x',
      'eyJ.a.b',
      // A header that names no algorithm is no token's.
      `${Buffer.from('{"type":"RS256"}').toString('base64url')}.e30.x`,
    ],
  ],
])('%s', (name, found, left) => {
  it.each(found)('finds %s', (marked) => {
    const text = marked.replaceAll(/[[\]]/g, '');
    expect(mark(name, text)).toBe(marked);
  });

  it.each(left)('leaves %s', (text) => {
    expect(mark(name, text)).toBe(text);
  });

  it('takes linear time on long hostile texts', () => {
    // Of this thread: a busy machine takes longer, not more of it.
    const started = process.threadCpuUsage();
    for (const piece of ['1 ', '1-', 'a.', 'a@', 'eyJ', '+1', 'A1 ', '-----BEGIN PRIVATE KEY-----'])
      mark(name, piece.repeat(50_000));
    expect(process.threadCpuUsage(started).user / 1_000).toBeLessThan(8_000);
  });
});

it('takes the name of the column for context, as far as names go', () => {
  const text = '219099999';
  expect(DETECTORS.us_ssn({ text, column: 'CUSTOMER_SSN' })).toHaveLength(1);
  expect(DETECTORS.us_ssn({ text, column: `SSN_${'X'.repeat(300)}` })).toHaveLength(1);
  expect(DETECTORS.us_ssn({ text, column: `${'X'.repeat(256)}_SSN` })).toEqual([]);
});

describe('what is masked of a text', () => {
  const masked = (text: string, type: 'text' | 'variant' = 'text') =>
    detectMask(['card_number', 'phone', 'email', 'us_ssn'], { ...COLUMN, type })(text);

  it('is all of what two detectors found, where it overlaps', () => {
    // A card's number, and from within it to behind it a telephone's.
    expect(masked('x 4111111111111111 y')).toBe('x *** y');
    expect(masked('+1 415 555 2671@shop.example y')).toBe('*** y');
  });

  it('is a number, whichever side of zero it is on', () => {
    expect(masked('{"a":-4111111111111111,"b":4111111111111111}', 'variant')).toBe('{"a":null,"b":null}');
  });

  it('is nothing where nothing is found, to the letter', () => {
    const text = '{"\\u0061":["\\u0062",true,false,null,1.50]}';
    expect(masked(text, 'variant')).toBe(text);
  });

  it('is what a key’s name holds, and what the key that it stands under makes of it', () => {
    expect(masked('{"ada@shop.example":1,"ssn 219099999":2}', 'variant')).toBe('{"***":1,"ssn ***":2}');
    expect(masked('{"ssn":["219099999",219099999]}', 'variant')).toBe('{"ssn":["***",null]}');
  });
});

/** Gumm, "A New Class of Check Digit Methods for Arbitrary Number Systems": what Verhoeff's scheme is for. */
describe('Verhoeff', () => {
  const checked = (digits: string) => '0123456789'.split('').filter((digit) => verhoeff(digits + digit));

  it.each([
    ['236', '3'],
    ['12345', '1'],
    ['142857', '0'],
    ['123456789012', '0'],
  ])('%s has the check digit %s', (digits, check) => {
    expect(checked(digits)).toEqual([check]);
  });

  it('notices each wrong digit and each two neighbours in each other’s place', () => {
    const digits = fc.array(fc.nat(9), { minLength: 2, maxLength: 14 });
    fc.assert(
      fc.property(digits, fc.nat(), fc.nat(8), (given, at, other) => {
        const right = [...given, Number(checked(given.join(''))[0])];
        const index = at % right.length;
        const wrong = right.with(index, (right[index]! + 1 + other) % 10);
        expect(verhoeff(wrong.join(''))).toBe(false);
        const first = at % given.length;
        const [one, two] = [right[first]!, right[first + 1]!];
        expect(
          verhoeff(
            right
              .with(first, two)
              .with(first + 1, one)
              .join(''),
          ),
        ).toBe(one === two);
      }),
    );
  });
});

function mark(name: DetectorName, text: string): string {
  return DETECTORS[name]({ text, column: '' }).reduceRight(
    (marked, { start, end }) => `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`,
    text,
  );
}
