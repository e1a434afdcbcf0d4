/**
 * Functions of Snowflake's that DuckDB lacks, as macros, so that translation need not spell them out. Those
 * that begin with `sluice_` are what translation itself writes.
 */
const bodies: Readonly<Record<string, string>> = {
  'sluice_text(x)':
    "CASE WHEN typeof(x) = 'JSON' THEN json_extract_string(to_json(x), '$') ELSE CAST(x AS VARCHAR) END",
  // Inside a VARIANT a value may be text: what it is converted from is the text, without its quotes.
  'sluice_scalar(x)': "CASE WHEN typeof(x) = 'JSON' THEN json_extract_string(to_json(x), '$') ELSE x END",
  'sluice_divide(a, b)': "CASE WHEN b = 0 THEN error('Division by zero') ELSE a / b END",
  'sluice_modulo(a, b)': "CASE WHEN b = 0 THEN error('Division by zero') ELSE a % b END",
  'sluice_without_nulls(x)': "json_merge_patch('{}', x)",
  'zeroifnull(x)': 'coalesce(x, 0)',
  'nullifzero(x)': 'nullif(x, 0)',
  'nvl2(x, yes, no)': 'CASE WHEN x IS NOT NULL THEN yes ELSE no END',
  'div0(a, b)': 'CASE WHEN b = 0 THEN 0 ELSE a / b END',
  'div0null(a, b)': 'CASE WHEN b = 0 OR b IS NULL THEN 0 ELSE a / b END',
  'square(x)': 'x * x',
  'equal_null(a, b)': 'a IS NOT DISTINCT FROM b',
  'initcap(x)':
    "array_to_string(list_transform(string_split(lower(x), ' '), lambda w: upper(w[1]) || w[2:]), ' ')",
  'startswith(x, y)': 'starts_with(x, y)',
  'endswith(x, y)': 'ends_with(x, y)',
  'hex_encode(x)': 'hex(encode(x))',
  'base64_encode(x)': 'to_base64(encode(x))',
  'object_keys(x)': 'to_json(json_keys(x))',
  'array_size(x)': 'json_array_length(x)',
  'array_contains(x, list)': 'json_contains(list, to_json(x))',
  'get(x, key)':
    "json_extract(x, CASE WHEN typeof(key) = 'VARCHAR' THEN '$.\"' || key || '\"' ELSE '$[' || CAST(key AS VARCHAR) || ']' END)",
  'split(x, separator)': 'to_json(string_split(x, separator))',
  'booland_agg(x)': 'bool_and(x)',
  'boolor_agg(x)': 'bool_or(x)',
  'ratio_to_report(x)': 'x / sum(x)',
  'dayofweek(x)': "date_part('dow', x)",
  'dayofyear(x)': "date_part('doy', x)",
  'weekofyear(x)': "date_part('week', x)",
  'add_months(x, n)': 'CAST(x + to_months(CAST(n AS INTEGER)) AS DATE)',
  'months_between(a, b)': "date_diff('month', CAST(b AS TIMESTAMP), CAST(a AS TIMESTAMP))",
  'boolxor(a, b)': '(a AND NOT b) OR (b AND NOT a)',
  'width_bucket(x, low, high, n)': 'CAST(floor((x - low) * n / (high - low)) + 1 AS INTEGER)',
};

/** Whole days added to a date make a date, and a date cut to its month is one: the type is kept. */
const overloads: readonly string[] = [
  `CREATE MACRO memory.main.sluice_move(x DATE, step INTERVAL) AS CAST(x + step AS DATE),
     (x TIMESTAMP, step INTERVAL) AS x + step, (x TIMESTAMPTZ, step INTERVAL) AS x + step, (x TIME, step INTERVAL) AS x + step`,
  `CREATE MACRO memory.main.sluice_trunc(part, x DATE) AS CAST(date_trunc(part, x) AS DATE),
     (part, x TIMESTAMP) AS date_trunc(part, x), (part, x TIMESTAMPTZ) AS date_trunc(part, x)`,
];

/** In upper case, as statements name them. */
export const macroNames: ReadonlySet<string> = new Set(
  Object.keys(bodies).map((signature) => signature.slice(0, signature.indexOf('(')).toUpperCase()),
);

/** In the catalog that every connection looks in beside its own database. */
export const createMacros: readonly string[] = [
  ...overloads,
  ...Object.entries(bodies).map(([signature, body]) => `CREATE MACRO memory.main.${signature} AS ${body}`),
];
