import { unsupported } from '../../errors.ts';
import { quoteString } from '../quote.ts';
import type { Rendered } from './arguments.ts';

/** What the session says of itself; given as literals, so that no function of DuckDB's answers instead. */
const NAMES =
  `CURRENT_DATABASE CURRENT_SCHEMA CURRENT_SCHEMAS CURRENT_WAREHOUSE CURRENT_ROLE CURRENT_ROLE_TYPE
  CURRENT_AVAILABLE_ROLES CURRENT_SECONDARY_ROLES INVOKER_ROLE CURRENT_USER CURRENT_ACCOUNT CURRENT_ACCOUNT_NAME
  CURRENT_ORGANIZATION_NAME CURRENT_REGION CURRENT_VERSION CURRENT_SESSION CURRENT_CLIENT CURRENT_IP_ADDRESS
  CURRENT_STATEMENT CURRENT_TRANSACTION LAST_TRANSACTION INVOKER_SHARE`.split(/\s+/);

export const sessionFunctions: Readonly<Record<string, Rendered>> = {
  ...Object.fromEntries(NAMES.map((name) => [name, answer])),
  LAST_QUERY_ID({ place, count, expression }) {
    const { queryIds } = place.rendering;
    // From the newest back, or from the first on.
    const which = count === 0 ? -1 : wholeOf(expression(0));
    const id = queryIds.at(which > 0 ? which - 1 : which);
    return id === undefined || which === 0 ? 'NULL' : quoteString(id);
  },
  IS_ROLE_IN_SESSION: (args) => {
    const role = args.place.rendering.session['CURRENT_ROLE'] ?? 'PUBLIC';
    return `(upper(${args.text(0)}) IN (${quoteString(role.toUpperCase())}, 'PUBLIC'))`;
  },
  // There are no roles of these kinds here.
  IS_DATABASE_ROLE_IN_SESSION: isNone,
  IS_APPLICATION_ROLE_IN_SESSION: isNone,
  IS_INSTANCE_ROLE_IN_SESSION: isNone,
};

function isNone(args: Parameters<Rendered>[0]): string {
  return `(CASE WHEN ${args.text(0)} IS NOT NULL THEN FALSE END)`;
}

function answer({ call, place }: Parameters<Rendered>[0]): string {
  const value = place.rendering.session[call.name.name] ?? null;
  return value === null ? 'CAST(NULL AS VARCHAR)' : quoteString(value);
}

function wholeOf(argument: ReturnType<Parameters<Rendered>[0]['expression']>): number {
  const isNegative = argument.kind === 'unary' && argument.operator === '-';
  const number = isNegative ? argument.operand : argument;
  const isWhole =
    number.kind === 'literal' && number.value.kind === 'number' && /^\d{1,4}$/.test(number.value.text);
  if (!isWhole || number.kind !== 'literal' || number.value.kind !== 'number')
    throw unsupported('LAST_QUERY_ID of what is not a number');
  return isNegative ? -Number(number.value.text) : Number(number.value.text);
}
