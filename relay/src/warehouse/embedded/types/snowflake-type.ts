import { isDeepStrictEqual } from 'node:util';
import type { Family, Tree } from '@sluice/snowflake-sql';
import { lengthOfText, parseType } from '@sluice/snowflake-sql/execution';

/**
 * A type as Snowflake has it. `null` is that of a NULL without a type, `unknown` that of what is not known here: then DuckDB's
 * own type is what the client is told.
 */
export type SnowflakeType =
  /** NUMBER: `precision` digits in all, `scale` of them after the point. */
  | { readonly kind: 'fixed'; readonly precision: number; readonly scale: number }
  /** VARCHAR: characters. */
  | { readonly kind: 'text'; readonly length: number }
  /** BINARY: bytes. */
  | { readonly kind: 'binary'; readonly length: number }
  /** `scale`: digits of fractional seconds. */
  | { readonly kind: TimeKind; readonly scale: number }
  /** `isOfDays`: whether a date stays one when it is added. */
  | { readonly kind: 'interval'; readonly isOfDays: boolean }
  /** A document; with a structure, of which types the values in it are. A MAP is an OBJECT that has one. */
  | { readonly kind: 'object' | 'array'; readonly structure?: Structure }
  | { readonly kind: 'real' | 'boolean' | 'date' | 'variant' | 'null' | 'unknown' };

/** Of an object its fields, of an array its elements, of a map its keys and its values. */
export interface Structure {
  readonly of: 'object' | 'array' | 'map';
  readonly fields: readonly StructureField[];
}

export interface StructureField {
  /** Empty for what is no field of an object. */
  readonly name: string;
  readonly type: SnowflakeType;
  readonly nullable: boolean;
}

type TimeKind = 'time' | 'timestamp_ntz' | 'timestamp_ltz' | 'timestamp_tz';

export type Fixed = Extract<SnowflakeType, { readonly kind: 'fixed' }>;

export const MOST_DIGITS = 38;
/** What Snowflake takes for the length of a VARCHAR that names none. */
export const LONGEST_TEXT = 16_777_216;
export const LONGEST_BINARY = 8_388_608;
const NANOSECONDS = 9;

export const UNKNOWN: SnowflakeType = { kind: 'unknown' };
export const NULL: SnowflakeType = { kind: 'null' };
export const REAL: SnowflakeType = { kind: 'real' };
export const BOOLEAN: SnowflakeType = { kind: 'boolean' };
export const DATE: SnowflakeType = { kind: 'date' };
export const TIME: SnowflakeType = { kind: 'time', scale: NANOSECONDS };
export const VARIANT: SnowflakeType = { kind: 'variant' };
export const OBJECT: SnowflakeType = { kind: 'object' };
export const ARRAY: SnowflakeType = { kind: 'array' };
export const TEXT: SnowflakeType = { kind: 'text', length: LONGEST_TEXT };
export const BINARY: SnowflakeType = { kind: 'binary', length: LONGEST_BINARY };
export const TIMESTAMP_NTZ: SnowflakeType = { kind: 'timestamp_ntz', scale: NANOSECONDS };
export const TIMESTAMP_LTZ: SnowflakeType = { kind: 'timestamp_ltz', scale: NANOSECONDS };
export const TIMESTAMP_TZ: SnowflakeType = { kind: 'timestamp_tz', scale: NANOSECONDS };
/** A whole number of any size. */
export const INTEGER: Fixed = { kind: 'fixed', precision: MOST_DIGITS, scale: 0 };

export function fixed(precision: number, scale: number): Fixed {
  return { kind: 'fixed', precision: Math.min(MOST_DIGITS, Math.max(1, precision)), scale };
}

/** Digits before the point. */
export function wholeDigits({ precision, scale }: Fixed): number {
  return precision - scale;
}

/** A type as it stands in a statement. */
export function typeOfDataType({ name, parameters, fields }: Tree.DataType): SnowflakeType {
  if (fields.length > 0 && NESTED.has(name)) return structured(name, fields);
  const numbers = parameters.map(({ text }) => Number(text));
  const kind = KINDS.get(name.toUpperCase());
  if (kind === 'text') return { kind, length: lengthOfText(name, parameters) ?? LONGEST_TEXT };
  return kind === undefined ? UNKNOWN : withParameters(kind, numbers);
}

