import { tableFromIPC, Utf8 } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogicalType, ResultColumn } from '../warehouse/index.ts';
import { encodeRows, parseRows } from '../encoding/index.ts';
import { built, ipc } from '../encoding/arrow/testing.ts';
import { compileMask } from './compile-mask.ts';
import {
  checkShape,
  compileMasks,
  maskedColumns,
  maskedRecogniser,
  type MaskingPolicy,
  type MaskPlan,
} from './index.ts';
import { maskArrow } from './mask-arrow.ts';

const KEYS = { token: new Uint8Array(32).fill(7) };
const OTHER_KEYS = { token: new Uint8Array(32).fill(8) };

describe('values', () => {
  it.each([
    // redact
    ['redact', text(), 'secret', '***'],
    ['redact', text(2), 'ab', '**'],
    ['redact', fixed(10), '42', null],
    ['redact', of('variant'), '{"a":1}', '"***"'],
    ['redact', of('date'), '19723', null],
    ['redact', of('object'), '{}', null],
    ['null', text(), 'secret', null],
    [{ method: 'constant', value: 'hidden' }, text(3), 'secret', 'hid'],
    [{ method: 'constant', value: '0' }, fixed(10), '42', '0'],
    [{ method: 'constant', value: 'x' }, fixed(10), '42', null],
    // partial
    [partial(0, 4), text(), '4111 1111-1111 1234', '**** ****-**** 1234'],
    [partial(2, 4), text(), 'DE89370400440532013000', 'DE****************3000'],
    [partial(1, 0), text(), 'Łucja Żak', 'Ł**** ***'],
    [partial(0, 4), text(), '1234567', '***'],
    [partial(0, 4), text(), '', '***'],
    [partial(0, 2), of('variant'), '"+49 30 1234567"', '"+** ** *****67"'],
    [partial(0, 2), of('variant'), '123456', '"***"'],
    [partial(0, 4), fixed(16), '4111111111111111', null],
    [partial(1, 1), text(), 'a'.repeat(300), `a${'*'.repeat(298)}a`],
    [partial(1, 1), text(), '-'.repeat(300), '***'],
    [partial(1, 1), text(), '@AZaz[`{09/:', '@A*******9/:'],
    [partial(1, 0), text(), '北京上海', '北***'],
    [partial(1, 2), text(), 'ŁŻŁŻŁ', '***'],
    [partial(1, 2), text(), 'ŁŻŁŻŁŻ', 'Ł***ŁŻ'],
    [partial(1, 0), of('variant'), '"Łucja Żak"', '"Ł**** ***"'],
    [partial(1, 0), of('variant'), ' null\n', ' null\n'],
    [partial(1, 0), of('variant'), 'secretnull', '"***"'],
    [partial(1, 0), of('variant'), '[1, null', '"***"'],
    [partial(1, 0), of('variant'), 'nullsecret', '"***"'],
    [partial(1, 0), of('variant'), 'null, 1]', '"***"'],
    [partial(1, 0), of('variant'), 'secret"abcd"', '"***"'],
    [partial(1, 0), of('variant'), '"abcd"secret', '"***"'],
    [partial(1, 0), of('variant'), '"abcd"secret"', '"***"'],
    // dates
    [date('month'), of('date'), '19723', '19723'],
    [date('month'), of('date'), '19750', '19723'],
    [date('year'), of('date'), '-1', '-365'],
    [date('quarter'), of('timestamp_ntz', 3), '1717243200.123', '1711929600.000'],
    [date('year'), of('timestamp_tz', 0), '1717243200 1560', '1704067200 1440'],
    [date('year'), text(), '1984-05-06', '1984-01-01'],
    [date('year'), text(), '6 May 1984', '***'],
    [date('year'), of('date'), 'tomorrow', null],
    [date('year'), of('time'), '45296', null],
    // numbers
    [number(1000), fixed(10), '12345', '12000'],
    [number(1000), fixed(10), '-1', '-1000'],
    [number(10), fixed(38, 2), '12345678901234567890123456789.12', '12345678901234567890123456780.00'],
    [number(0.5), fixed(10, 2), '1.74', '1.50'],
    [number(100), of('real'), '250.5', '200'],
    [number(100), of('real'), 'NaN', null],
    [number(100), text(), '250', '200'],
    [number(100), text(), 'about 250', '***'],
    // detectors
    [detect('card_number'), text(), 'card 4111 1111 1111 1111 please', 'card *** please'],
    [detect('card_number'), fixed(16), '4111111111111111', null],
    [detect('card_number'), fixed(16), '4111111111111112', '4111111111111112'],
    [detect('email'), of('variant'), '{"mail":["a.b@shop.example"],"n":1.50}', '{"mail":["***"],"n":1.50}'],
    [detect('email'), of('variant'), '[undefined]', '"***"'],
    [detect('email', 'phone'), text(), 'a@b.io or +49 30 123456', '*** or ***'],
    // documents
    [
      json(['contact', 'email']),
      of('variant'),
      '{"contact":{"email":"a@b.io","city":"Ulm"},"id":12345678901234567890}',
      '{"contact":{"email":"***","city":"Ulm"},"id":12345678901234567890}',
    ],
    [
      json(['cards', '*', 'number']),
      of('variant'),
      '{"cards":[{"number":"4111"},{"number":4}]}',
      '{"cards":[{"number":"***"},{"number":"***"}]}',
    ],
    [
      json(['contact', 'email']),
      of('variant'),
      '{"contact":[{"email":"a@b.io"}]}',
      '{"contact":[{"email":"***"}]}',
    ],
    [json(['contact', 'email']), of('variant'), '{"contact":"a@b.io"}', '{"contact":"***"}'],
    [json(['contact', 'email']), of('variant'), '"a@b.io"', '"***"'],
    [json(['contact']), of('variant'), '{"contact":null}', '{"contact":null}'],
    [json(['a']), of('object'), 'no document', null],
    [json(['a']), text(), '{"a":"secret"}', '{"a":"***"}'],
  ] as const)('%o of %o', async (policy, column, value, expected) => {
    expect(await maskOne(typeof policy === 'string' ? { method: policy } : policy, column, value)).toBe(
      expected,
    );
  });
});

