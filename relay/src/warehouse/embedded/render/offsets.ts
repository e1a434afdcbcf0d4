import type { BoundCall, BoundCast, BoundExpression } from '@sluice/snowflake-sql/execution';
import { familyOf } from '../types/snowflake-type.ts';
import { renderCall } from './calls.ts';
import { type Place, renderExpression, renderPart, within } from './expressions.ts';
import { once } from './once.ts';
import { renderQuery } from './query.ts';
import type { Rendering, Wanted } from './rendering.ts';
import type { Scope } from './scope.ts';
import { renderColumn } from './columns.ts';

/**
 * DuckDB has instants and no offsets beside them. A TIMESTAMP_TZ is therefore two values here: an expression of one is rendered as its
 * instant, by which it is compared, grouped and ordered as in Snowflake; and where somebody wants to know, its offset is rendered
 * beside it, in minutes. A table's column, and a column of a result, hold both in one value (`packed`).
 */
export function isWithOffset(rendering: Rendering, expression: BoundExpression): boolean {
  return rendering.types.of(expression).kind === 'timestamp_tz';
}

/** What is wanted of an expression: its value, or its offset. */
export function renderWanted(
  rendering: Rendering,
  scope: Scope,
  expression: BoundExpression,
  { reading, offset }: Pick<Wanted, 'reading' | 'offset'>,
): string {
  return offset === true
    ? renderOffset({ rendering, scope, reading }, expression)
    : renderExpression(rendering, scope, expression, reading);
}

/** An expression's value as a table or a result holds it. */
export function renderHeld(place: Place, expression: BoundExpression): string {
  const value = renderExpression(place.rendering, place.scope, expression, place.reading);
  if (!isWithOffset(place.rendering, expression)) return value;
  return packed(place.rendering, value, renderOffset(place, expression));
}

export function packed(rendering: Rendering, instant: string, offset: string): string {
  return once(
    rendering,
    [instant, offset],
    (t, z) =>
      `CASE WHEN ${t} IS NOT NULL THEN struct_pack(t := CAST(${t} AS TIMESTAMPTZ), z := CAST(${z} AS SMALLINT)) END`,
  );
}

/** What a clock at its offset shows: a TIMESTAMP. */
export function renderLocal(place: Place, expression: BoundExpression): string {
  const { rendering, scope, reading } = place;
  const instant = renderExpression(rendering, scope, expression, reading);
  return once(rendering, [instant, renderOffset(place, expression)], localOf);
}

/** Never fails: what lies beyond Snowflake's years is told as the end of them. */
export function localOf(instant: string, offset: string): string {
  const within = `timezone('UTC', ${instant}) + to_minutes(${offset})`;
  return `CASE WHEN ${instant} < ${zoned(FIRST)} THEN ${FIRST} WHEN ${instant} > ${zoned(LAST)} THEN ${LAST} ELSE ${within} END`;
}

const FIRST = "TIMESTAMP '0001-01-01 00:00:00'";
const LAST = "TIMESTAMP '9999-12-31 23:59:59.999999'";

