import type { SessionParameters } from '../../session-state.ts';
import { parameterOf } from '../parameters/parameters.ts';
import { unsupported } from '../errors.ts';
import { timeFormat } from './date-parts.ts';

type TimeKind = 'date' | 'time' | 'timestamp_ntz' | 'timestamp_ltz' | 'timestamp_tz';

/**
 * A time as a text, in the session's output format. Never fails.
 * @param offset in minutes, of a `timestamp_tz`, of which `value` is what a clock shows there.
 */
export function timeAsText(
  parameters: SessionParameters,
  value: string,
  kind: TimeKind,
  offset = '0',
): string {
  return writtenAs(value, formatOf(parameters, kind), kind, offset);
}

/** Snowflake: a kind of timestamp without a format of its own has that of all timestamps. */
export function formatOf(parameters: SessionParameters, kind: TimeKind): string {
  switch (kind) {
    case 'date':
      return parameterOf(parameters, 'DATE_OUTPUT_FORMAT');
    case 'time':
      return parameterOf(parameters, 'TIME_OUTPUT_FORMAT');
    case 'timestamp_ntz':
      return parameterOf(parameters, 'TIMESTAMP_NTZ_OUTPUT_FORMAT') || ofAll(parameters);
    case 'timestamp_ltz':
      return parameterOf(parameters, 'TIMESTAMP_LTZ_OUTPUT_FORMAT') || ofAll(parameters);
    case 'timestamp_tz':
      return parameterOf(parameters, 'TIMESTAMP_TZ_OUTPUT_FORMAT') || ofAll(parameters);
    default:
      return kind satisfies never;
  }
}

function ofAll(parameters: SessionParameters): string {
  return parameterOf(parameters, 'TIMESTAMP_OUTPUT_FORMAT');
}

/** @throws `unsupported_by_warehouse` for a format with something in it that is not there. */
export function writtenAs(value: string, format: string, kind: TimeKind, minutes = '0'): string {
  const instant = kind === 'time' ? `(DATE '1970-01-01' + ${value})` : value;
  const parts = format.split(OTHERWISE).filter((part) => part !== '');
  const texts = parts.map((part) => {
    const element = part.toUpperCase();
    if (ZONES.has(element)) return zoneOf(element, instant, kind, minutes);
    const digits = FRACTION.exec(element)?.[1];
    // `FF` is all nine.
    if (digits !== undefined) return `left(strftime(${instant}, '%n'), ${digits || '9'})`;
    return `strftime(${instant}, ${timeFormat(part)})`;
  });
  if (texts.length === 0) throw unsupported('an empty format');
  return texts.length === 1 ? texts[0]! : `(${texts.join(' || ')})`;
}

/** Elements that DuckDB writes in another way, and what is quoted, in which there are none. */
const OTHERWISE = /("[^"]*"|TZHTZM|TZH:TZM|TZH|FF\d?)/i;

const ZONES: ReadonlySet<string> = new Set(['TZHTZM', 'TZH:TZM', 'TZH']);

const FRACTION = /^FF(\d?)$/;

/** DuckDB writes an offset as `+09` or `-03:30`. What has no zone is of none. */
function zoneOf(element: string, instant: string, kind: TimeKind, minutes: string): string {
  const offset = kind === 'timestamp_tz' ? signed(minutes) : offsetOf(instant, kind);
  switch (element) {
    case 'TZHTZM':
      return offset;
    case 'TZH':
      return `left(${offset}, 3)`;
    default:
      return `(left(${offset}, 3) || ':' || right(${offset}, 2))`;
  }
}

/** `+0530` */
function signed(minutes: string): string {
  return `format('{}{:02d}{:02d}', CASE WHEN ${minutes} < 0 THEN '-' ELSE '+' END, abs(${minutes}) // 60, abs(${minutes}) % 60)`;
}

function offsetOf(instant: string, kind: TimeKind): string {
  return kind === 'timestamp_ltz'
    ? `rpad(replace(strftime(${instant}, '%z'), ':', ''), 5, '0')`
    : `CASE WHEN ${instant} IS NOT NULL THEN '+0000' END`;
}

/** `+05:30` */
export function asOffset(minutes: string): string {
  return `format('{}{:02d}:{:02d}', CASE WHEN ${minutes} < 0 THEN '-' ELSE '+' END, abs(${minutes}) // 60, abs(${minutes}) % 60)`;
}
