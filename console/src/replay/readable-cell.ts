/**
 * A cell of the driver protocol as people read it: dates and times are numbers there. Whatever is not as its type says stays
 * as it is.
 */
export function readableCell(type: string, cell: string): string {
  switch (type.toLowerCase()) {
    case 'date':
      return /^-?\d{1,7}$/.test(cell) ? (isoOf(Number(cell) * 86_400_000)?.slice(0, 10) ?? cell) : cell;
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return readableTime(cell);
    default:
      return cell;
  }
}

/** `SECONDS.FRACTION`, and of a `timestamp_tz` its zone, which is minutes from UTC plus 1,440. */
function readableTime(cell: string): string {
  const [, seconds, fraction = '', zone] = /^(-?\d{1,12})(?:\.(\d{1,9}))?(?: (\d{1,4}))?$/.exec(cell) ?? [];
  if (seconds === undefined || (seconds.startsWith('-') && /[1-9]/.test(fraction))) return cell;
  const minutes = zone === undefined ? 0 : Number(zone) - 1_440;
  const iso = isoOf(Number(seconds) * 1_000 + minutes * 60_000);
  if (iso === null) return cell;
  const rest = fraction.replace(/0+$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${rest === '' ? '' : `.${rest}`}${zone === undefined ? '' : offset(minutes)}`;
}

function isoOf(ms: number): string | null {
  const date = new Date(ms);
  // Years beyond four digits have another form.
  return Number.isNaN(date.getTime()) || !/^\d{4}-/.test(date.toISOString()) ? null : date.toISOString();
}

function offset(minutes: number): string {
  const size = Math.abs(minutes);
  const part = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return ` ${minutes < 0 ? '-' : '+'}${part(size / 60)}:${part(size % 60)}`;
}
