import {
  type BoundCall,
  type BoundExpression,
  functionNamed,
  type Reading,
  readingThrough,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { aggregates } from './functions/aggregates.ts';
import { createArguments, type Rendered } from './functions/arguments.ts';
import { arrays } from './functions/arrays.ts';
import { bounds } from './functions/bounds.ts';
import { conversions } from './functions/conversions.ts';
import { definitions } from './functions/definitions.ts';
import { generated } from './functions/generated.ts';
import { hashes } from './functions/hashes.ts';
import { lambdas } from './functions/lambdas.ts';
import { logic } from './functions/logic.ts';
import { numbers } from './functions/numbers.ts';
import { objects } from './functions/objects.ts';
import { patterns } from './functions/patterns.ts';
import { sessionFunctions } from './functions/session.ts';
import { structures } from './functions/structures.ts';
import { texts } from './functions/texts.ts';
import { times } from './functions/times.ts';
import { variants } from './functions/variants.ts';
import { windowFunctions } from './functions/windows.ts';
import { type Place, renderExpression } from './expressions.ts';
import { once } from './once.ts';
import { builtInName, type Rendering } from './rendering.ts';
import { isWhole } from './whole.ts';
import { withinAggregate } from './scope.ts';
import { renderOrders, renderWindow } from './windows.ts';

/** Calls that DuckDB spells otherwise. */
const spelled: Readonly<Record<string, Rendered>> = {
  ...aggregates,
  ...arrays,
  ...bounds,
  ...conversions,
  ...definitions,
  ...generated,
  ...hashes,
  ...lambdas,
  ...logic,
  ...numbers,
  ...objects,
  ...structures,
  ...patterns,
  ...texts,
  ...times,
  ...sessionFunctions,
  ...variants,
  ...windowFunctions,
};

/** Functions of one value that DuckDB has under the same name, with the same meaning. Nothing else is passed on. */
const scalars =
  words(`ABS ACOS ASCII ASIN ATAN ATAN2 BIT_LENGTH COALESCE COS COT DEGREES EXP HASH IFNULL LN LOG LOWER
  LTRIM MD5 NULLIF PI POW POWER RADIANS REVERSE RTRIM SIGN SIN SQRT TAN TRIM UPPER CONTAINS GROUPING GROUPING_ID`);

const plainAggregates = words(`AVG CORR COUNT COVAR_POP COVAR_SAMP KURTOSIS MODE
  PERCENTILE_DISC REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY STDDEV STDDEV_POP STDDEV_SAMP SUM VAR_POP VAR_SAMP VARIANCE`);

const windows = words(
  `CUME_DIST DENSE_RANK FIRST_VALUE LAG LAST_VALUE LEAD NTH_VALUE NTILE PERCENT_RANK RANK ROW_NUMBER`,
);

/** Every function that can be run here. */
export const functionNames: readonly string[] = [
  ...new Set([...Object.keys(spelled), ...scalars, ...plainAggregates, ...windows]),
];

export function isAggregate(call: BoundCall): boolean {
  return call.over === null && isAggregateName(call.name.name);
}

function isAggregateName(name: string): boolean {
  return plainAggregates.has(name) || Object.hasOwn(aggregates, name);
}

export function renderCall(call: BoundCall, place: Place): string {
  const name = builtInName(call);
  const { rendering, scope, reading } = place;
  const isOfMany = isAggregateName(name);
  const inner: Place = {
    rendering,
    // A window's function is of rows that are grouped already; its own arguments are theirs.
    scope: isOfMany && call.over === null ? withinAggregate(scope) : scope,
    reading: isOfMany ? ofMany(call, place) : reading,
    ...(place.packs === true ? { packs: true } : {}),
  };
  const args = createArguments(call, inner, isOfMany);
  const spelling = Object.hasOwn(spelled, name) ? spelled[name] : undefined;
  if (spelling !== undefined) {
    const text = spelling(args);
    // What is not looked at would be ignored without a word.
    if (args.areLeft()) throw unsupported(`so many arguments of ${name}`);
    return text;
  }
  if (isOfMany || windows.has(name)) return overRows(name.toLowerCase(), args);
  if (!scalars.has(name)) throw unsupported(`the function ${name}`);
  if (call.over !== null || call.distinct || call.withinGroup.length > 0)
    throw unsupported('this form of a call');
  return `${name.toLowerCase()}(${args.all(args.taken).join(', ')})`;
}

/** How many values there are tells no value; how many an expression lets through does. */
function ofMany(call: BoundCall, { rendering, reading }: Place): Reading {
  const isCounted =
    call.name.name === 'COUNT' &&
    call.arguments.every((argument) => argument.kind !== 'word' && isCountable(rendering, argument));
  if (!isCounted) return readingThrough(reading, 'aggregate');
  return readingThrough(reading, call.distinct ? 'distinct' : 'counted');
}

function isCountable(rendering: Rendering, argument: BoundExpression): boolean {
  return argument.kind === 'literal' || isWhole(rendering, argument);
}

/** An aggregate or a window's function, of the same name in DuckDB. */
function overRows(name: string, args: ReturnType<typeof createArguments>): string {
  const { call, place } = args;
  if (call.fromLast) throw unsupported('FROM LAST');
  const given = name === 'count' ? [counted(args)] : args.all((index) => valueOf(args, index));
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const nulls = call.nulls === null ? '' : ` ${call.nulls} NULLS`;
  const within =
    call.withinGroup.length === 0
      ? ''
      : ` WITHIN GROUP (ORDER BY ${renderOrders(call.withinGroup, inOrder(place))})`;
  const over = call.over === null ? '' : ` ${renderWindow(call.over, place, frameOf(name))}`;
  return `${name}(${distinct}${given.join(', ')}${nulls})${within}${over}`;
}

/** What is counted with is a number, also where it is in a VARIANT or a text. */
function valueOf(args: ReturnType<typeof createArguments>, index: number): string {
  const takes = functionNamed(args.call.name.name)?.argument(index, args.count).takes;
  const family = args.place.rendering.types.familyOf(args.expression(index));
  const isRead = takes === 'number' && (family === 'variant' || family === 'text');
  return isRead ? args.number(index) : args.value(index);
}

/** Of a value of a window's rows, Snowflake takes all rows of the partition, also where they are in an order. */
function frameOf(name: string): string {
  const isOfAll = ['first_value', 'last_value', 'nth_value'].includes(name);
  return isOfAll ? 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING' : '';
}

/** Of several values, the rows in which none is NULL. */
function counted(args: ReturnType<typeof createArguments>): string {
  if (args.isStar(0)) return countedRows(args);
  const [first, ...more] = args.all(args.value);
  if (first === undefined || more.length === 0) return first ?? '*';
  return once(args.place.rendering, [first, ...more], (...values) => {
    const tests = values.map((value) => `${value} IS NOT NULL`);
    return `CASE WHEN ${tests.join(' AND ')} THEN row(${values.join(', ')}) END`;
  });
}

/** `COUNT(*)` is of all rows, `COUNT(t.*)` of those without a NULL. */
function countedRows({ call, place }: ReturnType<typeof createArguments>): string {
  const [star] = call.arguments;
  if (star?.kind !== 'columns' || call.distinct) throw unsupported('COUNT(DISTINCT *)');
  if (!star.qualified) return '*';
  if (star.open !== null) throw unsupported('`*` of columns that are not known');
  const { rendering, scope, reading } = place;
  const tests = star.columns.map(
    ({ expression }) => `${renderExpression(rendering, scope, expression, reading)} IS NOT NULL`,
  );
  return `CASE WHEN ${tests.length === 0 ? 'TRUE' : tests.join(' AND ')} THEN 1 END`;
}

/** The order of a WITHIN GROUP is also what PERCENTILE_CONT is of. */
function inOrder({ rendering, scope, reading }: Place) {
  return (expression: BoundExpression) => renderExpression(rendering, scope, expression, reading);
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