describe('tokens', () => {
  const token = (value: string, column = text(), domain = 'pii.email', keys = KEYS) =>
    maskOne({ method: 'token', domain }, column, value, keys);

  it('are equal for equal values of one domain and key, and for no others', async () => {
    const one = await token('a@b.io');
    expect(one).toMatch(/^tok_[a-z2-7]{20}$/);
    expect(await token('a@b.io')).toBe(one);
    const others = [
      await token('a@b.iO'),
      await token('a@b.io', text(), 'x'),
      await token('a@b.io', text(), 'pii.email', OTHER_KEYS),
    ];
    expect(others).not.toContain(one);
  });

  it.each([
    ['a short text', text(18), /^tok_[a-z2-7]{14}$/],
    ['a text just long enough for one', text(16), /^tok_[a-z2-7]{12}$/],
    ['a text of any length', { ...text(), length: null }, /^tok_[a-z2-7]{20}$/],
    ['a text too short for one', text(15), /^\*\*\*$/],
    ['a number', fixed(6, 2), /^\d{1,4}\.\d{2}$/],
    ['bytes', { ...of('binary'), length: 4 }, /^[0-9A-F]{8}$/],
  ])('fit %s', async (_title, column, form) => {
    expect(await token('1234.50', column)).toMatch(form);
  });

  it.each([
    ['"a@b.io"', /^"tok_[a-z2-7]{20}"$/],
    ['1234', /^\d{1,15}$/],
    ['{"a":1}', /^"\*\*\*"$/],
    ['null', /^null$/],
  ])('take a document of one value by its kind: %s', async (value, form) => {
    expect(await token(value, of('variant'))).toMatch(form);
  });

  it('stay what they were in what clients have stored, whatever version of the relay made them', async () => {
    const [numbers, bytes] = [fixed(6, 2), { ...of('binary'), length: 4 }];
    const made = [
      await token('ada@example.com'),
      await token('x'.repeat(256)),
      await token('x'.repeat(257)),
      await token('x'.repeat(257), text(), 'other'),
      await token('1234.50', numbers),
      await token('FF00', bytes),
    ];
    expect(made).toEqual([
      'tok_hnux5rexpwinthw3js64',
      'tok_s7efi527mqod4pxmxj6a',
      'tok_tnyockkenmlwp4dlr7dg',
      'tok_qesd5eyucpku6drefgov',
      '9084.97',
      '2ECA399E',
    ]);
  });

  it('of a text are the same in a column and in a document, however it is written there', async () => {
    for (const value of ['\\', 'a"b', 'Łódź', 'tab\t', 'plain'])
      expect(await token(JSON.stringify(value), of('variant'))).toBe(JSON.stringify(await token(value)));
    expect(await token('"\\u0061"', of('variant'))).toBe(JSON.stringify(await token('a')));
  });

  it.each(['01x', '1 2', 'x1', 'true', '[1]', '1,2'])(
    'of numbers are not made of what is none: %s',
    async (value) => {
      expect(await token(value, of('variant'))).toBe('"***"');
      expect(await token(value, fixed(10))).toBeNull();
    },
  );

  it('of numbers do not depend on how they are written', async () => {
    expect(await token('1.50', fixed(10, 2))).toBe(await token('01.5', fixed(10, 2)));
  });

  it('are not made of what has too few values to hide among', async () => {
    expect(await token('1', of('boolean'))).toBeNull();
    expect(await token('19723', of('date'))).toBeNull();
  });
});

