import type { BoundExpression } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../../errors.ts';
import { decimal } from '../../types/snowflake-type.ts';
import { once } from '../once.ts';
import type { Arguments, Rendered } from './arguments.ts';
import { parsedAddress } from './addresses.ts';
import { json } from './items.ts';

/** Of which type the value in a VARIANT is, and the value if it is of that type. A VARIANT is JSON here, which knows no times. */
export const variants: Readonly<Record<string, Rendered>> = {
  PARSE_IP: parsedAddress,
  PARSE_URL: parsedUrl,
  TYPEOF: (args) => once(args.place.rendering, [given(args)], kindOf),
  IS_ARRAY: (args) => isOf(args, ['ARRAY']),
  IS_BOOLEAN: (args) => isOf(args, ['BOOLEAN']),
  IS_CHAR: (args) => isOf(args, ['VARCHAR']),
  IS_VARCHAR: (args) => isOf(args, ['VARCHAR']),
  IS_INTEGER: (args) => isOf(args, INTEGERS),
  IS_DECIMAL: (args) => isOf(args, DECIMALS),
  IS_DOUBLE: (args) => isOf(args, NUMBERS),
  IS_REAL: (args) => isOf(args, NUMBERS),
  IS_OBJECT: (args) => isOf(args, ['OBJECT']),
  IS_NULL_VALUE: (args) => isOf(args, ['NULL_VALUE']),
  IS_BINARY: isNever,
  IS_DATE: isNever,
  IS_DATE_VALUE: isNever,
  IS_TIME: isNever,
  IS_TIMESTAMP_LTZ: isNever,
  IS_TIMESTAMP_NTZ: isNever,
  IS_TIMESTAMP_TZ: isNever,
  AS_ARRAY: (args) => asIs(args, ['ARRAY']),
  AS_OBJECT: (args) => asIs(args, ['OBJECT']),
  AS_BOOLEAN: (args) => as(args, ['BOOLEAN'], 'BOOLEAN'),
  AS_CHAR: (args) => as(args, ['VARCHAR'], 'VARCHAR'),
  AS_VARCHAR: (args) => as(args, ['VARCHAR'], 'VARCHAR'),
  AS_INTEGER: (args) => as(args, INTEGERS, 'DECIMAL(38, 0)'),
  AS_DECIMAL: asDecimal,
  AS_NUMBER: asDecimal,
  AS_DOUBLE: (args) => as(args, NUMBERS, 'DOUBLE'),
  AS_REAL: (args) => as(args, NUMBERS, 'DOUBLE'),
  AS_BINARY: (args) => asNever(args, 'BLOB'),
  AS_DATE: (args) => asNever(args, 'DATE'),
  AS_TIME: (args) => asNever(args, 'TIME'),
  AS_TIMESTAMP_LTZ: (args) => asNever(args, 'TIMESTAMPTZ'),
  AS_TIMESTAMP_NTZ: (args) => asNever(args, 'TIMESTAMP'),
  STRIP_NULL_VALUE: (args) =>
    once(args.place.rendering, [given(args)], (x) => `CASE WHEN json_type(${x}) <> 'NULL' THEN ${x} END`),
  TO_OBJECT: (args) =>
    once(
      args.place.rendering,
      [given(args)],
      (x) =>
        `CASE json_type(${x}) WHEN 'OBJECT' THEN ${x} WHEN 'NULL' THEN NULL ELSE CASE WHEN ${x} IS NOT NULL THEN error('Not an object') END END`,
    ),
};

const INTEGERS = ['INTEGER'];
const DECIMALS = [...INTEGERS, 'DECIMAL'];
const NUMBERS = [...DECIMALS, 'DOUBLE'];

/** What JSON would make a text of is told by its own type, and not by Snowflake's. */
function given(args: Arguments): string {
  const { types } = args.place.rendering;
  if (['time', 'binary'].includes(types.familyOf(unwrapped(args.expression(0)))))
    throw unsupported(`${args.call.name.name} of a time or a binary value: in a VARIANT it is a text here`);
  return json(args, 0);
}

function unwrapped(expression: BoundExpression): BoundExpression {
  if (expression.kind === 'cast' && expression.type.name === 'VARIANT') return unwrapped(expression.operand);
  if (expression.kind !== 'call' || expression.name.name !== 'TO_VARIANT') return expression;
  const [operand] = expression.arguments;
  return operand === undefined || operand.kind === 'word' ? expression : unwrapped(operand);
}

