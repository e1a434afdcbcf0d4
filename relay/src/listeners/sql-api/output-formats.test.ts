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
  ] as const)('%s %s with %o is %s', (type, cell, asked, text) => {
    expect(written(type, cell, asked)).toBe(text);
  });

  it.each([
    ['of another type', 'fixed', { DATE_OUTPUT_FORMAT: 'YYYY' }],
    ['that nothing is said of', 'date', { TIME_OUTPUT_FORMAT: 'HH24' }],
    ['that nothing is said of at all', 'date', {}],
  ] as const)('stay numbers where they are %s', (_title, type, asked) => {
    expect(written(type, '1', asked)).toBeNull();
  });

  it.each(['***', 'tok_1', '', '99999999999999999999'])('that a mask has made %o stay it', (cell) => {
    expect(written('date', cell, { DATE_OUTPUT_FORMAT: 'YYYY' })).toBe(cell);
  });
});
