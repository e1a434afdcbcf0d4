import type { SqlApiOrder } from '@sluice/contract';
import type { ResultColumn } from '../../warehouse/index.ts';
import { zoneOffsets } from './zone-offset.ts';

/**
 * How dates and times are written where a request says so in `parameters` (Snowflake's documentation: date and time
 * output formats). Null: as numbers, as always.
 */
export interface OutputFormats {
  readonly date: string | null;
  readonly time: string | null;
  readonly timestamp_ntz: string | null;
  readonly timestamp_ltz: string | null;
  readonly timestamp_tz: string | null;
  /** Of timestamps with a local time zone. */
  readonly timezone: string;
}

type Asked = NonNullable<SqlApiOrder['parameters']>;

/** What a request's parameters, by upper-case name, say of them; null when nothing. */
export function outputFormats(asked: Asked): OutputFormats | null {
  const said = (name: string): string | null => {
    const value = asked[name];
    if (value == null || value === '') return null;
    const text = String(value);
    return text.toUpperCase() === 'AUTO' ? AUTO[name.startsWith('TIMESTAMP') ? 'TIMESTAMP' : name]! : text;
  };
  const all = said('TIMESTAMP_OUTPUT_FORMAT');
  const formats: OutputFormats = {
    date: said('DATE_OUTPUT_FORMAT'),
    time: said('TIME_OUTPUT_FORMAT'),
    timestamp_ntz: said('TIMESTAMP_NTZ_OUTPUT_FORMAT') ?? all,
    timestamp_ltz: said('TIMESTAMP_LTZ_OUTPUT_FORMAT') ?? all,
    timestamp_tz: said('TIMESTAMP_TZ_OUTPUT_FORMAT') ?? all,
    timezone: String(asked['TIMEZONE'] ?? 'Etc/UTC'),
  };
  const { timezone: _, ...each } = formats;
  return Object.values(each).every((format) => format === null) ? null : formats;
}

const AUTO: Readonly<Record<string, string>> = {
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  TIMESTAMP: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
};

/** Writes cells of a column, or null where they are numbers still. What a mask has made another text of stays it. */
export function cellWriter(
  { type }: Pick<ResultColumn, 'type'>,
  formats: OutputFormats | null,
): ((cell: string) => string) | null {
  const format = formats === null || !isDated(type) ? null : formats[type];
  if (format === null || formats === null) return null;
  const write = writerOf(format);
  const offsets = zoneOffsets(formats.timezone);
  const offsetOf = (seconds: number, zone: string | undefined) =>
    type === 'timestamp_ltz' ? offsets(seconds) : Number(zone ?? 1_440) - 1_440;
  return (cell) => {
    const match = NUMBER.exec(cell);
    if (match === null) return cell;
    const [, sign, whole = '', behind = '', zone] = match;
    const nanos = (BigInt(whole) * BILLION + BigInt(behind.padEnd(9, '0'))) * (sign === '-' ? -1n : 1n);
    const inSeconds = type === 'date' ? nanos * 86_400n : nanos;
    const seconds = floorDivided(inSeconds, BILLION);
    const offset = offsetOf(Number(seconds), zone);
    const local = new Date(Number(seconds + BigInt(offset) * 60n) * 1_000);
    if (Number.isNaN(local.getTime())) return cell;
    return write({ local, nanos: Number(inSeconds - seconds * BILLION), offset });
  };
}

type Dated = Exclude<keyof OutputFormats, 'timezone'>;

function isDated(type: ResultColumn['type']): type is Dated {
  return type === 'date' || type === 'time' || type.startsWith('timestamp');
}

/** Days or seconds, with what is behind the point, and a zone's minutes to the east, plus a day's. */
const NUMBER = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?(?: (\d{1,4}))?$/;
const BILLION = 1_000_000_000n;

interface Moment {
  /** Its parts in UTC are those of the zone. */
  readonly local: Date;
  readonly nanos: number;
  /** Minutes to the east. */
  readonly offset: number;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** Longer ones first: what is none of them, or stands in quotes, is written as it is. */
const ELEMENTS: readonly (readonly [RegExp, (moment: Moment, text: string) => string])[] = [
  [/^"([^"]*)"/, (_, text) => text.slice(1, -1)],
  [/^YYYY/i, ({ local }) => String(local.getUTCFullYear()).padStart(4, '0')],
  [/^YY/i, ({ local }) => two(local.getUTCFullYear() % 100)],
  [/^MMMM/i, ({ local }) => MONTHS[local.getUTCMonth()]!],
  [/^MON/i, ({ local }) => MONTHS[local.getUTCMonth()]!.slice(0, 3)],
  [/^MM/i, ({ local }) => two(local.getUTCMonth() + 1)],
  [/^MI/i, ({ local }) => two(local.getUTCMinutes())],
  [/^DD/i, ({ local }) => two(local.getUTCDate())],
  [/^DY/i, ({ local }) => DAYS[local.getUTCDay()]!],
  [/^HH12/i, ({ local }) => two(local.getUTCHours() % 12 || 12)],
  [/^HH(24)?/i, ({ local }) => two(local.getUTCHours())],
  [/^[AP]M/i, ({ local }) => (local.getUTCHours() < 12 ? 'AM' : 'PM')],
  [/^SS/i, ({ local }) => two(local.getUTCSeconds())],
  [
    /^FF\d?/i,
    ({ nanos }, text) =>
      String(nanos)
        .padStart(9, '0')
        .slice(0, Number(text[2] ?? 9)),
  ],
  [/^TZH/i, ({ offset }) => `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}`],
  [/^TZM/i, ({ offset }) => two(Math.abs(offset) % 60)],
];

function writerOf(format: string): (moment: Moment) => string {
  const parts: ((moment: Moment) => string)[] = [];
  for (let rest = format; rest !== '';) {
    const found = ELEMENTS.map(([form, write]) => ({ text: form.exec(rest)?.[0], write })).find(
      ({ text }) => text !== undefined,
    );
    const text = found?.text ?? rest[0]!;
    parts.push(found === undefined ? () => text : (moment) => found.write(moment, text));
    rest = rest.slice(text.length);
  }
  return (moment) => parts.map((part) => part(moment)).join('');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function floorDivided(value: bigint, by: bigint): bigint {
  return (value >= 0n ? value : value - by + 1n) / by;
}
