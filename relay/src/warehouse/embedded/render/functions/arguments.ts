import type { BoundCall, BoundExpression } from '@sluice/snowflake-sql/execution';
import { functionNamed } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../../errors.ts';
import { asChosen, asNumber, asScalar, asText } from '../casts.ts';
import { type Place, renderExpression, renderPart, within } from '../expressions.ts';
import { isWithOffset, renderHeld } from '../offsets.ts';

/** How a call is spelled in DuckDB. */
export type Rendered = (args: Arguments) => string;

/** A call's arguments, rendered as they are asked for. */
export interface Arguments {
  readonly call: BoundCall;
  readonly place: Place;
  /** How many there are. */
  readonly count: number;
  /** As it is. */
  value(index: number): string;
  /** What is in it, where it is a VARIANT. */
  scalar(index: number): string;
  text(index: number): string;
  number(index: number): string;
  /** A place or a count, which DuckDB takes as an integer alone. */
  whole(index: number): string;
  /** As what the function takes. */
  taken(index: number): string;
  expression(index: number): BoundExpression;
  /** The text of a literal, or of some that are joined, or the word that stands there; null for anything else. */
  literal(index: number): string | null;
  /** A TRUE or FALSE that stands there as such. */
  flag(index: number): boolean;
  isStar(index: number): boolean;
  all(render: (index: number) => string): readonly string[];
  /** All that are values, to be looked at and not rendered. */
  expressions(): readonly BoundExpression[];
  /** Whether some have not been asked for. */
  areLeft(): boolean;
}

/** Calls that give one of their arguments, of the type that all of them have together. */
const CHOOSING: ReadonlySet<string> = new Set(
  'COALESCE NVL IFNULL IFF NVL2 DECODE GREATEST LEAST GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS'.split(' '),
);

/** @param isOfMany whether they are an aggregate's, which passes what it is given on: its reading counts that in. */
export function createArguments(call: BoundCall, place: Place, isOfMany: boolean): Arguments {
  const given = call.arguments.flatMap((argument): BoundCall['arguments'] =>
    argument.kind === 'columns' && call.name.name !== 'COUNT'
      ? argument.columns.map(({ expression }) => expression)
      : [argument],
  );
  const signature = functionNamed(call.name.name);
  const asked = new Set<number>();
  const at = (index: number) => {
    asked.add(index);
    const argument = given[index];
    if (argument === undefined) throw unsupported(`so few arguments of ${call.name.name}`);
    return argument;
  };
  const expression = (index: number) => {
    const argument = at(index);
    if (argument.kind === 'word')
      throw unsupported(`\`${argument.word}\` as an argument of ${call.name.name}`);
    return argument;
  };
  /** A value with its offset, where those are asked for. */
  const held = (whole: Place, one: BoundExpression) =>
    place.packs === true && isWithOffset(place.rendering, one) ? renderHeld(whole, one) : null;
  const part = (whole: Place, one: BoundExpression) => held(within(whole), one) ?? renderPart(whole, one);
  /** What only decides which value there is. */
  const placeOf = (index: number): Place => {
    const does = signature?.argument(index, given.length).does;
    return does === 'choice' || does === 'compared' ? { ...place, reading: 'use' } : place;
  };
  /** One of the values that the call chooses among, where it has to be converted to their type. */
  const chosen = (index: number) => {
    const role = signature?.argument(index, given.length);
    if (role?.takes !== 'common' || role.does !== 'value' || !CHOOSING.has(call.name.name)) return null;
    return asChosen(placeOf(index), expression(index), place.rendering.types.of(call));
  };
  /** Whether some are parts of a VARIANT and others are none: all are made what the others are. */
  const isMixed = () =>
    given.some((argument) => {
      if (argument.kind === 'word' || argument.kind === 'columns') return false;
      return !['variant', 'unknown'].includes(place.rendering.types.familyOf(argument));
    });
  return {
    call,
    place,
    count: given.length,
    expression,
    value: (index) =>
      isOfMany
        ? (held(place, expression(index)) ??
          renderExpression(place.rendering, place.scope, expression(index), place.reading))
        : (chosen(index) ?? part(placeOf(index), expression(index))),
    scalar: (index) => asScalar(placeOf(index), expression(index)),
    text: (index) => asText(placeOf(index), expression(index)),
    number: (index) => asNumber(placeOf(index), expression(index)),
    whole(index) {
      const value = asNumber(placeOf(index), expression(index));
      return /^\d{1,9}$/.test(value) ? value : `CAST(${value} AS BIGINT)`;
    },
    taken(index) {
      const takes = signature?.argument(index, given.length).takes;
      const own = chosen(index);
      if (own !== null) return own;
      if (takes === 'text') return asText(placeOf(index), expression(index));
      if (takes === 'number') return asNumber(placeOf(index), expression(index));
      if (takes === 'any' || (takes === 'common' && !isMixed())) {
        return part(placeOf(index), expression(index));
      }
      const whole = held(within(placeOf(index)), expression(index));
      if (whole !== null) return whole;
      return asScalar(placeOf(index), expression(index));
    },
    literal(index) {
      asked.add(index);
      const argument = given[index];
      if (argument?.kind === 'word') return argument.word;
      return argument === undefined || argument.kind === 'columns' ? null : literalText(argument);
    },
    flag(index) {
      asked.add(index);
      const argument = given[index];
      if (argument?.kind === 'literal' && argument.value.kind === 'boolean') return argument.value.value;
      throw unsupported(`an argument of ${call.name.name} that is computed`);
    },
    isStar: (index) => given[index]?.kind === 'columns',
    all: (render) => given.map((_, index) => render(index)),
    expressions: () => given.flatMap((argument) => (argument.kind === 'word' ? [] : [argument])),
    areLeft: () => given.some((_, index) => !asked.has(index)),
  };
}

function literalText(expression: BoundExpression): string | null {
  if (expression.kind === 'binary' && expression.operators.every((operator) => operator === '||')) {
    const texts = expression.operands.map(literalText);
    return texts.includes(null) ? null : texts.join('');
  }
  if (expression.kind !== 'literal') return null;
  if (expression.value.kind === 'string') return expression.value.value;
  return expression.value.kind === 'number' ? expression.value.text : null;
}
