import { unsupported } from '../../errors.ts';
import { once } from '../once.ts';
import { quoteString } from '../quote.ts';
import type { Rendering } from '../rendering.ts';

/** How a number is written (Snowflake: "SQL format models", fixed-position numeric formats). */
interface NumberFormat {
  /** `FM`: without blanks. */
  readonly isCompact: boolean;
  /** `S` or `MI` where a sign is written always, or behind the number. */
  readonly sign: 'before' | 'S' | 'MI' | 'always';
  readonly hasDollar: boolean;
  /** Digits before the point, with `,` between groups: `9,990`. */
  readonly whole: string;
  /** Digits after it; null without a point. */
  readonly fraction: string | null;
}

/** Null for what is no format of a number's. */
export function numberFormat(text: string): NumberFormat | null {
  const pattern = /^(FM)?(S)?(\$)?([09,G]*)(?:[.D]([09]*))?(S|MI)?$/i;
  const [, compact, first, dollar, digits = '', fraction, last] = pattern.exec(text) ?? [];
  const whole = digits.toUpperCase().replaceAll('G', ',');
  if (!/[09]/.test(`${whole}${fraction ?? ''}`) || /^,|,$/.test(whole)) return null;
  if (first !== undefined && last !== undefined) return null;
  const behind = last?.toUpperCase() as 'S' | 'MI' | undefined;
  return {
    isCompact: compact !== undefined,
    sign: behind ?? (first === undefined ? 'before' : 'always'),
    hasDollar: dollar !== undefined,
    whole,
    fraction: fraction ?? null,
  };
}

/** A number as a text in a format; one that has no room is written as `#`. */
export function formatNumber(rendering: Rendering, value: string, format: NumberFormat): string {
  const { fraction, isCompact, sign, hasDollar } = format;
  const scale = fraction?.length ?? 0;
  const digits = `CAST(TRY_CAST(abs(${value}) AS DECIMAL(38, ${scale})) AS VARCHAR)`;
  return once(rendering, [value, digits], (number, text) => {
    const [whole, part] = [`split_part(${text}, '.', 1)`, `split_part(${text}, '.', 2)`];
    const places = format.whole.replaceAll(',', '');
    const fits = `${text} IS NOT NULL AND (length(${whole}) <= ${places.length} OR ${whole} = '0')`;
    const behind = fraction === null ? "''" : `'.' || ${fractionOf(part, fraction)}`;
    const written = `${quoteString(hasDollar ? '$' : '')} || CASE WHEN ${fits} THEN ${groupedDigits(whole, format.whole)} || ${behind} ELSE ${quoteString(`${places.replaceAll(/./g, '#')}${fraction === null ? '' : `.${'#'.repeat(scale)}`}`)} END`;
    const isBelow = `${number} < 0`;
    const signs = {
      before: [`CASE WHEN ${isBelow} THEN '-' ELSE '' END || `, ''],
      always: [`CASE WHEN ${isBelow} THEN '-' ELSE '+' END || `, ''],
      S: ['', ` || CASE WHEN ${isBelow} THEN '-' ELSE '+' END`],
      MI: ['', ` || CASE WHEN ${isBelow} THEN '-' ELSE ' ' END`],
    }[sign];
    const width =
      format.whole.length +
      (fraction === null ? 0 : 1 + scale) +
      (hasDollar ? 1 : 0) +
      (signs[0] === '' ? 0 : 1);
    const padded = `lpad(${signs[0]}${written}, ${width}, ' ')${signs[1]}`;
    return `CASE WHEN ${number} IS NOT NULL THEN ${isCompact ? `replace(${padded}, ' ', '')` : padded} END`;
  });
}

/** With zeros up to the first `0` of the format, and a comma wherever digits stand before one. */
function groupedDigits(whole: string, format: string): string {
  const places = format.replaceAll(',', '');
  const least = places.includes('0') ? places.length - places.indexOf('0') : 1;
  const digits = `lpad(${whole}, CAST(greatest(length(${whole}), ${Math.min(least, places.length)}) AS INTEGER), '0')`;
  const groups = format.split(',').map(({ length }) => length);
  let behind = places.length;
  const parts = groups.map((length, index) => {
    const from = places.length - behind + 1;
    behind -= length;
    const part = `substr(lpad(${digits}, ${places.length}, ' '), ${from}, ${length})`;
    const comma =
      index === groups.length - 1 ? '' : ` || CASE WHEN length(${digits}) > ${behind} THEN ',' ELSE '' END`;
    return `${part}${comma}`;
  });
  return `ltrim(${parts.join(' || ')}, ' ')`;
}

/** A `9` leaves a blank where only zeros would follow. */
function fractionOf(digits: string, format: string): string {
  const sure = format.lastIndexOf('0') + 1;
  if (sure === format.length) return digits;
  return `left(${digits}, ${sure}) || rpad(rtrim(substr(${digits}, ${sure + 1}), '0'), ${format.length - sure}, ' ')`;
}

/** What a text in such a format says, as digits that can be read as a number. */
export function readFormatted(text: string, format: NumberFormat | null): string {
  if (format === null || format.sign === 'S' || format.sign === 'MI')
    throw unsupported('this format of a number');
  return `regexp_replace(${text}, '[ ,$]', '', 'g')`;
}