/** Fields that a structured type has in all, at most (Snowflake: "Structured data types"). */
const MOST_FIELDS = 1_000;

function structured(name: string, given: readonly Tree.TypeField[]): SnowflakeType {
  const fields = given.map(({ name: key, type, nullable }) => ({
    name: key?.name ?? '',
    type: typeOfDataType(type),
    nullable,
  }));
  const [first, ...more] = fields;
  const isKnown = fields.every(({ type }) => type.kind !== 'unknown');
  const isTooLarge = countOf(fields) > MOST_FIELDS || levelsOf(fields) > MOST_LEVELS;
  if (first === undefined || !isKnown || isTooLarge) return UNKNOWN;
  switch (name) {
    case 'OBJECT':
      return areDistinct(fields) ? { kind: 'object', structure: { of: 'object', fields } } : UNKNOWN;
    case 'ARRAY':
      return more.length === 0 ? { kind: 'array', structure: { of: 'array', fields } } : UNKNOWN;
    case 'MAP':
      return more.length === 1 && isKey(first)
        ? { kind: 'object', structure: { of: 'map', fields } }
        : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** How deep types are nested in each other: DuckDB takes twice as long for each level of a cast. */
const MOST_LEVELS = 5;

function countOf(fields: readonly StructureField[]): number {
  return fields.reduce((sum, { type }) => sum + 1 + countOf(fieldsOf(type)), 0);
}

function levelsOf(fields: readonly StructureField[]): number {
  return fields.length === 0 ? 0 : 1 + Math.max(...fields.map(({ type }) => levelsOf(fieldsOf(type))));
}

function fieldsOf(type: SnowflakeType): readonly StructureField[] {
  return 'structure' in type ? (type.structure?.fields ?? []) : [];
}

function areDistinct(fields: readonly StructureField[]): boolean {
  return new Set(fields.map(({ name }) => name)).size === fields.length;
}

/** Snowflake: keys of a map are texts or whole numbers. */
function isKey({ type }: StructureField): boolean {
  return type.kind === 'text' || (type.kind === 'fixed' && type.scale === 0);
}

/** A type as the catalog names a column's: `NUMBER(12,2)`, `TIMESTAMP_NTZ(9)`. */
export function typeOfName(written: string): SnowflakeType {
  if (STRUCTURED.test(written)) {
    const parsed = parseType(written);
    return parsed === null ? UNKNOWN : typeOfDataType(parsed);
  }
  const [, name = '', parameters = ''] = /^\s*([^()]*?)\s*(?:\(([^()]*)\)\s*)?$/.exec(written) ?? [];
  const given = parameters.split(',').map((one) => one.trim());
  const numbers = given.every((one) => /^\d+$/.test(one)) ? given.map(Number) : [];
  const kind = KINDS.get(name.toUpperCase());
  return kind === undefined ? UNKNOWN : withParameters(kind, numbers);
}

const NESTED: ReadonlySet<string> = new Set(['OBJECT', 'ARRAY', 'MAP']);
const STRUCTURED = /^\s*(?:OBJECT|ARRAY|MAP)\s*\(/i;

type NamedKind = Exclude<SnowflakeType['kind'], 'interval' | 'null' | 'unknown'>;

function withParameters(kind: NamedKind, [first, second]: readonly number[]): SnowflakeType {
  switch (kind) {
    case 'fixed':
      return fixed(first ?? MOST_DIGITS, second ?? 0);
    case 'text':
      return { kind, length: first ?? LONGEST_TEXT };
    case 'binary':
      return { kind, length: first ?? LONGEST_BINARY };
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return { kind, scale: first ?? NANOSECONDS };
    case 'object':
    case 'array':
      return { kind };
    default:
      return { kind };
  }
}

/** The group of types that an expression's rendering goes by. */
export function familyOf(type: SnowflakeType): Family {
  switch (type.kind) {
    case 'fixed':
    case 'real':
      return 'number';
    case 'date':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return 'time';
    case 'variant':
    case 'object':
    case 'array':
      return 'variant';
    case 'interval':
    case 'null':
    case 'unknown':
      return 'unknown';
    default:
      return type.kind;
  }
}

/**
 * The type that values of all these have in one column: of a CASE, a COALESCE, a set operation. NULLs have any. Null where
 * Snowflake would convert from one family to another, which is not known here.
 */
export function commonType(types: readonly SnowflakeType[]): SnowflakeType {
  const [first, ...more] = types.filter(({ kind }) => kind !== 'null');
  if (first === undefined) return NULL;
  return more.reduce(common, first);
}

/**
 * The type of what is chosen among values: of a CASE, a COALESCE, a GREATEST. Beside a VARIANT every value becomes one; beside a time,
 * a text is read as one.
 */
export function chosenType(types: readonly SnowflakeType[]): SnowflakeType {
  const given = types.filter(({ kind }) => kind !== 'null');
  const families = new Set(given.map(familyOf));
  if (families.size < 2 || families.has('unknown')) return commonType(types);
  if (families.has('variant')) return VARIANT;
  const isOfTimes = families.size === 2 && families.has('text') && families.has('time');
  return isOfTimes ? commonType(given.filter((type) => familyOf(type) === 'time')) : commonType(types);
}

function common(one: SnowflakeType, other: SnowflakeType): SnowflakeType {
  if (one.kind === 'fixed' && other.kind === 'fixed') {
    const scale = Math.max(one.scale, other.scale);
    return fixed(Math.max(wholeDigits(one), wholeDigits(other)) + scale, scale);
  }
  if (one.kind === 'text' && other.kind === 'text') {
    return { kind: 'text', length: Math.max(one.length, other.length) };
  }
  const kinds = [one.kind, other.kind];
  if (kinds.every((kind) => kind === 'fixed' || kind === 'real')) return REAL;
  if (familyOf(one) === 'variant' && familyOf(other) === 'variant') {
    if (isDeepStrictEqual(one, other)) return one;
    if (one.kind !== other.kind) return VARIANT;
    return one.kind === 'array' ? ARRAY : OBJECT;
  }
  return one.kind === other.kind ? one : UNKNOWN;
}

/** DuckDB's type for a number of so many digits. */
export function decimal({ precision, scale }: Fixed): string {
  return `DECIMAL(${precision}, ${scale})`;
}

const words = (text: string) => text.trim().split(/\s*,\s*/);

const KINDS: ReadonlyMap<string, NamedKind> = new Map(
  Object.entries({
    fixed: 'NUMBER, DECIMAL, DEC, NUMERIC, INT, INTEGER, BIGINT, SMALLINT, TINYINT, BYTEINT',
    real: 'FLOAT, FLOAT4, FLOAT8, DOUBLE, DOUBLE PRECISION, REAL',
    text: `VARCHAR, CHAR, CHARACTER, NCHAR, STRING, TEXT, NVARCHAR, NVARCHAR2, CHAR VARYING, NCHAR VARYING,
      CHARACTER VARYING, BPCHAR`,
    binary: 'BINARY, VARBINARY',
    boolean: 'BOOLEAN, BOOL',
    date: 'DATE',
    time: 'TIME',
    timestamp_ntz: 'TIMESTAMP, TIMESTAMP_NTZ, TIMESTAMPNTZ, DATETIME, TIMESTAMP WITHOUT TIME ZONE',
    timestamp_ltz: 'TIMESTAMP_LTZ, TIMESTAMPLTZ, TIMESTAMP WITH LOCAL TIME ZONE',
    timestamp_tz: 'TIMESTAMP_TZ, TIMESTAMPTZ, TIMESTAMP WITH TIME ZONE',
    variant: 'VARIANT',
    object: 'OBJECT',
    array: 'ARRAY',
  } satisfies Partial<Record<NamedKind, string>>).flatMap(([kind, names]) =>
    words(names).map((name) => [name, kind as NamedKind] as const),
  ),
);
