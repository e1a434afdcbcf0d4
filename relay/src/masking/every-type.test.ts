import { describe, expect, it } from 'vitest';
import type { LogicalType, ResultColumn } from '../warehouse/index.ts';
import { arrowField, arrowType, readArrowRows, writeCells, writeStream } from '../encoding/arrow/index.ts';
import { alone } from './cell.ts';
import { compileMask } from './compile-mask.ts';
import { maskArrow } from './mask-arrow.ts';
import type { MaskingPolicy } from './index.ts';

const KEYS = { token: new Uint8Array(32).fill(7) };

/** A value of each type as it travels: of the last ones, no part can be shown. */
const values: Readonly<Record<LogicalType, string>> = {
  text: 'ada@example.com',
  variant: '"ada@example.com"',
  fixed: '4111111111111111',
  real: '1234.5',
  decfloat: '1234.5',
  boolean: '1',
  date: '19750',
  time: '45296',
  timestamp_ntz: '1717243200',
  timestamp_ltz: '1717243200',
  timestamp_tz: '1717243200 1560',
  binary: '6164614065',
  object: '{"a":"ada@example.com"}',
  array: '["ada@example.com"]',
};
const temporal = ['date', 'time', 'timestamp_ntz', 'timestamp_ltz', 'timestamp_tz'] as const;
const whole = ['binary', 'object', 'array'] as const;

const nothing = (types: readonly LogicalType[]) => Object.fromEntries(types.map((type) => [type, null]));
const asItIs = (types: readonly LogicalType[]) =>
  Object.fromEntries(types.map((type) => [type, values[type]]));

describe.each<[string, MaskingPolicy, Partial<Record<LogicalType, string | null>>]>([
  [
    'redact',
    { method: 'redact' },
    {
      text: '***',
      variant: '"***"',
      ...nothing(['fixed', 'real', 'decfloat', 'boolean', ...temporal, ...whole]),
    },
  ],
  [
    'constant 1',
    { method: 'constant', value: '1' },
    {
      text: '1',
      variant: '"1"',
      fixed: '1',
      real: '1',
      decfloat: '1',
      boolean: '1',
      ...nothing([...temporal, ...whole]),
    },
  ],
  [
    'partial',
    { method: 'partial', keepFirst: 1, keepLast: 2 },
    {
      text: 'a**@*******.*om',
      variant: '"a**@*******.*om"',
      ...nothing(['fixed', 'real', 'decfloat', 'boolean', ...temporal, ...whole]),
    },
  ],
  [
    'date',
    { method: 'date', to: 'year' },
    {
      text: '***',
      variant: '"***"',
      date: '19723',
      timestamp_ntz: '1704067200',
      timestamp_ltz: '1704067200',
      timestamp_tz: '1704067200 1440',
      ...nothing(['fixed', 'real', 'decfloat', 'boolean', 'time', ...whole]),
    },
  ],
  [
    'number',
    { method: 'number', step: 1000 },
    {
      text: '***',
      variant: '"***"',
      fixed: '4111111111111000',
      real: '1000',
      decfloat: '1000',
      ...nothing(['boolean', ...temporal, ...whole]),
    },
  ],
  [
    'detect',
    { method: 'detect', detectors: ['email', 'card_number'] },
    {
      text: '***',
      variant: '"***"',
      object: '{"a":"***"}',
      array: '["***"]',
      fixed: null,
      // Bytes cannot be searched without knowing what they encode.
      binary: null,
      ...asItIs(['real', 'decfloat', 'boolean', ...temporal]),
    },
  ],
  ['token', { method: 'token', domain: 'd' }, nothing(['boolean', ...temporal, 'object', 'array'])],
])('%s', (_, policy, expected) => {
  it.each(Object.entries(expected) as [LogicalType, string | null][])('%s: %s', (type, masked) => {
    expect(mask(policy, of(type), values[type])).toBe(masked);
  });
});

