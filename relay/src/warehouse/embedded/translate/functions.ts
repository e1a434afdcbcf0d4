import type { Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import type { AnyNode, Render } from './render.ts';
import { quoteString } from './quote.ts';

type Rendered = (args: readonly string[], call: Tree.Call, render: Render) => string;

/** Calls that DuckDB spells otherwise. Those that differ only in what they compute are macros (`macros.ts`). */
export const functions: Readonly<Record<string, Rendered>> = {
  IFF: ([condition, yes, no]) => `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END`,
  NVL: (args) => `COALESCE(${args.join(', ')})`,
  DECODE: decode,
  DATEADD: ([, amount, from], call) => dateAdd(call.arguments[0], amount, from),
  TIMESTAMPADD: ([, amount, from], call) => dateAdd(call.arguments[0], amount, from),
  TIMEADD: ([, amount, from], call) => dateAdd(call.arguments[0], amount, from),
  DATEDIFF: ([, from, to], call) => dateDiff(call.arguments[0], from, to),
  TIMESTAMPDIFF: ([, from, to], call) => dateDiff(call.arguments[0], from, to),
  TIMEDIFF: ([, from, to], call) => dateDiff(call.arguments[0], from, to),
  DATE_TRUNC: ([, value = 'NULL'], call) =>
    `memory.main.sluice_trunc(${quoteString(datePart(call.arguments[0]))}, ${asTime(value)})`,
  DATE_PART: ([, value], call) => `date_part(${quoteString(datePart(call.arguments[0]))}, ${value})`,
  TO_DATE: (args) => parseTime('DATE', args),
  DATE: (args) => parseTime('DATE', args),
  TRY_TO_DATE: (args) => tryParseTime('DATE', args),
  TO_TIMESTAMP: (args) => parseTime('TIMESTAMP', args),
  TO_TIMESTAMP_NTZ: (args) => parseTime('TIMESTAMP', args),
  TRY_TO_TIMESTAMP: (args) => tryParseTime('TIMESTAMP', args),
  TO_TIME: (args) => parseTime('TIME', args),
  TO_CHAR: toText,
  TO_VARCHAR: toText,
  TO_NUMBER: (args) => toDecimal('CAST', args),
  TO_DECIMAL: (args) => toDecimal('CAST', args),
  TO_NUMERIC: (args) => toDecimal('CAST', args),
  TRY_TO_NUMBER: (args) => toDecimal('TRY_CAST', args),
  TRY_TO_DECIMAL: (args) => toDecimal('TRY_CAST', args),
  TO_DOUBLE: ([value]) => `CAST(${value} AS DOUBLE)`,
  TRY_TO_DOUBLE: ([value]) => `TRY_CAST(${value} AS DOUBLE)`,
  TO_BOOLEAN: ([value]) => `CAST(${value} AS BOOLEAN)`,
  TRY_TO_BOOLEAN: ([value]) => `TRY_CAST(${value} AS BOOLEAN)`,
  PARSE_JSON: ([text]) => `CAST(${text} AS JSON)`,
  TRY_PARSE_JSON: ([text]) => `TRY_CAST(${text} AS JSON)`,
  TO_VARIANT: ([value]) => `to_json(${value})`,
  TO_JSON: ([value]) => `CAST(${value} AS VARCHAR)`,
  OBJECT_CONSTRUCT: (args) => `memory.main.sluice_without_nulls(json_object(${args.join(', ')}))`,
  OBJECT_CONSTRUCT_KEEP_NULL: (args) => `json_object(${args.join(', ')})`,
  ARRAY_CONSTRUCT: (args) => `json_array(${args.join(', ')})`,
  ARRAY_AGG: (_, call, render) =>
    `to_json(coalesce(${aggregate('list', call, render, ' FILTER (WHERE {} IS NOT NULL)')}, []))`,
  ARRAY_UNIQUE_AGG: ([value]) => `to_json(list(DISTINCT ${value}) FILTER (WHERE ${value} IS NOT NULL))`,
  OBJECT_AGG: ([key, value]) => `CAST(json_group_object(${key}, ${value}) AS JSON)`,
  LISTAGG: (_, call, render) => `coalesce(${aggregate('string_agg', call, render)}, '')`,
  MEDIAN: ([value]) => `median(CAST(${value} AS DOUBLE))`,
  COUNT_IF: ([condition]) => `count_if(${condition})`,
  APPROX_COUNT_DISTINCT: ([value]) => `approx_count_distinct(${value})`,
  GET_PATH: ([value, path]) => `json_extract(${value}, '$.' || ${path})`,
  CONCAT: (args) => `(${args.map((arg) => `CAST(${arg} AS VARCHAR)`).join(' || ')})`,
  GREATEST: (args) => nullIfAny('greatest', args),
  LEAST: (args) => nullIfAny('least', args),
  MOD: ([a, b]) => `memory.main.sluice_modulo(${a}, ${b})`,
  DAYNAME: ([value]) => `strftime(${value}, '%a')`,
  MONTHNAME: ([value]) => `strftime(${value}, '%b')`,
  SUBSTR: substring,
  SUBSTRING: substring,
  LEN: ([value]) => `length(${value})`,
  LENGTH: ([value]) => `length(${value})`,
  CHARINDEX: ([part, text]) => `strpos(${text}, ${part})`,
  REGEXP_LIKE: (args) => `regexp_full_match(${args.join(', ')})`,
  RLIKE: (args) => `regexp_full_match(${args.join(', ')})`,
  REGEXP_SUBSTR: ([text, pattern, ...others]) =>
    others.length > 0
      ? refuse('further arguments of REGEXP_SUBSTR')
      : `nullif(regexp_extract(${text}, ${pattern}), '')`,
  REGEXP_REPLACE: ([text, pattern, by = "''"]) => `regexp_replace(${text}, ${pattern}, ${by}, 'g')`,
  REGEXP_COUNT: ([text, pattern]) => `len(regexp_extract_all(${text}, ${pattern}))`,
  SHA2: ([text]) => `sha256(${text})`,
  CURRENT_TIMESTAMP: () => 'now()',
  SYSDATE: () => 'CAST(now() AS TIMESTAMP)',
  GETDATE: () => 'now()',
  LOCALTIMESTAMP: () => 'now()',
  CURRENT_DATE: () => 'current_date',
  CURRENT_TIME: () => 'CAST(now() AS TIME)',
  UUID_STRING: () => 'CAST(uuid() AS VARCHAR)',
  MINUTE: ([value]) => `date_part('minute', ${value})`,
  SEQ4: () => '(row_number() OVER () - 1)',
  SEQ8: () => '(row_number() OVER () - 1)',
  RANDOM: () => 'CAST((random() - 0.5) * 18446744073709549568 AS BIGINT)',
  UNIFORM: ([low, high]) => `CAST(floor(${low} + random() * (${high} - ${low} + 1)) AS BIGINT)`,
  TRANSFORM: ([list, lambda]) => `to_json(list_transform(CAST(${list} AS JSON[]), ${lambda}))`,
  FILTER: ([list, lambda]) => `to_json(list_filter(CAST(${list} AS JSON[]), ${lambda}))`,
};

function refuse(what: string): never {
  throw unsupported(what);
}

/** What the session says of itself; given as literals, so that no function of DuckDB's answers instead. */
export const sessionFunctions = [
  'CURRENT_DATABASE',
  'CURRENT_SCHEMA',
  'CURRENT_WAREHOUSE',
  'CURRENT_ROLE',
  'CURRENT_USER',
  'CURRENT_ACCOUNT',
  'CURRENT_REGION',
  'CURRENT_VERSION',
  'CURRENT_SESSION',
  'LAST_QUERY_ID',
] as const;

export type SessionFunction = (typeof sessionFunctions)[number];

const parts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'year',
      'quarter',
      'month',
      'week',
      'day',
      'hour',
      'minute',
      'second',
      'millisecond',
      'microsecond',
    ].flatMap((part) => [part, `${part}s`].map((name) => [name, part])),
  ),
  y: 'year',
  yy: 'year',
  yyy: 'year',
  yyyy: 'year',
  yr: 'year',
  q: 'quarter',
  qtr: 'quarter',
  mm: 'month',
  mon: 'month',
  mons: 'month',
  d: 'day',
  dd: 'day',
  dayofmonth: 'day',
  w: 'week',
  wk: 'week',
  weekofyear: 'week',
  h: 'hour',
  hh: 'hour',
  hr: 'hour',
  hrs: 'hour',
  mi: 'minute',
  min: 'minute',
  mins: 'minute',
  m: 'month',
  s: 'second',
  sec: 'second',
  secs: 'second',
  ms: 'millisecond',
  us: 'microsecond',
  dow: 'dow',
  dayofweek: 'dow',
  weekday: 'dow',
  dayofyear: 'doy',
  doy: 'doy',
  epoch_second: 'epoch',
  epoch: 'epoch',
};

