import { describe, expect, it } from 'vitest';
import {
  type ArgumentRole,
  convertsAlways,
  familyOfType,
  functionNamed,
  type FunctionKind,
  isDatePart,
} from './index.ts';
import { signatures } from './notation.ts';
import { byName, TABLE } from './table.ts';

/** A role in few words, for tables: `number!`, `common compared`, `variant rows`. */
function spell({ takes, does, fails, rows }: ArgumentRole): string {
  return `${takes}${fails ? '!' : ''}${does === 'value' ? '' : ` ${does}`}${rows ? ' rows' : ''}`;
}

function argumentsOf(name: string, given: number): readonly string[] {
  const signature = functionNamed(name)!;
  return Array.from({ length: given }, (_, place) => spell(signature.argument(place, given)));
}

describe('arguments', () => {
  const cases: readonly (readonly [name: string, ...roles: string[]])[] = [
    ['UPPER', 'text'],
    ['SUBSTR', 'text', 'number!'],
    ['SUBSTR', 'text', 'number!', 'number!'],
    ['SQRT', 'number!'],
    ['ROUND', 'number'],
    ['ROUND', 'number', 'number!'],
    ['TRUNC', 'number', 'number! part'],
    ['TRANSLATE', 'text', 'text', 'text'],
    ['LPAD', 'text!', 'number!'],
    ['CHR', 'number!'],
    ['CONCAT', 'text', 'text', 'text', 'text'],
    ['CONCAT_WS', 'text', 'text', 'text'],
    ['REGEXP_SUBSTR', 'text', 'text!', 'number!'],
    ['SHA2', 'text', 'number!'],
    ['HASH', 'any', 'any'],
    ['HEX_DECODE_STRING', 'text!'],
    ['TRY_HEX_DECODE_STRING', 'text'],
    ['TO_NUMBER', 'any!'],
    ['TRY_TO_NUMBER', 'any'],
    ['TO_CHAR', 'any'],
    ['TO_CHAR', 'any!', 'text!'],
    ['PARSE_JSON', 'text!'],
    ['TRY_PARSE_JSON', 'text'],
    ['IFF', 'boolean choice', 'common', 'common'],
    ['NVL2', 'any choice', 'common', 'common'],
    ['NULLIF', 'common compared', 'common compared'],
    ['COALESCE', 'common', 'common', 'common'],
    ['DECODE', 'common compared', 'common compared', 'common'],
    ['DECODE', 'common compared', 'common compared', 'common', 'common'],
    ['DECODE', 'common compared', 'common compared', 'common', 'common compared', 'common'],
    ['DATEADD', 'any part', 'number!', 'time!'],
    ['DATE_TRUNC', 'any part', 'time!'],
    ['YEAR', 'time'],
    ['CONVERT_TIMEZONE', 'text!', 'time!'],
    ['CONVERT_TIMEZONE', 'text!', 'text!', 'time!'],
    ['TIMESTAMP_FROM_PARTS', 'time!', 'time!'],
    ['TIMESTAMP_FROM_PARTS', 'number!', 'number!', 'number!', 'number!', 'number!', 'number!'],
    ['GET_PATH', 'variant', 'text!'],
    ['AS_DECIMAL', 'variant'],
    ['AS_DECIMAL', 'variant!', 'number!', 'number!'],
    ['OBJECT_CONSTRUCT', 'text!', 'any', 'text!', 'any'],
    ['ARRAY_SIZE', 'variant'],
    ['ARRAY_TO_STRING', 'variant!', 'text'],
    ['FILTER', 'variant!', 'boolean! lambda'],
    ['TRANSFORM', 'variant!', 'any! lambda'],
    ['MAX', 'any'],
    ['LISTAGG', 'text!', 'text!'],
    ['OBJECT_AGG', 'text!', 'any!'],
    ['LAG', 'common', 'number!', 'common!'],
    ['FLATTEN', 'variant rows'],
    ['SPLIT_TO_TABLE', 'text rows', 'text rows'],
  ];
  it.each(cases)('%s takes %s %s %s %s %s', (name, ...roles) => {
    expect(argumentsOf(name, roles.length)).toEqual(roles);
  });

  it('is most careful with what no list has a place for', () => {
    const cautious = 'any! rows';
    expect(argumentsOf('UPPER', 2)).toEqual([cautious, cautious]);
    expect(argumentsOf('OBJECT_CONSTRUCT', 3)[2]).toBe(cautious);
    expect(spell(functionNamed('COALESCE')!.argument(5, 2))).toBe(cautious);
  });

  it('are given by name, too', () => {
    const named = [...functionNamed('FLATTEN')!.named].map(([name, role]) => [name, spell(role)]);
    expect(named).toEqual([
      ['INPUT', 'variant rows'],
      ['PATH', 'text! rows'],
      ['OUTER', 'boolean rows'],
      ['RECURSIVE', 'boolean rows'],
      ['MODE', 'text! rows'],
    ]);
    expect([...functionNamed('GENERATOR')!.named.keys()]).toEqual(['ROWCOUNT', 'TIMELIMIT']);
  });

  it.each([
    ['PI', 0, 0],
    ['UPPER', 1, 1],
    ['SUBSTR', 2, 3],
    ['DECODE', 3, null],
    ['OBJECT_CONSTRUCT', 0, null],
    ['COALESCE', 1, null],
    ['TO_CHAR', 1, 2],
    ['UUID_STRING', 0, 2],
    ['FLATTEN', 1, 5],
    ['SYSTEM$WAIT', 0, null],
  ])('of %s are from %d to %s', (name, fewest, most) => {
    expect(functionNamed(name)).toMatchObject({ name, fewest, most });
  });
});