describe('in Arrow, cell for cell as in JSON', () => {
  const policies: readonly MaskingPolicy[] = [
    { method: 'redact' },
    { method: 'null' },
    { method: 'constant', value: '1' },
    { method: 'partial', keepFirst: 1, keepLast: 2 },
    { method: 'token', domain: 'd' },
    { method: 'date', to: 'year' },
    { method: 'number', step: 1000 },
    { method: 'detect', detectors: ['email', 'card_number'] },
  ];
  const paths: MaskingPolicy = { method: 'json', paths: [{ path: ['a'], policy: { method: 'redact' } }] };
  const types = Object.keys(values) as LogicalType[];

  it.each([
    ...types.flatMap((type) => policies.map((policy) => [type, policy] as const)),
    ...(['variant', 'object', 'array'] as const).map((type) => [type, paths] as const),
  ])('%s, %o', (type, policy) => {
    const scale = type === 'fixed' || type === 'time' || type.startsWith('timestamp') ? 0 : null;
    const column = { ...of(type), scale, length: type === 'text' ? 1_000 : type === 'binary' ? 64 : null };
    const given = [values[type], null, values[type]];
    const bytes = writeStream(
      [{ field: arrowField(column, arrowType(column)), vectors: [writeCells(column, given)] }],
      [given.length],
    );
    const mask = compileMask(policy, column, KEYS);
    const masked = Buffer.from(maskArrow(bytes, given.length, [column], [mask]));
    const inJson = mask(given);
    expect(readArrowRows(masked)).toEqual(inJson.map((cell) => [cell]));
    // Nothing of the value, unless the mask itself leaves it. A single digit stands in the stream's own words, too.
    const isTelling = values[type].length > 1 && !inJson.includes(values[type]);
    expect(isTelling && masked.includes(values[type])).toBe(false);
  });
});

describe('what is not of the form that its column says', () => {
  it.each<[MaskingPolicy, ResultColumn, string, string | null]>([
    [{ method: 'date', to: 'month' }, of('date'), '19750x', null],
    [{ method: 'date', to: 'month' }, of('date'), 'x19750', null],
    [{ method: 'date', to: 'month' }, of('date'), '999999999', null],
    [{ method: 'date', to: 'month' }, of('timestamp_ntz'), '17x', null],
    [{ method: 'date', to: 'month' }, of('timestamp_ntz'), 'x17', null],
    [{ method: 'date', to: 'month' }, of('timestamp_tz'), '1717243200', null],
    [{ method: 'date', to: 'month' }, of('timestamp_tz'), 'soon 1440', null],
    [{ method: 'date', to: 'month' }, of('text'), 'on 1984-05-06', '***'],
    [{ method: 'date', to: 'month' }, of('text'), '1984-05-06!', '***'],
    [{ method: 'date', to: 'month' }, of('text'), '1984-05-06T10:11:12', '1984-05-01'],
    [{ method: 'date', to: 'month' }, of('text'), '1984-12-31 23:59\n', '1984-12-01'],
    [{ method: 'date', to: 'quarter' }, of('variant'), '"1984-05-06"', '"1984-04-01"'],
    [{ method: 'date', to: 'month' }, of('variant'), 'not JSON', '"***"'],
    [{ method: 'date', to: 'month' }, of('variant'), '"in May"', '"***"'],
    [{ method: 'date', to: 'month' }, of('variant'), 'null', 'null'],
    [{ method: 'number', step: 100 }, of('real'), ' ', null],
    [{ method: 'number', step: 100 }, of('real'), 'inf', null],
    [{ method: 'number', step: 100 }, of('fixed'), '250x', null],
    [{ method: 'number', step: 100 }, of('fixed'), 'x250', null],
    [{ method: 'number', step: 100 }, of('variant'), 'null', 'null'],
    [{ method: 'number', step: 100 }, of('variant'), '250', '200'],
    [{ method: 'number', step: 100 }, of('variant'), '"250"', '"***"'],
    [{ method: 'number', step: 100 }, { ...of('text'), length: 2 }, '250', '**'],
    [{ method: 'number', step: 100 }, { ...of('text'), length: 3 }, '250', '200'],
    [{ method: 'number', step: 1 }, { ...of('text'), length: null }, '250', '250'],
    [{ method: 'number', step: 0 }, of('fixed'), '250', null],
    // What lies below a negative number, by its fraction.
    [{ method: 'number', step: 10 }, of('fixed'), '-20', '-20'],
    [{ method: 'number', step: 10 }, of('fixed'), '-20.0', '-20'],
    [{ method: 'number', step: 10 }, of('fixed'), '-20.01', '-30'],
    [{ method: 'number', step: 10 }, { ...of('fixed'), scale: 1 }, '-20.01', '-30.0'],
    [{ method: 'number', step: 10 }, of('fixed'), '-0', '0'],
    [{ method: 'number', step: 0.25 }, of('fixed'), '1.6', '1'],
    [{ method: 'number', step: 0.25 }, { ...of('fixed'), scale: 1 }, '1.6', '1.5'],
    [{ method: 'number', step: 0.25 }, { ...of('fixed'), scale: 3 }, '-1.6', '-1.750'],
    [{ method: 'number', step: 0.5 }, { ...of('fixed'), scale: 2 }, '0.25', '0.00'],
    [{ method: 'number', step: 0.5 }, fixed(10, 2), '-1.50', '-1.50'],
    [{ method: 'number', step: 1 }, fixed(10, 2), '1.239', '1.00'],
    [{ method: 'number', step: 10 }, fixed(10, 2), '15', '10.00'],
    [{ method: 'number', step: 10 }, fixed(10, 2), '-15', '-20.00'],
    [{ method: 'number', step: 1_000 }, of('decfloat'), '1.2345E+3', '1000'],
    [{ method: 'constant', value: 'x1' }, of('real'), '5', null],
    [{ method: 'constant', value: '1x' }, of('real'), '5', null],
    [{ method: 'constant', value: '-12.25' }, of('real'), '5', '-12.25'],
    [{ method: 'constant', value: '0' }, of('boolean'), '1', '0'],
    [{ method: 'constant', value: '2' }, of('boolean'), '1', null],
    [{ method: 'constant', value: '12.34' }, fixed(4, 2), '5', '12.34'],
    [{ method: 'constant', value: '123.45' }, fixed(4, 2), '5', null],
    [{ method: 'constant', value: '12.3' }, fixed(4, 2), '5', null],
    [{ method: 'constant', value: '-99' }, fixed(2, 0), '5', '-99'],
    [{ method: 'constant', value: 'x9' }, fixed(2, 0), '5', null],
    [{ method: 'constant', value: '9x' }, fixed(2, 0), '5', null],
    [{ method: 'constant', value: '9'.repeat(38) }, of('fixed'), '5', '9'.repeat(38)],
    [{ method: 'constant', value: '9'.repeat(39) }, of('fixed'), '5', null],
    [{ method: 'constant', value: 'hidden' }, { ...of('text'), length: null }, '5', 'hidden'],
    // Exactly half may show, and no more.
    [{ method: 'partial', keepFirst: 1, keepLast: 1 }, of('text'), 'abcd', 'a**d'],
    [{ method: 'partial', keepFirst: 1, keepLast: 1 }, of('text'), 'abc', '***'],
    [{ method: 'partial', keepFirst: 0, keepLast: 2 }, of('text'), '09AZaz-{[`@/:é', '*****z-***@/:é'],
    [{ method: 'partial', keepFirst: 0, keepLast: 1 }, of('text'), '😀ab😀c', '****c'],
    [{ method: 'partial', keepFirst: 0, keepLast: 1 }, of('variant'), 'not JSON', '"***"'],
  ])('%o of %o: %s becomes %s', (policy, column, value, masked) => {
    expect(mask(policy, column, value)).toBe(masked);
  });
});