function zoned(timestamp: string): string {
  return timestamp.replace('TIMESTAMP', 'TIMESTAMPTZ').replace(/'$/, "+00'");
}

/** The instant at which a clock at this offset shows that. */
export function instantOfLocal(local: string, offset: string): string {
  return `timezone('UTC', (${local}) - to_minutes(${offset}))`;
}

/** Of an expression that is a TIMESTAMP_TZ, in minutes; that of the session's zone where it has none of its own. */
export function renderOffset(place: Place, expression: BoundExpression): string {
  const { rendering } = place;
  rendering.spend(0);
  return rendering.nested(() => renderOfGroup(place, expression));
}

/** Of instants that are equal and grouped by, the least: which row comes first tells nothing. */
function renderOfGroup(place: Place, expression: BoundExpression): string {
  const { rendering, scope } = place;
  const key = scope.keys?.get(rendering.identities.of(expression));
  if (key === undefined) return renderOwn(place, expression);
  const own = `min(${renderOwn({ ...place, scope: { ...scope, keys: null } }, expression)})`;
  return key.isPartial ? `CASE WHEN grouping(${key.text}) = 0 THEN ${own} END` : own;
}

function renderOwn(place: Place, expression: BoundExpression): string {
  const { rendering, scope, reading } = place;
  const of = (one: BoundExpression) => renderOffset(place, one);
  const ofPart = (one: BoundExpression) => renderOffset(within(place), one);
  switch (expression.kind) {
    case 'literal':
      return expression.value.kind === 'null' ? 'NULL' : ofSession(place, expression);
    case 'column':
      return isKept(rendering, expression)
        ? renderColumn(rendering, expression, reading, true)
        : ofSession(place, expression);
    case 'merged':
      if (expression.join === 'right') return of(expression.right);
      if (expression.join !== 'full') return of(expression.left);
      return `coalesce(${of(expression.left)}, ${of(expression.right)})`;
    case 'output':
      return of(expression.output.expression);
    case 'either':
      return of(expression.readings[0]!);
    case 'wrapped':
      return expression.how === 'named' ? of(expression.operand) : ofPart(expression.operand);
    case 'case': {
      const use = (one: BoundExpression) => renderExpression(rendering, scope, one, 'use');
      const head = expression.operand === null ? '' : ` ${use(expression.operand)}`;
      const branches = expression.branches.map(
        ({ when, result }) => ` WHEN ${use(when)} THEN ${ofPart(result)}`,
      );
      const otherwise = expression.otherwise === null ? '' : ` ELSE ${ofPart(expression.otherwise)}`;
      return `CASE${head}${branches.join('')}${otherwise} END`;
    }
    case 'subquery':
      return `(${renderQuery(rendering, expression.query, [{ index: 0, reading, name: 's', offset: true }])})`;
    case 'cast':
      return ofCast(place, expression);
    case 'call':
      return ofCall(place, expression);
    default:
      return ofSession(place, expression);
  }
}

/** Whether the relation that has the column gives its offset as well. */
function isKept(rendering: Rendering, column: Extract<BoundExpression, { kind: 'column' }>): boolean {
  const kind = rendering.relations.get(column.relation)?.kind;
  return kind !== undefined && kind !== 'table_function' && isWithOffset(rendering, column);
}

/** At that instant: a zone has two of them in a year. */
function ofSession({ rendering, scope, reading }: Place, expression: BoundExpression): string {
  return atInstant(renderExpression(rendering, scope, expression, reading));
}

export function atInstant(instant: string): string {
  return `coalesce(date_part('timezone', CAST(${instant} AS TIMESTAMPTZ)) // 60, 0)`;
}

function ofCast(place: Place, cast: BoundCast): string {
  const { rendering, scope, reading } = place;
  const { operand } = cast;
  if (isWithOffset(rendering, operand)) return renderOffset(within(place), operand);
  const value = renderPart(place, operand);
  const instant = renderExpression(rendering, scope, cast, reading);
  switch (familyOf(rendering.types.of(operand))) {
    case 'text':
      return writtenIn(rendering, value, instant);
    case 'variant':
      return writtenIn(rendering, `json_extract_string(${value}, '$')`, instant);
    case 'unknown':
      return writtenIn(rendering, `CAST(${value} AS VARCHAR)`, instant);
    default:
      return atInstant(instant);
  }
}

/** An offset stands behind a time of day: what ends a date is none. */
const OFFSET = String.raw`:\d\d(?:\.\d*)?\s*(Z|[+-]\d\d?)(?::?(\d\d))?$`;

/** The offset that a text of an instant ends in. */
export function writtenIn(rendering: Rendering, text: string, instant: string): string {
  return once(rendering, [text], (x) => {
    const part = (group: number) => `regexp_extract(${x}, '${OFFSET}', ${group})`;
    const hours = `CASE WHEN ${part(1)} = 'Z' THEN 0 ELSE CAST(${part(1)} AS SMALLINT) END`;
    const minutes = `coalesce(TRY_CAST(${part(2)} AS SMALLINT), 0)`;
    const sign = `CASE WHEN ${part(1)} LIKE '-%' THEN -1 ELSE 1 END`;
    return `CASE WHEN regexp_matches(${x}, '${OFFSET}') THEN (${hours}) * 60 + (${sign}) * ${minutes} ELSE ${atInstant(instant)} END`;
  });
}

/** Of a zone, at that instant. */
export function offsetOfZone(rendering: Rendering, zone: string, instant: string): string {
  return once(
    rendering,
    [zone, instant],
    (name, at) => `date_diff('minute', timezone('UTC', ${at}), timezone(${name}, ${at}))`,
  );
}

/** Calls that give one of their arguments: they are made once more, of values that have their offsets with them. */
const PASSING: ReadonlySet<string> = new Set(
  `MIN MAX ANY_VALUE MIN_BY MAX_BY NULLIF LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE INTERPOLATE_FFILL INTERPOLATE_BFILL COALESCE NVL IFNULL
  GREATEST LEAST GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS IFF NVL2 DECODE`.split(/\s+/),
);

/** Calls that move a time, and where their arguments have it. */
const MOVING: Readonly<Record<string, 'first' | 'last'>> = {
  DATEADD: 'last',
  TIMEADD: 'last',
  TIMESTAMPADD: 'last',
  DATE_TRUNC: 'last',
  TRUNC: 'first',
  TIME_SLICE: 'first',
  ADD_MONTHS: 'first',
};

function ofCall(place: Place, call: BoundCall): string {
  const { name } = call.name;
  const { rendering, scope, reading } = place;
  if (PASSING.has(name)) return `struct_extract(${renderCall(call, { ...place, packs: true })}, 'z')`;
  const given = call.arguments.flatMap((one) => (one.kind === 'word' || one.kind === 'columns' ? [] : [one]));
  const moving = Object.hasOwn(MOVING, name) ? MOVING[name] : undefined;
  const moved = moving === 'first' ? given[0] : moving === 'last' ? given.at(-1) : undefined;
  if (moved !== undefined && isWithOffset(rendering, moved)) return renderOffset(within(place), moved);
  const value = () => renderExpression(rendering, scope, call, reading);
  switch (name) {
    case 'CONVERT_TIMEZONE':
      return offsetOfZone(rendering, renderPart(place, given[0]!), value());
    case 'TO_TIMESTAMP_TZ':
    case 'TRY_TO_TIMESTAMP_TZ': {
      const [of, ...more] = given;
      if (of === undefined || more.length > 0) return atInstant(value());
      if (isWithOffset(rendering, of)) return renderOffset(within(place), of);
      const text = renderPart(place, of);
      const family = familyOf(rendering.types.of(of));
      return family === 'text' ? writtenIn(rendering, text, value()) : atInstant(value());
    }
    case 'TIMESTAMP_TZ_FROM_PARTS':
    case 'TIMESTAMPTZFROMPARTS':
      return given.length === 8
        ? offsetOfZone(rendering, renderPart(place, given[7]!), value())
        : atInstant(value());
    default:
      return atInstant(value());
  }
}
