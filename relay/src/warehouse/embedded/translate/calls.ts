import type { Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { functions, type SessionFunction, sessionFunctions } from './functions.ts';
import { macroNames } from '../macros.ts';
import { quoteString } from './quote.ts';
import type { Render } from './render.ts';
import type { TranslationContext } from './translate.ts';

/** Functions that DuckDB has under the same name, with the same meaning. Nothing else is passed on. */
const shared: ReadonlySet<string> = new Set(
  `ABS ACOS ANY_VALUE ARRAY_TO_STRING ASCII ASIN ATAN ATAN2 AVG BIT_LENGTH BITAND CEIL CEILING CHR COALESCE 
  CONCAT_WS CONTAINS CORR COS COT COUNT COVAR_POP COVAR_SAMP CUME_DIST DAY  DEGREES DENSE_RANK EXP
  FIRST_VALUE FLOOR  HASH HOUR IFNULL ILIKE KURTOSIS LAG LAST_DAY LAST_VALUE LEAD  LEFT LIKE LN LOG LOWER
  LPAD LTRIM MAX MD5 MIN MINUTE  MODE MONTH  NTH_VALUE NTILE NULLIF PERCENT_RANK PERCENTILE_CONT
  PERCENTILE_DISC PI POSITION POW POWER QUARTER RADIANS RANK REGR_SLOPE REPEAT REPLACE REVERSE RIGHT ROUND ROW_NUMBER RPAD
  RTRIM SECOND SIGN SIN SKEWNESS SPLIT_PART SQRT STDDEV STDDEV_POP STDDEV_SAMP   SUM TAN TRANSLATE TRIM
  TRUNC UPPER VAR_POP VAR_SAMP VARIANCE WEEK YEAR GROUPING MAX_BY MIN_BY`.split(/\s+/),
);

export function renderCall(call: Tree.Call, render: Render, context: TranslationContext): string {
  const name = functionName(call);
  if (call.arguments.some((argument) => argument.kind === 'star' && name !== 'COUNT')) {
    throw unsupported(`\`*\` as an argument of ${name}`);
  }
  if (isSessionFunction(name)) {
    const value = context.session[name] ?? null;
    return value === null ? 'CAST(NULL AS VARCHAR)' : quoteString(value);
  }
  const rewrite = functions[name];
  if (rewrite !== undefined) {
    const over = call.over === null || ['ARRAY_AGG', 'LISTAGG'].includes(name) ? '' : ` ${render(call.over)}`;
    return `${rewrite(call.arguments.map(render), call, render)}${over}`;
  }
  if (macroNames.has(name)) return plainCall(`memory.main.${name.toLowerCase()}`, call, render);
  if (!shared.has(name)) throw unsupported(`the function ${name}`);
  return plainCall(name.toLowerCase(), call, render);
}

function plainCall(name: string, call: Tree.Call, render: Render): string {
  if (call.method !== null || call.fromLast) throw unsupported('this form of a call');
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const nulls = call.nulls === null ? '' : ` ${call.nulls} NULLS`;
  const within = call.withinGroup === null ? '' : ` WITHIN GROUP (${render(call.withinGroup)})`;
  const over = call.over === null ? '' : ` ${render(call.over)}`;
  return `${name}(${distinct}${call.arguments.map(render).join(', ')}${nulls})${within}${over}`;
}

export function functionName({ name }: Tree.Call): string {
  if (name.kind !== 'qualified_name' || name.parts.length !== 1) throw unsupported('user-defined functions');
  return name.parts[0]!.name;
}

function isSessionFunction(name: string): name is SessionFunction {
  return (sessionFunctions as readonly string[]).includes(name);
}
