/** A group of types. Conversion between families can fail. */
export type Family =
  'text' | 'number' | 'boolean' | 'time' | 'binary' | 'variant' | 'geo' | 'vector' | 'unknown';

/**
 * Whether every value of one family can be converted to another without failing. Every number converts to text, but
 * not every text to a number, not every number to a boolean (NaN), and not every text to a VARIANT (the embedded
 * warehouse reads it as JSON).
 *
 * A family is not a type. Conversions within a family can still fail: `::NUMBER(3)`, `::VARCHAR(4)` of a longer text in
 * an INSERT, `::TIMESTAMP` of a distant date, `::DATE` of a time of day.
 */
export function convertsAlways(from: Family, to: Family): boolean {
  return from !== 'unknown' && (from === to || CONVERSIONS[from].includes(to));
}

const CONVERSIONS: Readonly<Record<Exclude<Family, 'unknown'>, readonly Family[]>> = {
  text: [],
  number: ['text', 'variant'],
  boolean: ['text', 'number', 'variant'],
  time: ['text', 'variant'],
  binary: ['text'],
  variant: ['text'],
  geo: ['text'],
  vector: [],
};

/** The family of a type by its Snowflake or DuckDB name, with or without parameters. */
export function familyOfType(typeName: string): Family {
  const name = typeName
    .toUpperCase()
    .replace(/ COLLATE '[^']*'$/, '')
    .replace(/\([^()]*\)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return FAMILIES.get(name) ?? familyOfNested(name);
}

/**
 * The maximum length of a text type, in characters, or null when the type gives none. Some type names without a length
 * mean one character.
 */
export function lengthOfText(name: string, parameters: readonly { readonly text: string }[]): number | null {
  const [given] = parameters;
  if (given !== undefined) return Number(given.text);
  return ONE_CHARACTER.has(name) ? 1 : null;
}

const ONE_CHARACTER: ReadonlySet<string> = new Set(['CHAR', 'CHARACTER', 'NCHAR', 'BPCHAR']);

/** `INTEGER[]`, `MAP(VARCHAR, NUMBER)`, `STRUCT(a INTEGER)`, `VECTOR(FLOAT, 3)`: element types do not matter. */
function familyOfNested(name: string): Family {
  if (/\[\d*\]$/.test(name)) return 'variant';
  const outer = /^[A-Z]+/.exec(name)?.[0] ?? '';
  return NESTED.get(outer) ?? 'unknown';
}

const words = (text: string) => text.trim().split(/\s*,\s*/);

const NESTED: ReadonlyMap<string, Family> = new Map([
  ...words('OBJECT, ARRAY, MAP, STRUCT, UNION').map((name) => [name, 'variant'] as const),
  ['VECTOR', 'vector'],
]);

const FAMILIES: ReadonlyMap<string, Family> = new Map(
  Object.entries({
    text: `VARCHAR, CHAR, CHARACTER, NCHAR, STRING, TEXT, NVARCHAR, NVARCHAR2, CHAR VARYING, NCHAR VARYING,
      CHARACTER VARYING, BPCHAR, UUID`,
    number: `NUMBER, DECIMAL, DEC, NUMERIC, INT, INTEGER, BIGINT, SMALLINT, TINYINT, BYTEINT, HUGEINT, UHUGEINT, UBIGINT,
      UINTEGER, USMALLINT, UTINYINT, INT1, INT2, INT4, INT8, FLOAT, FLOAT4, FLOAT8, DOUBLE, DOUBLE PRECISION, REAL,
      DECFLOAT, FIXED`,
    boolean: 'BOOLEAN, BOOL',
    time: `DATE, TIME, DATETIME, TIMESTAMP, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ, TIMESTAMPNTZ, TIMESTAMPLTZ,
      TIMESTAMPTZ, TIMESTAMP WITHOUT TIME ZONE, TIMESTAMP WITH TIME ZONE, TIMESTAMP WITH LOCAL TIME ZONE,
      TIME WITHOUT TIME ZONE, TIME WITH TIME ZONE, TIMETZ, TIMESTAMP_S, TIMESTAMP_MS, TIMESTAMP_NS`,
    binary: 'BINARY, VARBINARY, BLOB, BYTEA',
    variant: 'VARIANT, OBJECT, ARRAY, MAP, JSON',
    geo: 'GEOGRAPHY, GEOMETRY',
    vector: 'VECTOR',
  } satisfies Partial<Record<Family, string>>).flatMap(([family, names]) =>
    words(names).map((name) => [name, family as Family] as const),
  ),
);