function datePart(node: AnyNode | undefined): string {
  const name = partName(node);
  const part = parts[name];
  if (part === undefined) throw unsupported(`the date part ${name.toUpperCase()}`);
  return part;
}

function partName(node: AnyNode | undefined): string {
  if (node?.kind === 'string') return (node as Tree.StringLiteral).value.toLowerCase();
  if (node?.kind === 'column') return (node as Tree.ColumnReference).parts.at(-1)!.name.toLowerCase();
  if (node?.kind === 'identifier') return (node as Tree.Identifier).name.toLowerCase();
  return '';
}

export function extractPart(node: AnyNode): string {
  return datePart(node);
}

function dateAdd(part: AnyNode | undefined, amount = '0', from = 'NULL'): string {
  const unit = datePart(part);
  const count = `CAST(${amount} AS INTEGER)`;
  const step = unit === 'quarter' ? `to_months(3 * ${count})` : `to_${unit}s(${count})`;
  const keepsDate = ['year', 'quarter', 'month', 'week', 'day'].includes(unit);
  return keepsDate ? `memory.main.sluice_move(${asTime(from)}, ${step})` : `(${asTime(from)} + ${step})`;
}

function dateDiff(part: AnyNode | undefined, from = 'NULL', to = 'NULL'): string {
  return `date_diff('${datePart(part)}', CAST(${asTime(from)} AS TIMESTAMP), CAST(${asTime(to)} AS TIMESTAMP))`;
}