/** Snowflake's name of the type. A number with an exponent is a floating one; DuckDB holds long integers for that, too. */
function kindOf(value: string): string {
  const digits = `CAST(${value} AS VARCHAR)`;
  const number = `CASE WHEN contains(lower(${digits}), 'e') OR length(${digits}) > 39 THEN 'DOUBLE' WHEN contains(${digits}, '.') THEN 'DECIMAL' ELSE 'INTEGER' END`;
  return `CASE json_type(${value}) WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'BIGINT' THEN 'INTEGER' WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'DOUBLE' THEN ${number} ELSE json_type(${value}) END`;
}

function oneOf(kinds: readonly string[], value: string): string {
  return `${kindOf(value)} IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`;
}

function isOf(args: Arguments, kinds: readonly string[]): string {
  return once(args.place.rendering, [given(args)], (x) => `(${oneOf(kinds, x)})`);
}

function isNever(args: Arguments): string {
  return once(args.place.rendering, [given(args)], (x) => `CASE WHEN ${x} IS NOT NULL THEN FALSE END`);
}

function asNever(args: Arguments, type: string): string {
  return once(
    args.place.rendering,
    [given(args)],
    (x) => `CASE WHEN ${x} IS NULL THEN CAST(NULL AS ${type}) END`,
  );
}

function asIs(args: Arguments, kinds: readonly string[]): string {
  return once(args.place.rendering, [given(args)], (x) => `CASE WHEN ${oneOf(kinds, x)} THEN ${x} END`);
}

function as(args: Arguments, kinds: readonly string[], type: string): string {
  const { rendering } = args.place;
  return once(
    rendering,
    [given(args)],
    (x) => `CASE WHEN ${oneOf(kinds, x)} THEN TRY_CAST(json_extract_string(${x}, '$') AS ${type}) END`,
  );
}

function asDecimal(args: Arguments): string {
  const type = args.place.rendering.types.of(args.call);
  const areLiteral = [1, 2].every((index) => args.count <= index || args.literal(index) !== null);
  if (type.kind !== 'fixed' || !areLiteral) throw unsupported('digits that are not literals');
  return as(args, DECIMALS, decimal(type));
}

const LONGEST_URL = 8192;

/** RFC 3986, but that Snowflake takes what stands before an `@` for a part of the host. */
const URL_PARTS = String.raw`^([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#:]*(?::[^/?#]*@[^/?#:]*)?)(?::(\d+))?/?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`;

/** Its parts, each NULL where there is none; what is no URL fails, or is told with 1 as a second argument. */
function parsedUrl(args: Arguments): string {
  const permissive = args.count > 1 ? args.literal(1) : '0';
  if (permissive !== '0' && permissive !== '1')
    throw unsupported('PARSE_URL with an option that is not 0 or 1');
  const problem = 'scheme not specified';
  return once(args.place.rendering, [args.text(0)], (url) => {
    const part = (group: number) => `nullif(regexp_extract(${url}, '${URL_PARTS}', ${group}), '')`;
    const parameter = `lambda p: {'k': split_part(p, '=', 1), 'v': CASE WHEN contains(p, '=') THEN substr(p, strpos(p, '=') + 1) END}`;
    const names = `list_distinct(list_transform(string_split(${part(5)}, '&'), lambda p: split_part(p, '=', 1)))`;
    const pairs = `list_transform(list_sort(${names}), lambda n: list_filter(list_transform(string_split(${part(5)}, '&'), ${parameter}), lambda e: e.k = n)[1])`;
    const parameters = `CASE WHEN ${part(5)} IS NOT NULL THEN to_json(map_from_entries(${pairs})) END`;
    const fields = [
      `'fragment', ${part(6)}`,
      `'host', ${part(2)}`,
      `'parameters', ${parameters}`,
      `'path', CASE WHEN ${url} IS NOT NULL THEN coalesce(${part(4)}, '') END`,
      `'port', ${part(3)}`,
      `'query', ${part(5)}`,
      `'scheme', lower(${part(1)})`,
    ];
    // Each name of a parameter is looked for among all of them.
    const isLong = `length(${url}) > ${LONGEST_URL}`;
    const wrong = permissive === '1' ? `json_object('error', '${problem}')` : "error('Error parsing URL')";
    return `CASE WHEN ${url} IS NULL THEN NULL WHEN ${isLong} THEN error('Error parsing URL') WHEN regexp_matches(${url}, '${URL_PARTS}') THEN json_object(${fields.join(', ')}) ELSE ${wrong} END`;
  });
}
