import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '@sluice/snowflake-sql';
import { readFormat } from './format.ts';

it('reads CSV as Snowflake does by default', () => {
  expect(readFormat({})).toEqual({
    type: 'CSV',
    packed: true,
    delimiter: ',',
    skip: 0,
    quote: '',
    nullIf: ['\\N'],
    emptyIsNull: true,
    trims: false,
    countsFields: true,
  });
});

it.each<[FormatOptions, object]>([
  [{ FIELD_DELIMITER: '\\t' }, { delimiter: '\t' }],
  [{ FIELD_DELIMITER: '0x7c' }, { delimiter: '|' }],
  [{ FIELD_DELIMITER: 'NONE' }, { delimiter: '\u0001' }],
  [
    { SKIP_HEADER: 2, NULL_IF: 'NULL' },
    { skip: 2, nullIf: ['NULL'] },
  ],
  [
    { NULL_IF: ['', 'n/a'], EMPTY_FIELD_AS_NULL: false },
    { nullIf: ['', 'n/a'], emptyIsNull: false },
  ],
  [{ FIELD_OPTIONALLY_ENCLOSED_BY: '"' }, { quote: '"' }],
  [{ COMPRESSION: 'NONE' }, { packed: false }],
  [
    { TYPE: 'json', STRIP_OUTER_ARRAY: true },
    { type: 'JSON', stripsOuterArray: true },
  ],
  [
    { TYPE: 'PARQUET', SNAPPY_COMPRESSION: true },
    { type: 'PARQUET', binaryIsText: true },
  ],
])('reads %j', (options, expected) => {
  expect(readFormat(options)).toMatchObject(expected);
});

describe('what would be read otherwise than asked for is refused by name', () => {
  it.each<[FormatOptions, string]>([
    [{ TYPE: 'AVRO' }, 'AVRO'],
    [{ ESCAPE: '\\' }, 'ESCAPE'],
    [{ ENCODING: 'ISO-8859-1' }, 'ENCODING'],
    [{ DATE_FORMAT: 'DD.MM.YYYY' }, 'DATE_FORMAT'],
    [{ RECORD_DELIMITER: ';' }, 'RECORD_DELIMITER'],
    [{ FIELD_DELIMITER: '12345' }, 'FIELD_DELIMITER'],
    [{ SKIP_HEADER: -1 }, 'SKIP_HEADER'],
    [{ TRIM_SPACE: 'MAYBE' }, 'TRIM_SPACE'],
    [{ COMPRESSION: 'BROTLI' }, 'COMPRESSION'],
    [{ PARSE_HEADER: true }, 'PARSE_HEADER'],
    [{ WHATEVER: 1 }, 'WHATEVER'],
    [{ TYPE: 'JSON', NULL_IF: ['x'] }, 'NULL_IF'],
    [{ TYPE: 'PARQUET', TRIM_SPACE: true }, 'TRIM_SPACE'],
  ])('%j', (options, name) => {
    expect(() => readFormat(options)).toThrow(new RegExp(name));
  });
});