/** A literal in the place of a date: Snowflake reads it as a timestamp. */
function asTime(text: string): string {
  return text.startsWith("'") ? `CAST(${text} AS TIMESTAMP)` : text;
}

function parseTime(type: string, [value = 'NULL', format]: readonly string[]): string {
  if (format === undefined) return `CAST(${value} AS ${type})`;
  return `CAST(strptime(${value}, ${timeFormat(format)}) AS ${type})`;
}

function tryParseTime(type: string, [value = 'NULL', format]: readonly string[]): string {
  if (format === undefined) return `TRY_CAST(${value} AS ${type})`;
  return `TRY_CAST(try_strptime(${value}, ${timeFormat(format)}) AS ${type})`;
}

function toText([value = 'NULL', format]: readonly string[]): string {
  if (format === undefined) return `memory.main.sluice_text(${value})`;
  return `strftime(CAST(${value} AS TIMESTAMP), ${timeFormat(format)})`;
}

/** Snowflake's elements of a date format, longest first. */
const formatElements: readonly (readonly [RegExp, string])[] = [
  [/YYYY/gi, '%Y'],
  [/YY/gi, '%y'],
  [/MMMM/gi, '%B'],
  [/MON/gi, '%b'],
  [/MM/gi, '%m'],
  [/DD/gi, '%d'],
  [/DY/gi, '%a'],
  [/HH24/gi, '%H'],
  [/HH12/gi, '%I'],
  [/MI/gi, '%M'],
  [/SS/gi, '%S'],
  [/FF\d?/gi, '%f'],
  [/AM|PM/gi, '%p'],
];

function timeFormat(format: string): string {
  if (!/^'[^']*'$/.test(format)) throw unsupported('a date format that is not a literal');
  return formatElements.reduce((text, [element, by]) => text.replace(element, by), format);
}

function toDecimal(cast: string, [value = 'NULL', precision = '38', scale = '0']: readonly string[]): string {
  if (!/^\d+$/.test(precision) || !/^\d+$/.test(scale)) throw unsupported('a number format');
  return `${cast}(${value} AS DECIMAL(${precision}, ${scale}))`;
}

/** With a NULL among them, the answer is NULL. */
function nullIfAny(name: string, args: readonly string[]): string {
  return `CASE WHEN ${args.map((arg) => `${arg} IS NULL`).join(' OR ')} THEN NULL ELSE ${name}(${args.join(', ')}) END`;
}

/** The place 0 is the first, as 1 is. */
function substring([text = 'NULL', from = '1', ...length]: readonly string[]): string {
  return `substr(${[text, `CASE WHEN ${from} = 0 THEN 1 ELSE ${from} END`, ...length].join(', ')})`;
}

function decode(args: readonly string[]): string {
  const [value, ...rest] = args;
  const branches: string[] = [];
  for (let index = 0; index + 1 < rest.length; index += 2) {
    branches.push(`WHEN ${value} IS NOT DISTINCT FROM ${rest[index]} THEN ${rest[index + 1]}`);
  }
  const otherwise = rest.length % 2 === 1 ? ` ELSE ${rest.at(-1)}` : '';
  return `CASE ${branches.join(' ')}${otherwise} END`;
}

/** An ordered aggregate: DuckDB has the order inside the parentheses. */
function aggregate(name: string, call: Tree.Call, render: Render, filter = ''): string {
  const [first = 'NULL', ...rest] = call.arguments.map(render);
  const args = name === 'string_agg' ? [first, rest[0] ?? "''"] : [first];
  const order = call.withinGroup === null ? '' : ` ${render(call.withinGroup)}`;
  const over = call.over === null ? '' : ` ${render(call.over)}`;
  const text = `${name}(${call.distinct ? 'DISTINCT ' : ''}${args.join(', ')}${order})`;
  return text + filter.replace('{}', first) + over;
}
