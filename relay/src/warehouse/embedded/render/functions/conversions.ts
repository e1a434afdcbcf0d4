import { unsupported } from '../../errors.ts';
import { castTo, instantOf } from '../casts.ts';
import { within } from '../expressions.ts';
import { renderLocal, renderOffset } from '../offsets.ts';
import { once } from '../once.ts';
import { writtenAs } from '../time-text.ts';
import { formatNumber, numberFormat, readFormatted } from './number-format.ts';
import { timeFormat } from '../date-parts.ts';
import type { Arguments, Rendered } from './arguments.ts';

export const conversions: Readonly<Record<string, Rendered>> = {
  TO_DATE: (args) => parseTime('DATE', args),
  DATE: (args) => parseTime('DATE', args),
  TRY_TO_DATE: (args) => tryParseTime('DATE', args),
  TO_TIMESTAMP: (args) => parseTime('TIMESTAMP', args),
  TO_TIMESTAMP_NTZ: (args) => parseTime('TIMESTAMP', args),
  TRY_TO_TIMESTAMP: (args) => tryParseTime('TIMESTAMP', args),
  TRY_TO_TIMESTAMP_NTZ: (args) => tryParseTime('TIMESTAMP', args),
  TO_TIMESTAMP_LTZ: (args) => parseTime('TIMESTAMPTZ', args),
  TO_TIMESTAMP_TZ: (args) => parseTime('TIMESTAMPTZ', args),
  TRY_TO_TIMESTAMP_LTZ: (args) => tryParseTime('TIMESTAMPTZ', args),
  TRY_TO_TIMESTAMP_TZ: (args) => tryParseTime('TIMESTAMPTZ', args),
  TO_TIME: (args) => parseTime('TIME', args),
  TIME: (args) => parseTime('TIME', args),
  TRY_TO_TIME: (args) => tryParseTime('TIME', args),
  TO_CHAR: toText,
  TO_VARCHAR: toText,
  TO_NUMBER: (args) => toDecimal(args, false),
  TO_DECIMAL: (args) => toDecimal(args, false),
  TO_NUMERIC: (args) => toDecimal(args, false),
  TRY_TO_NUMBER: (args) => toDecimal(args, true),
  TRY_TO_DECIMAL: (args) => toDecimal(args, true),
  TRY_TO_NUMERIC: (args) => toDecimal(args, true),
  TO_DOUBLE: (args) => castTo(args.place, args.expression(0), 'DOUBLE'),
  TRY_TO_DOUBLE: (args) => castTo(args.place, args.expression(0), 'DOUBLE', true),
  TO_BOOLEAN: (args) => castTo(args.place, args.expression(0), 'BOOLEAN'),
  TRY_TO_BOOLEAN: (args) => castTo(args.place, args.expression(0), 'BOOLEAN', true),
  TO_BINARY: (args) => toBinary(args, false),
  TRY_TO_BINARY: (args) => toBinary(args, true),
  TO_ARRAY: (args) => asList(args),
  // Nothing is no document.
  PARSE_JSON: (args) => `CAST(nullif(trim(${args.text(0)}), '') AS JSON)`,
  TRY_PARSE_JSON: (args) => `TRY_CAST(${args.text(0)} AS JSON)`,
  TO_VARIANT: (args) => castTo(args.place, args.expression(0), 'JSON'),
  TO_JSON: (args) => `CAST(json(${castTo(args.place, args.expression(0), 'JSON')}) AS VARCHAR)`,
  CHECK_JSON: (args) =>
    once(
      args.place.rendering,
      [args.text(0)],
      (text) => `CASE WHEN ${text} <> '' AND NOT json_valid(${text}) THEN 'no JSON' END`,
    ),
};

/** Of hexadecimal digits, if nothing else is said. */
function toBinary(args: Arguments, isTried: boolean): string {
  const format = args.count < 2 ? 'HEX' : (args.literal(1) ?? '').toUpperCase();
  const made = {
    HEX: () => castTo(args.place, args.expression(0), 'BLOB', false),
    BASE64: () => `from_base64(${args.text(0)})`,
    'UTF-8': () => `encode(${args.text(0)})`,
    UTF8: () => `encode(${args.text(0)})`,
  }[format];
  if (made === undefined) throw unsupported('this format of a binary value');
  return isTried ? `try(${made()})` : made();
}

