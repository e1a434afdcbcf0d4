import type { Family } from '@sluice/snowflake-sql';

/** Columns of values that break things, for the experiment of `totality.test.ts` alone. */
interface Nasty {
  readonly family: Family;
  /** Snowflake's, or null for a type that only values make: whole numbers of DuckDB's own. */
  readonly type: string | null;
  readonly values: readonly string[];
}

const FARTHEST = '9'.repeat(38);
const HUGEST = '170141183460469231731687303715884105727';

const NASTY: Readonly<Record<string, Nasty>> = {
  TEXT: {
    family: 'text',
    type: 'VARCHAR',
    values: [
      ...quoted([
        '',
        ' ',
        '0',
        '-1',
        'NaN',
        'a',
        'A',
        '%',
        '_',
        '\\\\',
        '(',
        '[',
        "'",
        '"',
        '$',
        '{',
        '{}',
        '[1]',
        'null',
      ]),
      ...quoted([
        'é',
        'e\u0301',
        'ß',
        'İ',
        '👩‍👩‍👧',
        '\u202e',
        '\ufeff',
        '\uffff',
        'a,b',
        'a.b',
        'ſ',
        '\t\n',
        '2024-01-01',
        FARTHEST,
      ]),
      "REPEAT('x', 2000)",
      "REPEAT('😀', 1000)",
      'CHR(1)',
    ],
  },
  WHOLE: {
    family: 'number',
    type: 'NUMBER(38, 0)',
    values: quoted([
      '0',
      '1',
      '-1',
      FARTHEST,
      `-${FARTHEST}`,
      '9223372036854775807',
      '-9223372036854775808',
      '2147483648',
    ]),
  },
  NARROW: {
    family: 'number',
    type: 'NUMBER(9, 0)',
    values: quoted(['0', '1', '-1', '999999999', '-999999999']),
  },
  DECIMAL: {
    family: 'number',
    type: 'NUMBER(38, 10)',
    values: quoted([
      '0',
      '0.5',
      '-0.5',
      '0.0000000001',
      `${'9'.repeat(28)}.${'9'.repeat(10)}`,
      `-${'9'.repeat(28)}.${'9'.repeat(10)}`,
    ]),
  },
  FRACTION: {
    family: 'number',
    type: 'NUMBER(38, 38)',
    values: quoted(['0', '0.5', `0.${FARTHEST}`, `-0.${FARTHEST}`]),
  },
  FLOAT: {
    family: 'number',
    type: 'FLOAT',
    values: quoted([
      '0',
      '-0',
      'nan',
      'inf',
      '-inf',
      '1.7976931348623157e308',
      '-1.7976931348623157e308',
      '5e-324',
      '0.5',
      '1e19',
      '-1',
    ]),
  },
  INT32: { family: 'number', type: null, values: ['0', '1', '2147483647', '(-2147483647 - 1)'] },
  INT64: {
    family: 'number',
    type: null,
    values: ['0', '1', '9223372036854775807', '(-9223372036854775807 - 1)'],
  },
  INT128: { family: 'number', type: null, values: ['0', '1', HUGEST, `(-${HUGEST} - 1)`] },
  BOOLEAN: { family: 'boolean', type: 'BOOLEAN', values: quoted(['true', 'false']) },
  DATE: {
    family: 'time',
    type: 'DATE',
    values: quoted([
      '1970-01-01',
      '0001-01-01',
      '9999-12-31',
      '99999-12-31',
      '1582-10-04',
      '2024-02-29',
      '5881580-07-10',
      '5877642-06-25 (BC)',
      'infinity',
      '-infinity',
    ]),
  },
  TIME: { family: 'time', type: 'TIME', values: quoted(['00:00:00', '23:59:59.999999', '24:00:00']) },
  TIMESTAMP: {
    family: 'time',
    type: 'TIMESTAMP_NTZ',
    values: quoted([
      '1970-01-01 00:00:00',
      '0001-01-01 00:00:00',
      '9999-12-31 23:59:59.999999',
      '2024-02-29 12:00:00',
      '294247-01-10 04:00:54.775806',
      '290309-12-22 (BC) 00:00:00',
      'infinity',
      '-infinity',
    ]),
  },
  ZONED: {
    family: 'time',
    type: 'TIMESTAMP_TZ',
    values: quoted([
      '1970-01-01 00:00:00+00',
      '0001-01-01 00:00:00+14',
      '9999-12-31 23:59:59.999999-12',
      '294247-01-10 04:00:54.775806+00',
      '290309-12-22 (BC) 00:00:00+00',
      'infinity',
      '-infinity',
    ]),
  },
  BINARY: {
    family: 'binary',
    type: 'BINARY',
    values: quoted(['', '61', '00', 'FFFE', 'C328']),
  },
  VARIANT: {
    family: 'variant',
    type: 'VARIANT',
    values: quoted([
      'null',
      'true',
      '0',
      '-1e400',
      '1.5',
      FARTHEST.repeat(3),
      '"x"',
      '""',
      '"\\\\u0000"',
      '[]',
      '{}',
      '[1,[2]]',
      '["a","b"]',
      '{"a":{"b":null}}',
      '{"":1}',
      '{"a":1,"a":2}',
    ]).map((text) => `PARSE_JSON(${text})`),
  },
};

function quoted(values: readonly string[]): readonly string[] {
  return values.map((value) => `'${value.replaceAll("'", "''")}'`);
}

export const EVERY_COLUMN: readonly string[] = Object.keys(NASTY);

export function familyOfColumn(column: string): Family {
  return NASTY[column]!.family;
}

/** A table `NASTY_x` for each, of its values and NULL in a column V. */
export const nastyTables: readonly string[] = Object.entries(NASTY).map(([column, { type, values }]) => {
  const cast = type === null || type === 'VARIANT' ? '' : `::${type}`;
  const rows = values.map((value) => `SELECT ${value}${cast} AS V`);
  return `CREATE TABLE NASTY_${column} AS ${rows.join(' UNION ALL ')} UNION ALL SELECT NULL`;
});
