import type { BoundExpression } from '@sluice/snowflake-sql/execution';
import { LONGEST_TEXT } from '../types/snowflake-type.ts';
import type { Place } from './expressions.ts';
import { once } from './once.ts';

/**
 * The longest text that is made for each row here: DuckDB makes some two thousand at once, outside of its memory
 * limit. What is made of literals alone is made once, and may be as long as in Snowflake.
 */
export const LONGEST_OF_A_ROW = 262_144;

/** What DuckDB is made to say; errors.ts knows it. */
const TOO_LONG = 'String too long';

/** The longest text that a call may make of these arguments: within a lambda, its share of what all items may make. */
export function longest({ scope }: Place, args: readonly BoundExpression[]): number | string {
  if (scope.share !== null) return scope.share;
  return args.every((argument) => argument.kind === 'literal') ? LONGEST_TEXT : LONGEST_OF_A_ROW;
}

/** `value`, unless the length that it would have is too much: then it is not made at all. */
export function bounded(length: string, most: number | string, value: string): string {
  return `CASE WHEN ${length} > ${most} THEN error('${most === LONGEST_TEXT ? TOO_LONG : `${TOO_LONG} for a row`}') ELSE ${value} END`;
}

/** Texts behind each other; with a NULL among them, NULL. */
export function joinTexts(
  place: Place,
  operands: readonly BoundExpression[],
  texts: readonly string[],
): string {
  const joined = texts.length === 1 ? texts[0]! : `(${texts.join(' || ')})`;
  if (place.rendering.growth.areSmall(operands)) return joined;
  return once(place.rendering, texts, (...names) =>
    bounded(names.map((name) => `length(${name})`).join(' + '), longest(place, operands), names.join(' || ')),
  );
}