/** What is no list is one of a single item. */
function asList(args: Arguments): string {
  const { rendering } = args.place;
  if (!['variant', 'unknown'].includes(rendering.types.familyOf(args.expression(0)))) {
    const only = args.value(0);
    return once(rendering, [only], (x) => `CASE WHEN ${x} IS NOT NULL THEN to_json([${x}]) END`);
  }
  const value = castTo(args.place, args.expression(0), 'JSON');
  return once(
    rendering,
    [value],
    (x) =>
      `CASE WHEN ${x} IS NULL OR json_type(${x}) IN ('ARRAY', 'NULL') THEN ${x} ELSE to_json([${x}]) END`,
  );
}

function parseTime(type: string, args: Arguments): string {
  if (args.count < 2) return castTo(args.place, args.expression(0), type);
  // Of a number, its second argument is how many digits of it are after the point of the seconds.
  if (args.place.rendering.types.familyOf(args.expression(0)) === 'number') {
    const digits = args.literal(1);
    if (digits === null || !/^\d$/.test(digits)) throw unsupported('a scale that is not a literal');
    return `CAST(${instantOf(args.number(0), Number(digits))} AS ${type})`;
  }
  return `CAST(strptime(${args.text(0)}, ${formatOf(args)}) AS ${type})`;
}

function tryParseTime(type: string, args: Arguments): string {
  if (args.count < 2) return castTo(args.place, args.expression(0), type, true);
  return `TRY_CAST(try_strptime(${args.text(0)}, ${formatOf(args)}) AS ${type})`;
}

function toText(args: Arguments): string {
  if (args.count < 2) return args.text(0);
  const { rendering } = args.place;
  if (rendering.types.familyOf(args.expression(0)) === 'number') {
    const format = numberFormat(args.literal(1) ?? '');
    if (format === null) throw unsupported('this format of a number');
    return formatNumber(rendering, args.number(0), format);
  }
  const own = args.expression(0);
  const format = args.literal(1);
  if (format === null) throw unsupported('a date format that is not a literal');
  const { kind } = rendering.types.of(own);
  switch (kind) {
    case 'timestamp_tz': {
      const at = within(args.place);
      return once(rendering, [renderLocal(at, own), renderOffset(at, own)], (local, offset) =>
        writtenAs(local, format, kind, offset),
      );
    }
    case 'date':
    case 'time':
    case 'timestamp_ltz':
      return once(rendering, [args.scalar(0)], (value) => writtenAs(value, format, kind));
    default:
      return once(rendering, [`CAST(${args.scalar(0)} AS TIMESTAMP)`], (value) =>
        writtenAs(value, format, 'timestamp_ntz'),
      );
  }
}

function formatOf(args: Arguments): string {
  return timeFormat(args.literal(1));
}

/** Digits may stand behind a format, or alone. */
function toDecimal(args: Arguments, isTried: boolean): string {
  const format = args.count > 1 && isText(args, 1) ? numberFormat(args.literal(1)!) : undefined;
  const first = format === undefined ? 1 : 2;
  const digits = [first, first + 1].map((index) => (args.count > index ? args.literal(index) : undefined));
  if (digits.some((one) => one !== undefined && (one === null || !/^\d+$/.test(one))))
    throw unsupported('digits of a number that are not literals');
  const type = `DECIMAL(${digits[0] ?? '38'}, ${digits[1] ?? '0'})`;
  if (format === undefined) return castTo(args.place, args.expression(0), type, isTried);
  return `${isTried ? 'TRY_CAST' : 'CAST'}(${readFormatted(args.text(0), format)} AS ${type})`;
}

function isText(args: Arguments, index: number): boolean {
  const argument = args.expression(index);
  return argument.kind === 'literal' && argument.value.kind === 'string';
}
