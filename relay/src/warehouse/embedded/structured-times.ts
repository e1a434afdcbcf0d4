import type { SessionParameters } from '../session-state.ts';
import { parameterOf } from './parameters/parameters.ts';

export type TimeKind = 'date' | 'time' | 'timestamp_ntz' | 'timestamp_ltz' | 'timestamp_tz';

/** What a clock shows, and how far it is from UTC. */
export interface DocumentTime {
  /** Microseconds since 1970, as if the clock were one of UTC. */
  readonly local: bigint;
  /** In minutes. */
  readonly offset: number;
}

const TEXT =
  /^(?:(\d{4,6})-(\d\d)-(\d\d))?[ T]?(?:(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(?:([+-])(\d\d):(\d\d))?$/;

/** A time as documents of structured types have it (render/structured.ts); null for what is none. */
export function readTime(text: string): DocumentTime | null {
  const match = TEXT.exec(text);
  if (match === null || text === '') return null;
  const [year = '1970', month = '01', day = '01', hour = '0', minute = '0', second = '0', fraction = ''] =
    match.slice(1);
  const [sign, hours = '0', minutes = '0'] = match.slice(8);
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  at.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return { local: BigInt(at.getTime()) * 1_000n + BigInt(fraction.padEnd(6, '0')), offset };
}

const MINUTE = 60_000_000n;

/** The same instant in the session's zone. */
export function offsetAt({ local, offset }: DocumentTime, parameters: SessionParameters): DocumentTime {
  const instant = local - BigInt(offset) * MINUTE;
  const here = offsetOfZone(parameterOf(parameters, 'TIMEZONE'), Number(instant / 1_000n));
  return { local: instant + BigInt(here) * MINUTE, offset: here };
}

/** In minutes. */
function offsetOfZone(zone: string, epochMs: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const ELEMENT = /"([^"]*)"|YYYY|YY|MMMM|MON|MM|DD|DY|HH24|HH12|HH|MI|SS|FF\d?|AM|PM|TZHTZM|TZH:TZM|TZH|TZM/gi;

/** In one of Snowflake's formats. */
export function timeText({ local, offset }: DocumentTime, format: string): string {
  const micros = ((local % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const at = new Date(Number((local - micros) / 1_000n));
  const two = (number: number) => String(number).padStart(2, '0');
  const month = at.toLocaleString('en-US', { month: 'long', timeZone: 'UTC' });
  const hours = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}`;
  const minutes = two(Math.abs(offset) % 60);
  return format.replace(ELEMENT, (element: string, quoted?: string) => {
    if (quoted !== undefined) return quoted;
    const upper = element.toUpperCase();
    switch (upper) {
      case 'YYYY':
        return String(at.getUTCFullYear()).padStart(4, '0');
      case 'YY':
        return two(at.getUTCFullYear() % 100);
      case 'MMMM':
        return month;
      case 'MON':
        return month.slice(0, 3);
      case 'MM':
        return two(at.getUTCMonth() + 1);
      case 'DD':
        return two(at.getUTCDate());
      case 'DY':
        return at.toLocaleString('en-US', { weekday: 'short', timeZone: 'UTC' });
      case 'HH24':
      case 'HH':
        return two(at.getUTCHours());
      case 'HH12':
        return two(at.getUTCHours() % 12 || 12);
      case 'AM':
      case 'PM':
        return at.getUTCHours() < 12 ? 'AM' : 'PM';
      case 'MI':
        return two(at.getUTCMinutes());
      case 'SS':
        return two(at.getUTCSeconds());
      case 'TZHTZM':
        return `${hours}${minutes}`;
      case 'TZH:TZM':
        return `${hours}:${minutes}`;
      case 'TZH':
        return hours;
      case 'TZM':
        return minutes;
      default:
        // `FF` is all nine.
        return `${String(micros).padStart(6, '0')}000`.slice(0, Number(upper.slice(2) || '9'));
    }
  });
}
