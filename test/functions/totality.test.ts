import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { LogicalType, Warehouse, WarehouseSession } from '../../relay/src/warehouse/index.ts';
import { functionNames } from '../../relay/src/warehouse/embedded/render/calls.ts';
import { executable } from '../../relay/src/warehouse/embedded/testing.ts';
import {
  type ArgumentRole,
  convertsAlways,
  type Family,
  functionNamed,
  type FunctionSignature,
} from '../../snowflake-sql/src/functions/index.ts';
import { EVERY_COLUMN, familyOfColumn, nastyTables } from './nasty-values.ts';

/*
 * An experiment: what the table calls total is run, by the embedded warehouse, over values that break things. A
 * function or a conversion that fails on one of them tells it apart from others, and belongs marked in the table.
 */
let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 20 });
  session = await warehouse.openSession(warehouse.defaults);
  for (const statement of nastyTables) await run(statement);
});
afterAll(() => warehouse.close());

async function run(sql: string): Promise<LogicalType | undefined> {
  const { columns, chunks } = await session.execute(
    await executable(session, sql),
    new AbortController().signal,
  );
  for await (const { open } of chunks) await open();
  return columns[0]?.type;
}

async function fails(sql: string): Promise<boolean> {
  return run(sql).then(
    () => false,
    () => true,
  );
}

it('knows every function that the embedded warehouse can run', () => {
  expect(functionNames.filter((name) => functionNamed(name) === undefined)).toEqual([]);
});

const tried = functionNames
  .flatMap((name) => functionNamed(name) ?? [])
  .filter(({ kind }) => ['scalar', 'aggregate', 'count', 'window'].includes(kind));

/**
 * Faults of the embedded warehouse, which are not to be found in Snowflake: its TRY_TO_TIMESTAMP takes times, which
 * Snowflake refuses. Texts that it makes for each row are bounded closer than Snowflake's. Whole numbers of 128 bits are
 * no type of Snowflake's.
 */
const FAULTS = [/^REPLACE\(TEXT, VARIANT, TEXT\)/, /^(SUM|AVG)\(INT128\)/];

const untried: string[] = [];

describe('never fails, and gives what it says', () => {
  it.each(tried.map((signature) => [signature.name, signature] as const))('%s', async (_, signature) => {
    const failed: string[] = [];
    const mistyped: string[] = [];
    let calls = 0;
    for (const call of callsOf(signature)) {
      // What cannot be bound does not fail by a value.
      const type = await run(`SELECT ${call.sql} AS V FROM ${call.from} WHERE 1 = 0`).catch(() => null);
      if (type == null) continue;
      calls += 1;
      if (await fails(call.every)) failed.push(call.label);
      const given = familyOfLogicalType(type);
      if (![given, 'unknown'].includes(returned(signature, call))) mistyped.push(`${call.label}: ${given}`);
    }
    expect(failed.filter((call) => !FAULTS.some((fault) => fault.test(call)))).toEqual([]);
    expect(mistyped).toEqual([]);
    if (calls === 0) untried.push(signature.name);
  });

  it('but for those that cannot be called on columns so', () => {
    // A separator is a constant; GROUPING wants a GROUP BY; names of UUIDs are not supported; what INSERT makes may be too long.
    const expected = ['ARRAY_TO_STRING', 'GROUPING', 'GROUPING_ID', 'INSERT', 'UUID_STRING'];
    expect(untried.filter((name) => takesSomething(functionNamed(name)!)).sort()).toEqual(expected);
  });
});

it.each([
  'NASTY_VARIANT AS T, LATERAL FLATTEN(INPUT => T.V) AS F',
  'NASTY_VARIANT AS T, LATERAL FLATTEN(INPUT => T.V, OUTER => TRUE) AS F',
  'NASTY_TEXT AS T, NASTY_TEXT AS S, LATERAL SPLIT_TO_TABLE(T.V, S.V) AS F',
])('makes rows of anything: %s', async (from) => {
  expect(await fails(`SELECT COUNT(F.VALUE), COUNT(F.INDEX) FROM ${from}`)).toBe(false);
});

describe('the values break what is marked', () => {
  it.each([
    'SQRT(V) FROM NASTY_WHOLE',
    'ABS(V) FROM NASTY_INT64',
    "SUBSTR('abc', V) FROM NASTY_INT64",
    "LEFT('abc', V) FROM NASTY_INT64",
    "LPAD(V, 5, '') FROM NASTY_TEXT",
    "LPAD('a', 5, V) FROM NASTY_TEXT",
    'CHR(V) FROM NASTY_INT32',
    'EXP(V) * SQUARE(V) FROM NASTY_WHOLE',
    "REGEXP_LIKE('a', V) FROM NASTY_TEXT",
    'PARSE_JSON(V) FROM NASTY_TEXT',
    'TO_NUMBER(V) FROM NASTY_TEXT',
    'TO_DATE(V) FROM NASTY_TIME',
    "DATE_TRUNC('month', V) FROM NASTY_DATE",
    'LAST_DAY(V) FROM NASTY_DATE',
    'WEEK(V) FROM NASTY_DATE',
    'DATEADD(day, 1, V) FROM NASTY_DATE',
    'TRANSFORM(V, e -> e) FROM NASTY_VARIANT',
    'SUM(W.V) FROM NASTY_WHOLE AS W CROSS JOIN NASTY_TEXT AS OTHER',
  ])('%s', async (text) => {
    await expect(run(`SELECT ${text}`)).rejects.toMatchObject({ code: 'statement_failed' });
  });
});