describe('a part that is kept', () => {
  const last = (value: string) => mask({ method: 'partial', keepFirst: 0, keepLast: 1 }, of('text'), value);

  it.each(['0', '9', 'a', 'z', 'A', 'Z', 'é', '٣'])('is a letter or digit of any script: %s', (character) => {
    expect(last(`ab${character}`)).toBe(`**${character}`);
  });

  it.each(['…', '[', '`', '{'])('is nothing else: %s', (character) => {
    expect(last(`abc${character}`)).toBe('**c*');
  });

  it.each(['/', ':', '@'])('has what separates it: %s', (character) => {
    expect(last(`abc${character}`)).toBe(`**c${character}`);
  });
});

describe('documents', () => {
  it.each([
    ['a key that is recognised', '{"ada@example.com":1}', '{"***":1}'],
    [
      'a number under a key that says what it is',
      '{"phone":301234567,"id":301234567}',
      '{"phone":null,"id":301234567}',
    ],
    ['a number in an array under such a key', '{"phone":[301234567]}', '{"phone":[null]}'],
    ['true, false and null', '{"a":true,"b":null}', '{"a":true,"b":null}'],
    ['what is no document', '{"a":ada@example.com', '"***"'],
  ])('are searched in %s', (_, document, masked) => {
    const policy: MaskingPolicy = { method: 'detect', detectors: ['email', 'phone'] };
    expect(mask(policy, of('variant'), document)).toBe(masked);
  });

  it.each([
    ['a longer match over a shorter', 'a@b.io', '***'],
    ['two side by side', 'a@b.io c@d.io', '*** ***'],
    ['what is before and behind', '<a@b.io>', '<***>'],
    ['a number and an address, whichever is first', 'tel 301234567, a@b.io', 'tel ***, ***'],
  ])('of text: %s', (_, given, masked) => {
    expect(mask({ method: 'detect', detectors: ['email', 'phone'] }, of('text'), given)).toBe(masked);
  });

  it.each([
    [['*'], '{"a":"x","b":null,"c":[1]}', '{"a":"***","b":null,"c":"***"}'],
    [['*'], '["x",{"b":1}]', '["***","***"]'],
    [['a', '*'], '{"a":{"b":"x"},"c":"y"}', '{"a":{"b":"***"},"c":"y"}'],
    [['a'], '[{"a":"x"},{"b":"y"}]', '[{"a":"***"},{"b":"y"}]'],
    [['a', 'b'], '{"a":5,"c":6}', '{"a":"***","c":6}'],
    [['a', 'b'], '{"a":{"b":{"c":1}}}', '{"a":{"b":"***"}}'],
    [['b'], '{"a":{"b":"x"}}', '{"a":{"b":"x"}}'],
  ])('at the path %j: %s becomes %s', (path, document, masked) => {
    const policy: MaskingPolicy = { method: 'json', paths: [{ path, policy: { method: 'redact' } }] };
    expect(mask(policy, of('variant'), document)).toBe(masked);
  });

  it('loses what is masked to nothing', () => {
    const policy: MaskingPolicy = { method: 'json', paths: [{ path: ['a'], policy: { method: 'null' } }] };
    expect(mask(policy, of('variant'), '{"a":"x","b":1}')).toBe('{"a":null,"b":1}');
    const twice: MaskingPolicy = {
      method: 'json',
      paths: [
        { path: ['a'], policy: { method: 'null' } },
        { path: ['*'], policy: { method: 'redact' } },
      ],
    };
    expect(mask(twice, of('variant'), '{"a":"x","b":1}')).toBe('{"a":null,"b":"***"}');
  });
});