describe('what a client writes back', () => {
  it('is recognised when it was masked', async () => {
    const token = (await maskOne({ method: 'token', domain: 'd' }, text(), 'a@b.io'))!;
    const half = (await maskOne(partial(0, 4), text(), '4111-1111-1111-1234'))!;
    expect(maskedRecogniser(KEYS)(`<${token.toUpperCase()}>`)).toBe('token');
    expect(maskedRecogniser(KEYS)(`${token}abc`)).toBe('token');
    const short = (await maskOne({ method: 'token', domain: 'd' }, text(16), 'a@b.io'))!;
    expect(maskedRecogniser(KEYS)(short)).toBe('token');
    expect(maskedRecogniser(KEYS)(half)).toBe('stars');
    expect(maskedRecogniser(KEYS)('***')).toBe('stars');
    expect(maskedRecogniser(KEYS)('+** ** * *')).toBe('stars');
  });

  it('is recognised each time, not just the first', async () => {
    const token = await maskOne({ method: 'token', domain: 'd' }, text(), 'a@b.io');
    const recognise = maskedRecogniser(KEYS);
    expect([recognise(token!), recognise(token!)]).toEqual(['token', 'token']);
  });

  it('is taken to be a token where more look like one than are checked', () => {
    const recognise = maskedRecogniser(KEYS);
    const alike = (index: number) =>
      `tok_${'a'.repeat(17)}${String(index)
        .padStart(3, '0')
        .replaceAll(/\d/g, (digit) => 'bcdefghijk'[Number(digit)]!)}`;
    const first = Array.from({ length: 1_000 }, (_, index) => recognise(alike(index)));
    expect(new Set(first)).toEqual(new Set([null]));
    expect(recognise(alike(0))).toBeNull();
    expect(recognise('tok_abcdefghijklmnop2345')).toBe('token');
  });

  it('is not recognised by a proof of another token', async () => {
    const [one, two] = await Promise.all(
      ['a@b.io', 'c@d.io'].map((value) => maskOne({ method: 'token', domain: 'd' }, text(), value)),
    );
    expect(maskedRecogniser(KEYS)(`${one!.slice(0, -4)}${two!.slice(-4)}`)).toBeNull();
    expect(maskedRecogniser(OTHER_KEYS)(one!)).toBeNull();
  });

  it.each(['tok_abcdefghijklmnop2345', 'a * b', '2 ** 3', 'tok_', ''])(
    'is let be when it was not: %s',
    (value) => {
      expect(maskedRecogniser(KEYS)(value)).toBeNull();
    },
  );
});