describe('kinds', () => {
  const cases: Readonly<Record<FunctionKind, string>> = {
    scalar: 'UPPER IFF DATEADD GET_PATH TRANSFORM ST_X H3_GET_RESOLUTION HASH',
    aggregate: 'SUM MAX LISTAGG ARRAY_AGG APPROX_COUNT_DISTINCT COUNT_IF GROUPING',
    count: 'COUNT',
    window: 'ROW_NUMBER LAG FIRST_VALUE NTILE CONDITIONAL_TRUE_EVENT MATCH_NUMBER',
    context: 'CURRENT_USER CURRENT_TIMESTAMP LAST_QUERY_ID PI SEQ4',
    outside:
      'SYSTEM$WAIT SYSTEM$ GET_DDL GET_PRESIGNED_URL GETVARIABLE AI_COMPLETE AI_FILTER COMPLETE TO_QUERY',
    table: 'FLATTEN SPLIT_TO_TABLE STRTOK_SPLIT_TO_TABLE GENERATOR RESULT_SCAN',
  };
  it.each(Object.entries(cases))('%s', (kind, names) => {
    expect(names.split(' ').map((name) => functionNamed(name)?.kind)).toEqual(
      names.split(' ').map(() => kind),
    );
  });

  it('is not of the session what a column can be an argument of', () => {
    // The name's hash; a sequence that the seed decides; whether there is such a role.
    for (const name of ['UUID_STRING', 'RANDOM', 'IS_ROLE_IN_SESSION']) {
      expect(functionNamed(name)!.kind).toBe('scalar');
    }
  });

  it('has no function that is not there, nor one in another spelling', () => {
    for (const name of ['MY_FUNCTION', 'upper', '', 'constructor', '__proto__']) {
      expect(functionNamed(name)).toBeUndefined();
    }
  });
});

it('never lets a TRY_ function fail by the value that it tries', () => {
  const tries = [...TABLE.values()].filter(({ name }) => name.startsWith('TRY_'));
  const scalars = tries.filter(({ kind }) => kind === 'scalar');
  expect(scalars.length).toBeGreaterThan(20);
  expect(scalars.filter(({ argument, fewest }) => argument(0, fewest).fails)).toEqual([]);
});