describe('tokens of numbers', () => {
  const token = (value: string, column = of('real')) => mask({ method: 'token', domain: 'd' }, column, value);

  it.each([
    ['1.50', '1.5'],
    ['001', '1'],
    ['-01.0', '-1'],
    ['1e2', '100'],
    ['0.0', '0'],
    ['100', '1E2'],
  ])('%s and %s are one value', (one, other) => {
    expect(token(one)).toBe(token(other));
  });

  it.each([
    ['100', '1'],
    ['1', '-1'],
    ['1.05', '1.5'],
    ['0.1', '0.01'],
    ['10', '1'],
    ['12345678901234567890123', '12345678901234567890124'],
    ['0.1234567890123456789', '0.1234567890123456788'],
  ])('%s and %s are two', (one, other) => {
    expect(token(one)).not.toBe(token(other));
  });

  it('are of the column’s precision and scale', () => {
    const values = Array.from({ length: 200 }, (_, index) => String(index));
    const whole = values.map((value) => token(value, fixed(6, 0))!);
    expect(new Set(whole).size).toBeGreaterThan(190);
    expect(Math.max(...whole.map(Number))).toBeGreaterThan(99_999);
    expect(Math.max(...whole.map(Number))).toBeLessThan(1_000_000);
    expect(values.map((value) => Number(token(value, fixed(6, 2))) * 100)).toEqual(
      whole.map((number) => expect.closeTo(Number(number))),
    );
    expect(values.every((value) => /^0\.\d\d$/.test(token(value, fixed(2, 2))!))).toBe(true);
    expect(token('5', of('decfloat'))).toBe(token('5'));
  });

  it('are none for what is no number', () => {
    expect(token('about 5')).toBeNull();
    expect(token('5x')).toBeNull();
  });

  it('are the same in a column, alone, and of values too long to be chained block by block', () => {
    const column = of('text');
    const values = ['ada', 'x'.repeat(256), 'x'.repeat(257), 'é'.repeat(5_000), '', 'ada'];
    const tokens = compileMask({ method: 'token', domain: 'd' }, column, KEYS)([null, ...values]);
    expect(tokens).toEqual([
      null,
      ...values.map((value) => mask({ method: 'token', domain: 'd' }, column, value)),
    ]);
    expect(new Set(tokens).size).toBe(values.length);
  });

  it('of bytes are as long as the column takes', () => {
    const bytes = (length: number | null) =>
      mask({ method: 'token', domain: 'd' }, { ...of('binary'), length }, '6164');
    expect(bytes(4)).toMatch(/^[0-9A-F]{8}$/);
    expect(bytes(null)).toMatch(/^[0-9A-F]{32}$/);
    expect(bytes(1_000)).toMatch(/^[0-9A-F]{32}$/);
  });
});

function mask(policy: MaskingPolicy, column: ResultColumn, value: string): string | null {
  return alone(compileMask(policy, column, KEYS))(value);
}

function of(type: LogicalType): ResultColumn {
  const length = type === 'text' ? 1_000 : null;
  return { name: 'C', type, nullable: false, precision: null, scale: null, length };
}

function fixed(precision: number, scale: number): ResultColumn {
  return { ...of('fixed'), precision, scale };
}
