import { SluiceError } from '../../../errors.ts';
import { inSingleQuotes, quoted, shown, word } from '../../../text/index.ts';
import type { ParameterValue, SessionParameters } from '../../session-state.ts';
import { unsupported } from '../errors.ts';
import { writtenAs } from '../render/time-text.ts';
import { parameterNamed } from './parameters.ts';
import type { Parameter } from './table.ts';

/**
 * A value that a parameter is to be set to. Throws `statement_failed`, as Snowflake does, for one that is not known, and
 * for a value that it cannot have; `unsupported_by_warehouse` for one that would not be honoured.
 *
 * @param refused - what is said of that, where it is not the embedded warehouse that says it.
 */
export function readParameter(
  name: string,
  given: ParameterValue,
  refused: typeof refusedHere = refusedHere,
): ParameterValue {
  const parameter = parameterNamed(name);
  if (parameter === null) throw unknownParameter(name);
  const value = valueOf(parameter, given);
  if (value === null) throw invalidValue(name, given);
  const { treatment } = parameter;
  if (treatment.is === 'refused' && value !== parameter.default)
    throw refused(name, given, treatment.because);
  const isLeftOpen = value === '' && /_L?N?TZ_/.test(name);
  if (FORMATS.has(name) && !isLeftOpen) {
    const unknown = unwritable(String(value));
    if (unknown !== null) throw refused === refusedHere ? unknown : refused(name, given, 'its format');
  }
  return value;
}

/** Why nothing can be written in a format; null when it can. */
function unwritable(format: string): unknown {
  try {
    writtenAs('now()', format, 'timestamp_ltz');
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * What a client asks for when it signs in. As in Snowflake, what is not known is left out; and so is what would change
 * nothing anyway, when its value is none. Throws as `readParameter` does for the rest.
 */
export function readSignInParameters(asked: Readonly<Record<string, unknown>>): SessionParameters {
  const set: Record<string, ParameterValue> = {};
  for (const [given, value] of Object.entries(asked)) {
    const name = given.toUpperCase();
    const parameter = parameterNamed(name);
    if (parameter === null || value === null || value === undefined) continue;
    if (parameter.treatment.is === 'accepted') {
      const read = isValue(value) ? valueOf(parameter, value) : null;
      if (read !== null) set[name] = read;
      continue;
    }
    if (!isValue(value)) throw invalidValue(name, typeof value);
    set[name] = readParameter(name, value, refusedAtSignIn);
  }
  return set;
}

function refusedHere(name: string, given: ParameterValue, because: string): SluiceError {
  return unsupported(
    `the session parameter ${word(name)} with the value ${word(String(given))} (${because})`,
  );
}

/** Whatever warehouse is behind the relay: the session is the relay's. */
function refusedAtSignIn(name: string, given: ParameterValue): SluiceError {
  return new SluiceError(
    'unsupported_by_warehouse',
    shown`the relay opens no sessions with ${inSingleQuotes(name)} set to ${quoted(String(given), { most: 100 })}`,
    {
      advice: 'leave it out at sign-in, and name formats and types in the statements that need them',
      warehouse: { code: '000002', sqlState: '0A000' },
    },
  );
}

export function unknownParameter(name: string): SluiceError {
  return new SluiceError(
    'statement_failed',
    shown`SQL compilation error:\ninvalid property ${inSingleQuotes(name)} for 'SESSION'`,
    { warehouse: { code: '001420', sqlState: '22023' } },
  );
}

export function invalidValue(name: string, given: ParameterValue): SluiceError {
  return new SluiceError(
    'statement_failed',
    shown`SQL compilation error:\ninvalid value [${quoted(String(given), { most: 100 })}] for parameter ${inSingleQuotes(name)}`,
    { warehouse: { code: '001008', sqlState: '22023' } },
  );
}

function isValue(value: unknown): value is ParameterValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

/** Null when it is none of the parameter's. Of a text that is one of several, the way in which it is listed. */
function valueOf({ default: byDefault, values }: Parameter, given: ParameterValue): ParameterValue | null {
  switch (typeof byDefault) {
    case 'boolean': {
      const text = String(given).toLowerCase();
      return text === 'true' ? true : text === 'false' ? false : null;
    }
    case 'number': {
      if (typeof given === 'boolean' || !WHOLE.test(String(given))) return null;
      const number = Number(given);
      if (!Number.isSafeInteger(number)) return null;
      const { least, most } = values as { readonly least: number; readonly most: number };
      return number >= least && number <= most ? number : null;
    }
    default: {
      const text = String(given);
      if (text.length > LONGEST) return null;
      if (values === null) return text.toUpperCase() === 'AUTO' ? 'AUTO' : text;
      const upper = text.toUpperCase();
      return (values as readonly string[]).find((value) => value === upper) ?? null;
    }
  }
}

/**
 * The Go driver says a second session what the first was answered, and writes whole numbers as Go does floating-point ones:
 * `2.147483647e+09`.
 */
const WHOLE = /^-?\d{1,15}(?:\.\d{1,15})?(?:e[+-]?\d{1,2})?$/i;

/** Characters: Snowflake's limit of a query tag. */
const LONGEST = 2_000;

const FORMATS = new Set([
  'DATE_OUTPUT_FORMAT',
  'TIME_OUTPUT_FORMAT',
  'TIMESTAMP_OUTPUT_FORMAT',
  'TIMESTAMP_LTZ_OUTPUT_FORMAT',
  'TIMESTAMP_NTZ_OUTPUT_FORMAT',
  'TIMESTAMP_TZ_OUTPUT_FORMAT',
]);
