import { type BoundCast, type BoundExpression, lengthOfText } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { familyOf, type SnowflakeType } from '../types/snowflake-type.ts';
import { parameterOf } from '../parameters/parameters.ts';
import { renderDataType } from './data-types.ts';
import { asOffset, timeAsText } from './time-text.ts';
import type { Place } from './expressions.ts';
import { renderExpression, renderPart, within } from './expressions.ts';
import { renderLocal, renderOffset } from './offsets.ts';
import { once } from './once.ts';
import type { Rendering } from './rendering.ts';
import { renderStructured, structureOf } from './structured.ts';
import { isPlainText, isWhole } from './whole.ts';

export function renderCast(cast: BoundCast, place: Place): string {
  const { style, operand, type } = cast;
  const { rendering, scope, reading } = place;
  const structure = structureOf(cast);
  if (structure !== null) {
    const value = renderStructured(place, operand, structure);
    return style === 'TRY_CAST' ? `try(${value})` : value;
  }
  const target = renderDataType(type);
  if (isPlainText(rendering, cast) && isWhole(rendering, operand)) {
    const value = renderExpression(rendering, scope, operand, reading);
    return rendering.types.familyOf(operand) === 'variant' ? `json_extract_string(${value}, '$')` : value;
  }
  const text = castTo(place, operand, target, style === 'TRY_CAST');
  // A text is cut to the length of its type.
  const length = target === 'VARCHAR' ? lengthOfText(type.name, type.parameters) : null;
  if (length === null) return text;
  if (!Number.isSafeInteger(length)) throw unsupported('a length of this form');
  return `left(${text}, ${length})`;
}

/** An operand as a value of one of DuckDB's types. A text inside a VARIANT is the text, not its JSON spelling. */
export function castTo(place: Place, operand: BoundExpression, target: string, isTried = false): string {
  const value = renderPart(place, operand);
  const type = place.rendering.types.of(operand);
  const family = familyOf(type);
  if (target === 'JSON') {
    if (family === 'variant') return value;
    return type.kind === 'timestamp_tz' ? documentOfInstant(place, operand) : documentOf(value, type);
  }
  const cast = isTried ? 'TRY_CAST' : 'CAST';
  if (type.kind === 'timestamp_tz') return ofInstant(place, operand, value, target, cast);
  switch (family) {
    case 'variant':
      return readText(place.rendering, `json_extract_string(${value}, '$')`, target, cast);
    case 'text':
      return readText(place.rendering, value, target, cast);
    case 'boolean':
      return target === 'BOOLEAN' || target === 'VARCHAR'
        ? `${cast}(${value} AS ${target})`
        : `${cast}(CAST(${value} AS INTEGER) AS ${target})`;
    case 'unknown':
      return `${cast}(${scalarOf(place, value)} AS ${target})`;
    case 'number':
      if (target === 'TIMESTAMP') return isTried ? `try(${instantOf(value, 0)})` : instantOf(value, 0);
      return target === 'VARCHAR' ? spelled(place.rendering, value, type) : `${cast}(${value} AS ${target})`;
    default:
      if (target === 'VARCHAR') return spelled(place.rendering, value, type);
      // DuckDB's TRY_CAST of an instant with a zone fails for the farthest ones.
      return isTried ? `try(CAST(${value} AS ${target}))` : `CAST(${value} AS ${target})`;
  }
}

/** Of an instant with its offset: what a clock there shows, and its day. */
function ofInstant(
  place: Place,
  operand: BoundExpression,
  value: string,
  target: string,
  cast: 'CAST' | 'TRY_CAST',
): string {
  const at = within(place);
  switch (target) {
    case 'VARCHAR':
      return once(place.rendering, [renderLocal(at, operand), renderOffset(at, operand)], (local, offset) =>
        timeAsText(place.rendering.parameters, local, 'timestamp_tz', offset),
      );
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return `${cast}(${renderLocal(at, operand)} AS ${target})`;
    default:
      return target === 'TIMESTAMPTZ' ? value : `${cast}(${value} AS ${target})`;
  }
}

/** What a clock at its offset shows, and that. */
function documentOfInstant(place: Place, operand: BoundExpression): string {
  const at = within(place);
  return once(
    place.rendering,
    [renderLocal(at, operand), renderOffset(at, operand)],
    (local, offset) => `to_json(CAST(${local} AS VARCHAR) || ${asOffset(offset)})`,
  );
}

/** DuckDB writes a number that has no digits before the point without the 0 that JSON wants there. */
export function documentOf(value: string, type: SnowflakeType): string {
  if (type.kind === 'binary') return `to_json(hex(${value}))`;
  if (type.kind !== 'fixed' || type.scale < type.precision) return `to_json(${value})`;
  return `CAST(regexp_replace(CAST(${value} AS VARCHAR), '^(-?)\\.', '\\1' || '0.') AS JSON)`;
}

/** A value in the session's output formats. Never fails. */
export function spelled(rendering: Rendering, value: string, type: SnowflakeType): string {
  const { parameters } = rendering;
  const text = `CAST(${value} AS VARCHAR)`;
  switch (type.kind) {
    case 'real':
      return `regexp_replace(${text}, '\\.0$', '')`;
    case 'date':
    case 'time':
    case 'timestamp_ltz': {
      const { kind } = type;
      return once(rendering, [value], (time) => timeAsText(parameters, time, kind));
    }
    case 'timestamp_ntz':
      return once(rendering, [`CAST(${value} AS TIMESTAMP)`], (time) =>
        timeAsText(parameters, time, 'timestamp_ntz'),
      );
    case 'binary':
      return parameterOf(parameters, 'BINARY_OUTPUT_FORMAT') === 'HEX'
        ? `hex(${value})`
        : `to_base64(${value})`;
    default:
      return text;
  }
}

