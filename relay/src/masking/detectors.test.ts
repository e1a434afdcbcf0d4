import { describe, expect, it } from 'vitest';
import { DETECTORS } from './detectors/index.ts';
import type { DetectorName } from './masking-policy.ts';

const JWT = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"ada"}').toString('base64url')}.c2lnbmF0dXJl`;
const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';

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
    ['[219-09-9999]', 'SSN [219099999]', 'social security [219 09 9999]'],
    ['219099999', '666-09-9999', '900-09-9999', '219-00-9999', '219-09-0000', '000-12-3456', '1219-09-9999'],
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
  ['email', ['write to [ada.l@shop.example]!', '[a+b@x-y.co.uk]'], ['ada@localhost', '@ada', 'a@b.1']],
  [
    'phone',
    [
      '[+49 30 1234567]',
      '[(415) 555-2671]',
      '[415-555-2671]',
      'call me [0301234567]',
      'mobile: [0151 23456789]',
    ],
    ['0301234567', '12345678', '2026-11-20', '115-555-2671'],
  ],
  [
    'national_id',
    [
      '[12345678Z]',
      '[X1234567L]',
      '[529.982.247-25]',
      'CPF [52998224725]',
      'BSN [111222333]',
      '[2341 2341 2346]',
      'Aadhaar [234123412346]',
      '[AB 12 34 56 C]',
    ],
    ['12345678A', '529.982.247-26', '111222333', '2341 2341 2341', '234123412346', 'GB123456C'],
  ],
  [
    'secret_key',
    [
      '[AKIAIOSFODNN7EXAMPLE]',
      `[ghp_${'a1'.repeat(18)}]`,
      'aws secret [wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]',
      `x [${KEY}] y`,
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

it('takes the name of the column for context', () => {
  expect(DETECTORS.us_ssn({ text: '219099999', column: 'CUSTOMER_SSN' })).toHaveLength(1);
});

function mark(name: DetectorName, text: string): string {
  return DETECTORS[name]({ text, column: '' }).reduceRight(
    (marked, { start, end }) => `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`,
    text,
  );
}