it('says what a value is a family of', () => {
  const cases = {
    ROUND: 'number',
    LENGTH: 'integer',
    SQRT: 'float',
    UPPER: 'text',
    DATEADD: 'time',
    GET: 'variant',
    IFF: 'common',
    MAX: 'first',
    CAST: 'unknown',
  };
  for (const [name, returns] of Object.entries(cases)) expect(functionNamed(name)!.returns).toBe(returns);
});

describe('families', () => {
  it.each([
    ['NUMBER(38,0)', 'number'],
    ['DECIMAL(12, 2)', 'number'],
    ['DOUBLE', 'number'],
    ['DOUBLE PRECISION', 'number'],
    ['HUGEINT', 'number'],
    ['VARCHAR', 'text'],
    ['varchar(16)', 'text'],
    ['CHAR VARYING(4)', 'text'],
    ['BOOLEAN', 'boolean'],
    ['DATE', 'time'],
    ['TIMESTAMP_NTZ(9)', 'time'],
    ['TIMESTAMP(3) WITH TIME ZONE', 'time'],
    ['TIMESTAMP WITH TIME ZONE', 'time'],
    ['BLOB', 'binary'],
    ['JSON', 'variant'],
    ['ARRAY', 'variant'],
    ['ARRAY(NUMBER)', 'variant'],
    ['MAP(VARCHAR, NUMBER(38, 0))', 'variant'],
    ['OBJECT(a VARCHAR, b NUMBER)', 'variant'],
    ['INTEGER[]', 'variant'],
    ['STRUCT(a INTEGER)[3]', 'variant'],
    ['GEOGRAPHY', 'geo'],
    ['VECTOR(FLOAT, 256)', 'vector'],
    ['FILE', 'unknown'],
    ['VARCHARACTER', 'unknown'],
    ['', 'unknown'],
  ])('%s is a %s', (type, family) => expect(familyOfType(type)).toBe(family));

  it('convert to text, and from text to nothing', () => {
    for (const from of ['number', 'boolean', 'time', 'variant', 'binary'] as const) {
      expect(convertsAlways(from, 'text')).toBe(true);
      expect(convertsAlways('text', from)).toBe(false);
      expect(convertsAlways('variant', from)).toBe(from === 'variant');
    }
    expect(convertsAlways('boolean', 'number')).toBe(true);
    expect(convertsAlways('number', 'boolean')).toBe(false);
    expect(convertsAlways('number', 'number')).toBe(true);
    expect(convertsAlways('unknown', 'text')).toBe(false);
    expect(convertsAlways('unknown', 'unknown')).toBe(false);
    expect(convertsAlways('text', 'unknown')).toBe(false);
  });
});

it('knows the parts of dates as statements name them', () => {
  expect(['MONTH', 'YYYY', 'EPOCH_SECOND', 'DOW', 'TZH'].every(isDatePart)).toBe(true);
  expect(['month', 'EMAIL', '', 'MONTHNAME'].some(isDatePart)).toBe(false);
});

describe('the notation', () => {
  it.each([
    'UPPER',
    'UPPER(text)',
    'UPPER(text): words',
    'UPPER(words): text',
    'UPPER(text?!): text',
    'UPPER(text text): text',
    'UPPER(text, ): text',
    'UPPER(text..): text',
    'upper(text): text',
    'UPPER(text) (text, text): text',
    'F(text?, text): text',
    'F(text?, text...): text',
    'F(text..., text...): text',
    'F(text..., text?): text',
    'F((text, any)..., text): text',
    'F(A => text, A => text): text',
    'F(text) | (text, text): text | number',
    'F(text) | (number): text',
  ])('refuses %s', (line) => expect(() => signatures('scalar', line)).toThrow(line.split(':')[0]));

  it('reads comments, aliases and lines that go on', () => {
    const read = signatures('scalar', '-- why\n A, B,\n   C(text,\n number!?): text -- and how\n');
    expect(read.map(({ name, most }) => [name, most])).toEqual([
      ['A', 2],
      ['B', 2],
      ['C', 2],
    ]);
  });

  it('refuses a name that is there twice', () => {
    const once = signatures('scalar', 'F(text): text');
    expect(() => byName([...once, ...once])).toThrow('The function F is in the table twice');
  });
});