it('converts always what it says that it does', async () => {
  const failed: string[] = [];
  for (const column of EVERY_COLUMN) {
    for (const [family, type] of [
      ['text', 'VARCHAR'],
      ['variant', 'VARIANT'],
    ] as const) {
      const sql = `SELECT COUNT(DISTINCT V::${type}) FROM NASTY_${column}`;
      if (convertsAlways(familyOfColumn(column), family) && (await fails(sql)))
        failed.push(`${column} to ${family}`);
    }
  }
  expect(failed).toEqual([]);
});

interface NastyCall {
  readonly label: string;
  readonly roles: readonly ArgumentRole[];
  /** A nasty column or a tame literal for each. */
  readonly options: readonly string[];
  readonly sql: string;
  readonly from: string;
  /** Runs it over every row, so that it is computed for each. */
  readonly every: string;
}

/** `F(C0.V, 1, C2.V)` over every pair, or three, of nasty values; a tame one where the table says that it can fail. */
function* callsOf({ name, argument, fewest, most, kind }: FunctionSignature): Generator<NastyCall> {
  for (let given = fewest; given <= Math.min(most ?? 3, 3); given += 1) {
    const roles = Array.from({ length: given }, (_, place) => argument(place, given));
    for (const options of choices(roles.map((role) => optionsOf(name, role)))) {
      const places = options.flatMap((option, place) => (isColumn(option) ? [place] : []));
      if (places.length === 0 || !areAlike(roles, options)) continue;
      const args = options.map((option, place) => (isColumn(option) ? `C${place}.V` : option));
      const over = kind === 'window' ? ` OVER (ORDER BY C${places[0]}.V)` : '';
      const sql = `${name}(${args.join(', ')})${over}`;
      const from = places.map((place) => `NASTY_${options[place]} AS C${place}`).join(', ');
      const all = `SELECT ${sql} AS V FROM ${from}`;
      const every = kind === 'scalar' ? `SELECT COUNT(DISTINCT V) FROM (${all})` : all;
      yield { label: `${name}(${options.join(', ')})`, roles, options, sql, from, every };
    }
  }
}

/** What shares a type is converted by who calls; here it is of one type from the start. */
function areAlike(roles: readonly ArgumentRole[], options: readonly string[]): boolean {
  return ['value', 'compared'].every((does) => {
    const group = options.filter(
      (_, place) => roles[place]!.takes === 'common' && roles[place]!.does === does && !roles[place]!.fails,
    );
    return new Set(group).size <= 1;
  });
}

function isColumn(option: string): boolean {
  return EVERY_COLUMN.includes(option);
}

/** Whether the table calls it total in some argument, so that there is something to try. */
function takesSomething({ argument, fewest, most }: FunctionSignature): boolean {
  const given = Math.max(fewest, Math.min(most ?? 3, 3));
  return Array.from({ length: given }, (_, place) => argument(place, given)).some(
    ({ fails, does }) => !fails && (does === 'value' || does === 'compared'),
  );
}

function optionsOf(name: string, { takes, does, fails }: ArgumentRole): readonly string[] {
  if (does === 'part' && takes === 'any') return PARTS;
  if (does === 'lambda') return ['e -> e'];
  if (fails && takes === 'variant' && name.startsWith('OBJECT_')) return ["PARSE_JSON('{}')"];
  if (fails) return [TAME[takes] ?? "'a'"];
  if (takes === 'any' || takes === 'common') return EVERY_COLUMN;
  return EVERY_COLUMN.filter((column) => convertsAlways(familyOfColumn(column), takes)).sort(
    (a, b) => Number(familyOfColumn(b) === takes) - Number(familyOfColumn(a) === takes),
  );
}

const PARTS = 'year quarter month week day hour minute second millisecond dow doy epoch'
  .split(' ')
  .map((part) => `'${part}'`);

const TAME: Readonly<Record<string, string>> = {
  number: '1',
  common: 'NULL',
  variant: "PARSE_JSON('[]')",
  time: "'2024-01-01'::DATE",
};

/** Every choice of one option for each place; of too many, those that are all alike or differ in one place. */
function choices(options: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const count = options.reduce((product, { length }) => product * length, 1);
  if (count <= 300) {
    return options.reduce<readonly (readonly string[])[]>(
      (all, some) => all.flatMap((one) => some.map((option) => [...one, option])),
      [[]],
    );
  }
  const longest = Math.max(...options.map(({ length }) => length));
  const alike = Array.from({ length: longest }, (_, at) => options.map((some) => some[at % some.length]!));
  const others = options.flatMap((some, place) =>
    some.map((option) => options.map((usual, at) => (at === place ? option : usual[0]!))),
  );
  return [...new Map([...alike, ...others].map((choice) => [choice.join(), choice])).values()];
}

/** What the table says of the value's family, where the arguments are of the families that it takes. */
function returned({ returns }: FunctionSignature, { roles, options }: NastyCall): Family {
  const families = options.map((option) => (isColumn(option) ? familyOfColumn(option) : 'unknown'));
  const isConverted = families.some(
    (family, place) =>
      isFamily(roles[place]!.takes) && isColumn(options[place]!) && family !== roles[place]!.takes,
  );
  if (isConverted) return 'unknown';
  if (returns === 'first') return families[0]!;
  if (returns === 'integer' || returns === 'float') return 'number';
  if (returns !== 'common') return returns;
  return (
    families.find((_, place) => roles[place]!.takes === 'common' && roles[place]!.does === 'value') ??
    'unknown'
  );
}

function isFamily(takes: ArgumentRole['takes']): takes is Family {
  return takes !== 'any' && takes !== 'common';
}

function familyOfLogicalType(type: LogicalType): Family {
  switch (type) {
    case 'fixed':
    case 'real':
    case 'decfloat':
      return 'number';
    case 'date':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return 'time';
    case 'object':
    case 'array':
      return 'variant';
    default:
      return type;
  }
}
