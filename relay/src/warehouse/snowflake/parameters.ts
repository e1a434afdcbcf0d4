import { stringLiteral, type Tree } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import { word } from '../../text/index.ts';
import type { ParameterValue, SessionParameters } from '../session-state.ts';
import { type ParameterName, PARAMETERS, readSignInParameters } from '../session-parameters.ts';
import { unsupported } from './errors.ts';

/**
 * Parameters that every session begins with, whatever the account, its user or its role says: those that change what
 * names and texts mean or how values are written, and the transaction. So a decision does not depend on how somebody
 * has set up the account, and drivers are told what holds.
 */
export const PINNED: SessionParameters = Object.fromEntries(
  (
    [
      'AUTOCOMMIT',
      'BINARY_INPUT_FORMAT',
      'BINARY_OUTPUT_FORMAT',
      'DATE_INPUT_FORMAT',
      'DATE_OUTPUT_FORMAT',
      'ERROR_ON_NONDETERMINISTIC_MERGE',
      'ERROR_ON_NONDETERMINISTIC_UPDATE',
      'JSON_INDENT',
      'QUOTED_IDENTIFIERS_IGNORE_CASE',
      'SEARCH_PATH',
      'STRICT_JSON_OUTPUT',
      'TIMESTAMP_DAY_IS_ALWAYS_24H',
      'TIMESTAMP_INPUT_FORMAT',
      'TIMESTAMP_LTZ_OUTPUT_FORMAT',
      'TIMESTAMP_NTZ_OUTPUT_FORMAT',
      'TIMESTAMP_OUTPUT_FORMAT',
      'TIMESTAMP_TYPE_MAPPING',
      'TIMESTAMP_TZ_OUTPUT_FORMAT',
      'TIMEZONE',
      'TIME_INPUT_FORMAT',
      'TIME_OUTPUT_FORMAT',
      'TWO_DIGIT_CENTURY_START',
      'WEEK_OF_YEAR_POLICY',
      'WEEK_START',
    ] as const satisfies readonly ParameterName[]
  ).map((name) => [name, PARAMETERS[name].default]),
);

/** With which a name or a text would mean something else than what was decided on. */
const FIXED = ['QUOTED_IDENTIFIERS_IGNORE_CASE', 'SEARCH_PATH', 'TIMESTAMP_TYPE_MAPPING'] as const;

/** Throws when Snowflake tells of a session that it has not taken what names mean from the relay. */
export function checkPinned(told: SessionParameters): void {
  const other = FIXED.find((name) => told[name] !== undefined && !same(told[name], PINNED[name]!));
  if (other === undefined) return;
  throw new SluiceError(
    'warehouse_unavailable',
    `the account has ${other} set to another value than ${String(PINNED[other])}, and does not let the relay change it`,
    {
      advice: `unset ${other} for the relay's user: names would mean something else than what is decided on`,
    },
  );
}

/** Snowflake forgets none of these by itself: they stay with the relay, and each statement carries its own. */
const KEPT_HERE: ReadonlySet<string> = new Set(['QUERY_TAG', 'MULTI_STATEMENT_COUNT', 'ROWS_PER_RESULTSET']);

/** What of a session's parameters Snowflake is told. */
export function toldUpstream(parameters: SessionParameters): SessionParameters {
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([name]) => !KEPT_HERE.has(name) && !name.startsWith('CLIENT_') && !OF_A_DRIVER.test(name),
    ),
  );
}

/** The relay is the driver here, and has its own. */
const OF_A_DRIVER = /^(GO|JDBC|JS|ODBC|PYTHON_CONNECTOR)_/;

export interface AlteredSession {
  /** Null when Snowflake is told nothing of it. */
  readonly sql: string | null;
  readonly set: SessionParameters;
  readonly unset: readonly string[];
}

/**
 * ALTER SESSION, read and written anew: what is not known, or would change what statements mean beyond what the relay
 * follows, is refused; and to unset is to set to what sessions begin with, not to what the account has.
 */
export function alterSession({ actions }: Tree.Alter): AlteredSession {
  const asked: Record<string, ParameterValue> = {};
  const unset: string[] = [];
  for (const action of actions) {
    if (action.kind === 'set_options') {
      for (const { name, value } of action.options) {
        if (name.kind !== 'words')
          throw unsupported('ALTER SESSION with a name in quotes', 'leave out the quotes');
        asked[name.text.toUpperCase()] = literalOf(value);
      }
    } else if (action.kind === 'unset_options') {
      for (const { text } of action.names) unset.push(text.toUpperCase());
    } else throw unsupported('other forms of ALTER SESSION than SET and UNSET', '');
  }
  for (const name of [...Object.keys(asked), ...unset])
    if (!Object.hasOwn(PARAMETERS, name))
      throw unsupported(`ALTER SESSION of ${word(name)}, which is no session parameter that it knows`, '');
  for (const [name, value] of Object.entries(asked)) checkHonoured(name, value);
  const set = readSignInParameters(asked);
  const told = toldUpstream({ ...set, ...Object.fromEntries(unset.map((name) => [name, byDefault(name)])) });
  const assignments = Object.entries(told).map(([name, value]) => `${name} = ${literal(value)}`);
  const sql = assignments.length === 0 ? null : `ALTER SESSION SET ${assignments.join(' ')}`;
  return { sql, set, unset };
}

/** What sessions are pinned to for the sake of what is decided stays so. */
function checkHonoured(name: string, value: ParameterValue): void {
  const { treatment } = PARAMETERS[name as ParameterName];
  if (treatment.is !== 'refused' || same(value, byDefault(name))) return;
  throw unsupported(
    `sessions with ${word(name)} set to ${word(String(value))}`,
    'a statement would mean something else than what is decided on; name formats and types in the statement',
  );
}

function same(one: ParameterValue, other: ParameterValue): boolean {
  return String(one).toUpperCase() === String(other).toUpperCase();
}

function byDefault(name: string): ParameterValue {
  return PARAMETERS[name as ParameterName].default;
}

function literal(value: ParameterValue): string {
  return typeof value === 'string' ? stringLiteral(value) : String(value).toUpperCase();
}

function literalOf(value: Tree.OptionValue | null): ParameterValue {
  if (value?.kind === 'string' || value?.kind === 'boolean') return value.value;
  if (value?.kind === 'number' || value?.kind === 'words') return value.text;
  if (value?.kind === 'qualified_name') {
    const [only, ...more] = value.parts;
    if (only !== undefined && more.length === 0) return only.name;
  }
  throw unsupported('ALTER SESSION with a value that is no literal', 'write the value out');
}
