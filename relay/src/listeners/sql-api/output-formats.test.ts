import { describe, expect, it } from 'vitest';
import { cellWriter, outputFormats } from './output-formats.ts';

/** A cell as it is written when a request says so. */
function written(
  type: Parameters<typeof cellWriter>[0]['type'],
  cell: string,
  asked: Readonly<Record<string, string>>,
) {
  return cellWriter({ type }, outputFormats(asked))?.(cell) ?? null;
}

describe('dates and times', () => {
  it.each([
    ['date', '19783', { DATE_OUTPUT_FORMAT: 'YYYY-MM-DD' }, '2024-03-01'],
    ['date', '-1', { DATE_OUTPUT_FORMAT: 'DD-MON-YY' }, '31-Dec-69'],
    ['date', '19783', { DATE_OUTPUT_FORMAT: 'DY, DD MMMM YYYY' }, 'Fri, 01 March 2024'],
    ['date', '19783', { DATE_OUTPUT_FORMAT: 'AUTO' }, '2024-03-01'],
    ['time', '49507.123456789', { TIME_OUTPUT_FORMAT: 'HH24:MI:SS.FF3' }, '13:45:07.123'],
    ['time', '49507', { TIME_OUTPUT_FORMAT: 'HH12:MI:SS AM' }, '01:45:07 PM'],
    [
      'timestamp_ntz',
      '1709300707.5',
      { TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD"T"HH24:MI:SS.FF' },
      '2024-03-01T13:45:07.500000000',
    ],
    [
      'timestamp_ntz',
      '-0.000000001',
      { TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9' },
      '1969-12-31 23:59:59.999999999',
    ],
    ['timestamp_tz', '1709300707 1560', { TIMESTAMP_TZ_OUTPUT_FORMAT: 'HH24:MI TZH:TZM' }, '15:45 +02:00'],
    ['timestamp_tz', '1709300707 1110', { TIMESTAMP_OUTPUT_FORMAT: 'AUTO' }, '2024-03-01 08:15:07.000 -0530'],
    [
      'timestamp_ltz',
      '1720000000',
      { TIMESTAMP_OUTPUT_FORMAT: 'HH24:MI TZHTZM', TIMEZONE: 'Europe/Berlin' },
      '11:46 +0200',
    ],
    [
      'timestamp_ltz',
      '1709300707',
      { TIMESTAMP_OUTPUT_FORMAT: 'HH24:MI TZHTZM', TIMEZONE: 'Europe/Berlin' },
      '14:45 +0100',
    ],
    ['date', '19783', { DATE_OUTPUT_FORMAT: 'yyyy-mm-dd' }, '2024-03-01'],
    ['date', '-354285', { DATE_OUTPUT_FORMAT: 'YYYY YY' }, '1000 00'],
    ['date', '-719000', { DATE_OUTPUT_FORMAT: 'YYYY' }, '0001'],
    ['date', '10957', { DATE_OUTPUT_FORMAT: '"YYYY" YY-MON-MMMM ' }, 'YYYY 00-Jan-January '],
    ['date', '19783', { DATE_OUTPUT_FORMAT: 'xYYYYY' }, 'x2024Y'],
    ['date', '19783', { DATE_OUTPUT_FORMAT: '"open YY' }, '"open 24'],
    ['time', '0', { TIME_OUTPUT_FORMAT: 'HH12:MI AM' }, '12:00 AM'],
    ['time', '43200', { TIME_OUTPUT_FORMAT: 'HH12:MI PM' }, '12:00 PM'],
    ['time', '43199', { TIME_OUTPUT_FORMAT: 'HH12:MI:SS am' }, '11:59:59 AM'],
    ['time', '43199.5', { TIME_OUTPUT_FORMAT: 'HH:MI:SS.FF0|FF1|FF9' }, '11:59:59.|5|500000000'],
    ['time', '49507', { TIME_OUTPUT_FORMAT: 'auto' }, '13:45:07'],
    [
      'timestamp_ntz',
      '-1.5',
      { TIMESTAMP_OUTPUT_FORMAT: 'YYYY MM DD HH24:MI:SS.FF1' },
      '1969 12 31 23:59:58.5',
    ],
    ['timestamp_ntz', '-1', { TIMESTAMP_OUTPUT_FORMAT: 'SS.FF' }, '59.000000000'],
    ['timestamp_ntz', '0', { TIMESTAMP_OUTPUT_FORMAT: 'YYYY', TIMESTAMP_NTZ_OUTPUT_FORMAT: 'MM' }, '01'],
    [
      'timestamp_ltz',
      '0',
      { TIMESTAMP_OUTPUT_FORMAT: 'YYYY', TIMESTAMP_LTZ_OUTPUT_FORMAT: 'HH24 TZH' },
      '00 +00',
    ],
    [
      'timestamp_tz',
      '0 1440',
      { TIMESTAMP_OUTPUT_FORMAT: '', TIMESTAMP_TZ_OUTPUT_FORMAT: 'TZH:TZM' },
      '+00:00',
    ],
    ['timestamp_tz', '0', { TIMESTAMP_OUTPUT_FORMAT: 'HH24 TZH:TZM' }, '00 +00:00'],
    ['timestamp_tz', '0 1441', { TIMESTAMP_OUTPUT_FORMAT: 'HH24:MI TZH:TZM' }, '00:01 +00:01'],
    ['timestamp_tz', '0 1381', { TIMESTAMP_OUTPUT_FORMAT: 'HH24:MI TZH:TZM' }, '23:01 -00:59'],
    // Of a zone, only what is local has one of its own.
    ['timestamp_ntz', '0', { TIMESTAMP_OUTPUT_FORMAT: 'HH24', TIMEZONE: 'Asia/Tokyo' }, '00'],
    ['timestamp_ltz', '0', { TIMESTAMP_OUTPUT_FORMAT: 'HH24', TIMEZONE: 'Asia/Tokyo' }, '09'],
  ] as const)('%s %s with %o is %s', (type, cell, asked, text) => {
    expect(written(type, cell, asked)).toBe(text);
  });

  it.each([
    ['of another type', 'fixed', { DATE_OUTPUT_FORMAT: 'YYYY' }],
    ['that nothing is said of', 'date', { TIME_OUTPUT_FORMAT: 'HH24' }],
    ['that nothing is said of but the zone', 'timestamp_ltz', { TIMEZONE: 'Asia/Tokyo' }],
    ['that nothing is said of but another kind', 'timestamp_tz', { TIMESTAMP_NTZ_OUTPUT_FORMAT: 'HH24' }],
    ['whose format is empty', 'date', { DATE_OUTPUT_FORMAT: '' }],
    ['that nothing is said of at all', 'date', {}],
  ] as const)('stay numbers where they are %s', (_title, type, asked) => {
    expect(written(type, '1', asked)).toBeNull();
  });

  it.each([
    '***',
    'tok_1',
    '',
    '99999999999999999999',
    '999999999999999',
    '1x',
    'x1',
    '1.',
    '1 2 3',
    '1.0000000001',
  ])('that a mask has made %o stay it', (cell) => {
    expect(written('date', cell, { DATE_OUTPUT_FORMAT: 'YYYY' })).toBe(cell);
  });

  const from = (...parts: readonly number[]) => String(Date.UTC(...(parts as [number, number])) / 1_000);

  it('have each month and day by its name', () => {
    const names = Array.from({ length: 12 }, (_, month) =>
      written('timestamp_ntz', from(2023, month, month + 1), { TIMESTAMP_OUTPUT_FORMAT: 'DY MON MMMM' }),
    );
    expect(names).toEqual([
      'Sun Jan January',
      'Thu Feb February',
      'Fri Mar March',
      'Tue Apr April',
      'Fri May May',
      'Tue Jun June',
      'Fri Jul July',
      'Tue Aug August',
      'Sat Sep September',
      'Tue Oct October',
      'Sat Nov November',
      'Tue Dec December',
    ]);
    expect(written('timestamp_ntz', from(2023, 0, 2), { TIMESTAMP_OUTPUT_FORMAT: 'dy' })).toBe('Mon');
    expect(written('timestamp_ntz', from(2023, 0, 4), { TIMESTAMP_OUTPUT_FORMAT: 'dy' })).toBe('Wed');
  });
});