describe('the stream', () => {
  const columns = [text(), fixed(10), of('variant')];

  it('passes what is not masked as it is, and nulls as nulls', async () => {
    const rows = [
      ['a', '1', null],
      ['b', null, '{}'],
    ];
    const masks = [{ output: 1, policy: { method: 'redact' } }] as const;
    expect(maskedColumns({ columns, masks }).map(({ nullable }) => nullable)).toEqual([false, true, false]);
    expect(await maskRows(columns, masks, rows)).toEqual([
      ['a', null, null],
      ['b', null, '{}'],
    ]);
  });

  it('applies every mask of a column', async () => {
    const masks = [partial(0, 4), detect('card_number')].map((policy) => ({ output: 0, policy }));
    expect(await maskRows(columns, masks, [['4111111111111111', null, null]])).toEqual([
      ['************1111', null, null],
    ]);
  });

  it('goes on with no mask behind one that leaves nothing', async () => {
    const masks = [{ method: 'null' } as const, partial(0, 4)].map((policy) => ({ output: 0, policy }));
    expect(await maskRows(columns, masks, [['4111111111111111', null, null]])).toEqual([[null, null, null]]);
  });

  it('has tokens by domain, and columns of one domain share them', async () => {
    const masks = ['a', 'a', 'b'].map((domain, output) => ({
      output,
      policy: { method: 'token', domain } as const,
    }));
    const [[one, same, other]] = (await maskRows([text(), text(), text()], masks, [['x', 'x', 'x']])) as [
      (string | null)[],
    ];
    expect(one).toMatch(/^tok_/);
    expect([same === one, other === one]).toEqual([true, false]);
    const [[long, short]] = (await maskRows([text(), text(18)], masks.slice(0, 2), [['x', 'x']])) as [
      (string | null)[],
    ];
    expect([long?.length, short?.length]).toEqual([24, 18]);
  });

  it('is masked in Arrow as in JSON', async () => {
    const [email, city] = ['EMAIL', 'CITY'].map((name) => ({ ...text(), name })) as [
      ResultColumn,
      ResultColumn,
    ];
    const masks = [{ output: 0, policy: partial(0, 2) }];
    const mask = await compileMasks({ encoding: 'arrow', columns: [email, city], masks }, KEYS);
    const masked = (metadata: Readonly<Record<string, string>>) =>
      tableFromIPC(
        mask(
          ipc([
            { column: email, data: built(new Utf8(), ['secret', null]) },
            { column: city, data: built(new Utf8(), ['Ulm', 'Bern']), metadata },
          ]),
          2,
        ),
      );
    expect([...masked({}).getChild('EMAIL')!]).toEqual(['****et', null]);
    const given = ipc([{ column: email, data: built(new Utf8(), ['secret']) }]);
    const alone = await compileMasks({ encoding: 'arrow', columns: [email], masks }, KEYS);
    expect(alone(given, 1)).toEqual(maskArrow(given, 1, [email], [compileMask(partial(0, 2), email, KEYS)]));
    // Of the other columns, drivers are told what they go by, and nothing that only looks like it.
    const passed = (metadata: Readonly<Record<string, string>>) =>
      Object.fromEntries(masked(metadata).schema.fields[1]!.metadata);
    const known = {
      logicalType: 'TIMESTAMP_NTZ',
      precision: '38',
      scale: '0',
      charLength: '134217728',
      byteLength: '1234567890',
      finalType: 'T',
      physicalType: 'SB16',
    };
    expect(passed({ ...known, max: '7' })).toEqual(known);
    for (const finalType of [
      '12345678901',
      'secret',
      'aTEXT',
      'TEXTa',
      'SB167',
      'TEXT a',
      '1a',
      'a1',
      '-1',
      'ABCDEFGHIJKLMNOPQRSTU',
      '',
    ])
      expect([finalType, passed({ finalType })]).toEqual([finalType, {}]);
  });

  it('passes with as many columns as were understood', () => {
    expect(() => checkShape(3, columns)).not.toThrow();
  });

  it.each([
    [
      'a mask for a column that is not there',
      () => maskRows(columns, [{ output: 3, policy: { method: 'redact' } }], []),
    ],
    ['another number of columns than was understood', () => checkShape(2, columns)],
    [
      'a row of another width',
      () => maskRows(columns, [{ output: 0, policy: { method: 'redact' } }], [['a']]),
    ],
  ])('lets nothing through with %s', async (_title, attempt) => {
    await expect(Promise.resolve().then(attempt)).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('for any value', () => {
  const masks: readonly MaskingPolicy[] = [
    { method: 'redact' },
    partial(1, 2),
    { method: 'token', domain: 'd' },
    json(['a', 'b']),
  ];
  const columns = [
    text(),
    text(30),
    of('variant'),
    of('real'),
    of('date'),
    of('timestamp_ntz', 3),
    of('binary'),
    of('array'),
  ];

  it('nothing of four or more letters and digits comes out', async () => {
    const value = fc
      .oneof(fc.string({ minLength: 4, unit: 'grapheme' }), fc.stringMatching(/^\w{4,40}$/))
      .filter((text) => (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 4);
    await fc.assert(
      fc.asyncProperty(
        value,
        fc.constantFrom(...masks),
        fc.constantFrom(...columns),
        async (raw, policy, column) => {
          const cell = column.type === 'variant' || column.type === 'array' ? JSON.stringify(raw) : raw;
          const masked = await maskOne(policy, column, cell);
          expect(masked ?? '').not.toContain(raw);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('partial keeps as many as it says, and the length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[a-z0-9 @.-]{4,40}$/),
        fc.nat(3),
        fc.nat(3),
        async (raw, first, last) => {
          const masked = (await maskOne(partial(first, last), text(), raw))!;
          expect(masked.replaceAll(/[^a-z0-9]/g, '').length).toBeLessThanOrEqual(first + last);
          expect([raw.length, Math.min(3, raw.length)]).toContain(masked.length);
        },
      ),
    );
  });

  it('what was a number, a date, a document stays one, within its precision', async () => {
    const amount = fc
      .tuple(fc.bigInt(-(10n ** 8n), 10n ** 8n), fc.nat(99))
      .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
    await fc.assert(
      fc.asyncProperty(
        amount,
        fc.constantFrom<MaskingPolicy>({ method: 'token', domain: 'd' }, number(7), number(0.25)),
        async (raw, policy) => {
          expect(await maskOne(policy, fixed(12, 2), raw)).toMatch(/^-?\d{1,10}\.\d{2}$/);
        },
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.constantFrom<MaskingPolicy>(json(['*']), detect('email'), { method: 'redact' }),
        async (raw, policy) => {
          const masked = await maskOne(policy, of('variant'), raw);
          expect(() => JSON.parse(masked ?? 'null') as unknown).not.toThrow();
        },
      ),
    );
  });
});

function of(type: LogicalType, scale: number | null = null): ResultColumn {
  return { name: 'C', type, nullable: false, precision: null, scale, length: null };
}

function text(length = 16_777_216): ResultColumn {
  return { ...of('text'), length };
}

function fixed(precision: number, scale = 0): ResultColumn {
  return { ...of('fixed', scale), precision };
}

function partial(keepFirst: number, keepLast: number): MaskingPolicy {
  return { method: 'partial', keepFirst, keepLast };
}

function date(to: 'month' | 'quarter' | 'year'): MaskingPolicy {
  return { method: 'date', to };
}

function number(step: number): MaskingPolicy {
  return { method: 'number', step };
}

function detect(...detectors: Extract<MaskingPolicy, { method: 'detect' }>['detectors']): MaskingPolicy {
  return { method: 'detect', detectors };
}

function json(path: readonly string[]): MaskingPolicy {
  return { method: 'json', paths: [{ path, policy: { method: 'redact' } }] };
}

async function maskOne(
  policy: MaskingPolicy,
  column: ResultColumn,
  value: string,
  keys = KEYS,
): Promise<string | null> {
  const masks = [{ output: 0, policy }];
  return (await maskRows([column], masks, [[value]], keys))[0]![0]!;
}

async function maskRows(
  columns: readonly ResultColumn[],
  masks: MaskPlan['masks'],
  rows: readonly (readonly (string | null)[])[],
  keys = KEYS,
): Promise<(string | null)[][]> {
  const mask = await compileMasks({ encoding: 'json', columns, masks }, keys);
  return parseRows(mask(encodeRows(rows), rows.length));
}
