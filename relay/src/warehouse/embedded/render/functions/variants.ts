import type { BoundExpression } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../../errors.ts';
import { decimal } from '../../types/snowflake-type.ts';
import { once } from '../once.ts';
import type { Arguments, Rendered } from './arguments.ts';
import { json } from './items.ts';

/** Of which type the value in a VARIANT is, and the value if it is of that type. A VARIANT is JSON here, which knows no times. */
export const variants: Readonly<Record<string, Rendered>> = {
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
