import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogicalType } from '../../warehouse/index.ts';
import { readableValue } from './readable-value.ts';

const TABLE: readonly (readonly [LogicalType, scale: number | null, cell: string | null, value: unknown])[] =
  [
    ['fixed', 0, '42', 42],
    ['fixed', 0, '-42', -42],
    ['fixed', 0, '0', 0],
    ['fixed', 2, '19.90', 19.9],
    ['fixed', 2, '-0.05', -0.05],
    ['fixed', 2, '0.00', 0],
    // The last whole numbers that a double holds one by one, and the first that it does not.
    ['fixed', 0, '9007199254740991', 9_007_199_254_740_991],
    ['fixed', 0, '9007199254740993', '9007199254740993'],
    ['fixed', 0, '-9007199254740993', '-9007199254740993'],
    ['fixed', 0, '10000000000000000000000', 1e22],
    ['fixed', 0, '99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
    ['fixed', 2, '12345678901234.56', 12_345_678_901_234.56],
    ['fixed', 2, '123456789012345678.90', '123456789012345678.90'],
    ['fixed', 38, '0.00000000000000000000000000000000000001', 1e-38],
    ['fixed', 38, '0.12345678901234567890123456789012345678', '0.12345678901234567890123456789012345678'],
    ['real', null, '1.5', 1.5],
    ['real', null, '1e300', 1e300],
    ['real', null, '5e-324', 5e-324],
    ['real', null, '0.30000000000000004', 0.30000000000000004],
    ['real', null, '-0', '-0'],
    ['real', null, '-0.0', '-0.0'],
    ['real', null, 'inf', 'inf'],
    ['real', null, '-inf', '-inf'],
    ['real', null, 'NaN', 'NaN'],
    ['decfloat', null, '1.5E10', 1.5e10],
    ['decfloat', null, '1.2345678901234567890123456789012345678', '1.2345678901234567890123456789012345678'],
    ['decfloat', null, '1E+6144', '1E+6144'],
    ['text', null, '', ''],
    ['text', null, '042', '042'],
    ['text', null, 'NULL', 'NULL'],
    ['text', null, null, null],
    ['boolean', null, '1', true],
    ['boolean', null, '0', false],
    ['boolean', null, 'true', true],
    ['boolean', null, 'FALSE', false],
    ['date', null, '0', '1970-01-01'],
    ['date', null, '1826', '1975-01-01'],
    ['date', null, '-1', '1969-12-31'],
    ['date', null, '19782', '2024-02-29'],
    ['date', null, '-25508', '1900-03-01'],
    ['date', null, '-719162', '0001-01-01'],
    ['date', null, '-719528', '0000-01-01'],
    ['date', null, '-719529', '-000001-12-31'],
    ['date', null, '2932896', '9999-12-31'],
    ['date', null, '2932897', '+010000-01-01'],
    ['time', 9, '0.000000000', '00:00:00'],
    ['time', 0, '45296', '12:34:56'],
    ['time', 9, '86399.999999999', '23:59:59.999999999'],
    ['time', 9, '45296.500000000', '12:34:56.500'],
    ['time', 1, '45296.5', '12:34:56.5'],
    ['time', 9, '45296.000001000', '12:34:56.000001'],
    ['timestamp_ntz', 9, '1750542480.000000000', '2025-06-21T21:48:00'],
    ['timestamp_ntz', 9, '1704067200.123456789', '2024-01-01T00:00:00.123456789'],
    ['timestamp_ntz', 9, '-1.500000000', '1969-12-31T23:59:58.500'],
    ['timestamp_ntz', 9, '-0.000000001', '1969-12-31T23:59:59.999999999'],
    ['timestamp_ntz', 3, '253402300800.000', '+010000-01-01T00:00:00'],
    ['timestamp_ntz', 0, '-62135596800', '0001-01-01T00:00:00'],
    ['timestamp_ltz', 9, '1704067200.000000000', '2024-01-01T00:00:00Z'],
    ['timestamp_ltz', 3, '-1.500', '1969-12-31T23:59:58.500Z'],
    ['timestamp_tz', 9, '1704067200.000000000 1560', '2024-01-01T02:00:00+02:00'],
    ['timestamp_tz', 9, '1704067200.000000000 1440', '2024-01-01T00:00:00+00:00'],
    ['timestamp_tz', 9, '1704067200.250000000 870', '2023-12-31T14:30:00.250-09:30'],
    ['timestamp_tz', 0, '-1 1500', '1970-01-01T00:59:59+01:00'],
    ['binary', null, 'CAFE', 'CAFE'],
    ['binary', null, '', ''],
    ['variant', null, '{"a":[1,null,"x"]}', { a: [1, null, 'x'] }],
    ['variant', null, '"text"', 'text'],
    ['variant', null, 'null', null],
    ['variant', null, '{"id":9007199254740993,"n":0.1}', { id: '9007199254740993', n: 0.1 }],
    ['object', null, '{}', {}],
    ['array', null, '[undefined]', '[undefined]'],
    ['array', null, '["[{",{"b":true}]', ['[{', { b: true }]],
    // What is not as its type should be: a mask's, or of a warehouse that changed.
    ['fixed', 0, '***', '***'],
    ['boolean', null, 'perhaps', 'perhaps'],
    ['date', null, '2024-01-01', '2024-01-01'],
    ['time', 9, 'x', 'x'],
    ['timestamp_tz', 9, '1704067200.000000000', '1704067200.000000000'],
  ];

describe('a value is what a person reads', () => {
  it.each(TABLE)('%s(%s) %j', (type, scale, cell, value) => {
    expect(readableValue({ type, scale }, cell)).toEqual(value);
  });

  it.each([
    ['whole, but nested deep', '['.repeat(1_000) + ']'.repeat(1_000)],
    ['deeper than there is stack for', '['.repeat(100_000)],
  ])('an array %s', (_, cell) => {
    expect(readableValue({ type: 'array', scale: null }, cell)).toEqual(cell);
  });

  it('for every type of the protocol', () => {
    const types = {
      fixed: true,
      real: true,
      decfloat: true,
      text: true,
      boolean: true,
      date: true,
      time: true,
      timestamp_ntz: true,
      timestamp_ltz: true,
      timestamp_tz: true,
      binary: true,
      variant: true,
      object: true,
      array: true,
    } satisfies Record<LogicalType, true>;
    expect(new Set(TABLE.map(([type]) => type))).toEqual(new Set(Object.keys(types)));
  });

  it('keeps a key that means something to JavaScript a key', () => {
    const value = readableValue({ type: 'variant', scale: null }, '{"__proto__":{"polluted":1}}');
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('days and moments are those that JavaScript knows, as far as it does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (days) => {
        const [iso] = new Date(days * 86_400_000).toISOString().split('T');
        expect(readableValue({ type: 'date', scale: null }, String(days))).toBe(iso);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }), (seconds) => {
        const iso = new Date(seconds * 1_000).toISOString().replace('.000', '');
        expect(readableValue({ type: 'timestamp_ltz', scale: 0 }, String(seconds))).toBe(iso);
      }),
    );
  });

  it('a number of up to 38 digits is told exactly, as a number or as a text', () => {
    const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 38 }), (unscaled, scale) => {
        const size = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
        const cut = size.length - scale;
        const cell = `${unscaled < 0n ? '-' : ''}${size.slice(0, cut)}${scale === 0 ? '' : `.${size.slice(cut)}`}`;
        const value = readableValue({ type: 'fixed', scale }, cell);
        // As whoever parses the JSON of it writes it.
        const [, whole = '', behind = '', power = '0'] =
          /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(JSON.parse(JSON.stringify(value)))) ?? [];
        const shift = scale + Number(power) - behind.length;
        const read = BigInt(`${whole}${behind}${'0'.repeat(Math.max(0, shift))}`);
        expect(shift).toBeGreaterThanOrEqual(0);
        expect(unscaled < 0n ? -read : read).toBe(unscaled);
      }),
      { numRuns: 1_000 },
    );
  });
});