/** A text as Snowflake reads it where a value of another type is meant. */
export function readText(
  rendering: Rendering,
  text: string,
  target: string,
  cast: 'CAST' | 'TRY_CAST',
): string {
  const plain = (value: string) => `${cast}(${value} AS ${target})`;
  switch (target) {
    case 'BOOLEAN':
      return once(
        rendering,
        [text],
        (x) => `CASE lower(${x}) WHEN 'on' THEN TRUE WHEN 'off' THEN FALSE ELSE ${plain(x)} END`,
      );
    case 'BLOB':
      return cast === 'CAST' ? `unhex(${text})` : `try(unhex(${text}))`;
    case 'DATE':
    case 'TIMESTAMP':
      if (/^'\d{4}-\d\d?-\d\d?[^']*'$/.test(text)) return plain(text);
      return once(
        rendering,
        [text],
        (x) =>
          `CASE WHEN regexp_full_match(${x}, '-?[0-9]{5,18}') THEN CAST(${instantOfDigits(x)} AS ${target}) ELSE coalesce(CAST(try_strptime(${x}, ['%m/%d/%Y', '%d-%b-%Y']) AS ${target}), ${plain(x)}) END`,
      );
    case 'TIMESTAMPTZ':
      return plain(withOffset(text));
    default:
      return plain(text);
  }
}

/** A text of an instant with its offset as DuckDB takes it: with a colon, and without a space before it. */
export function withOffset(text: string): string {
  return `regexp_replace(${text}, '\\s*([+-]\\d\\d):?(\\d\\d)$', '\\1:\\2')`;
}

/** The instant so many seconds after 1970, of which `digits` digits are after the point. */
export function instantOf(number: string, digits: number): string {
  const factor = 10 ** Math.abs(6 - digits);
  const microseconds =
    digits <= 6
      ? `floor(CAST(${number} AS DECIMAL(27, 6)) * ${factor})`
      : `CAST(${number} AS HUGEINT) // ${factor}`;
  return `make_timestamp(CAST(${microseconds} AS BIGINT))`;
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970: by how large the number is (Snowflake: TO_TIMESTAMP). */
function instantOfDigits(text: string): string {
  const number = `CAST(${text} AS HUGEINT)`;
  const limits = [31_536_000_000, 31_536_000_000_000, 31_536_000_000_000_000];
  const [seconds, milliseconds, microseconds] = limits.map((limit) => `abs(${number}) < ${limit}`);
  return `CASE WHEN ${seconds} THEN ${instantOf(number, 0)} WHEN ${milliseconds} THEN ${instantOf(number, 3)} WHEN ${microseconds} THEN ${instantOf(number, 6)} ELSE ${instantOf(number, 9)} END`;
}

/**
 * One of the values that are chosen among, as the type of all of them: beside a VARIANT it becomes one, beside a time a text is read as
 * one (`chosenType`). Null where DuckDB does that itself.
 */
export function asChosen(place: Place, value: BoundExpression, type: SnowflakeType): string | null {
  const own = place.rendering.types.of(value);
  if (own.kind === 'null' || familyOf(own) === familyOf(type)) return null;
  if (familyOf(type) === 'variant') return castTo(place, value, 'JSON');
  if (familyOf(type) !== 'time' || familyOf(own) !== 'text') return null;
  return castTo(place, value, NAMES_OF_TIMES[type.kind] ?? 'TIMESTAMP');
}

const NAMES_OF_TIMES: Readonly<Record<string, string>> = {
  date: 'DATE',
  time: 'TIME',
  timestamp_ltz: 'TIMESTAMPTZ',
  timestamp_tz: 'TIMESTAMPTZ',
};

/** A text, from whatever it is. */
export function asText(place: Place, operand: BoundExpression): string {
  if (place.rendering.types.familyOf(operand) === 'text') return renderPart(place, operand);
  return castTo(place, operand, 'VARCHAR');
}

/** What takes a VARIANT for what is in it; other values stay what they are. */
export function asScalar(place: Place, operand: BoundExpression): string {
  const value = renderPart(place, operand);
  return place.rendering.types.familyOf(operand) === 'variant' ? `json_extract_string(${value}, '$')` : value;
}

/** A text is read as NUMBER(18, 5), as Snowflake reads it where a number is meant. */
export function asNumber(place: Place, operand: BoundExpression): string {
  const value = renderPart(place, operand);
  switch (place.rendering.types.familyOf(operand)) {
    case 'variant':
      return `CAST(json_extract_string(${value}, '$') AS DOUBLE)`;
    case 'text':
      return `CAST(${value} AS DECIMAL(18, 5))`;
    default:
      return value;
  }
}

function scalarOf({ rendering }: Place, value: string): string {
  // Binds and literals are no JSON.
  if (/^(?:\$\w+|NULL|-?[\d.]+|'(?:[^']|'')*')$/.test(value)) return value;
  return once(
    rendering,
    [value],
    (x) =>
      `CASE WHEN typeof(${x}) = 'JSON' THEN json_extract_string(to_json(${x}), '$') ELSE CAST(${x} AS VARCHAR) END`,
  );
}
