import type { BoundExpression } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import {
  familyOf,
  type SnowflakeType,
  type Structure,
  type StructureField,
  typeOfDataType,
} from '../types/snowflake-type.ts';
import type { BoundCast } from '@sluice/snowflake-sql/execution';
import { castTo, documentOf, readText, withOffset } from './casts.ts';
import { storedAs } from './data-types.ts';
import { type Place, renderPart } from './expressions.ts';
import { localOf, writtenIn } from './offsets.ts';
import { once } from './once.ts';
import { quoteString } from './quote.ts';
import type { Rendering } from './rendering.ts';
import { asOffset } from './time-text.ts';

/** What DuckDB is made to say of a document that is not of its type; error-classes.ts knows it. */
const MISFIT = 'A document is not of its type';

/** Of a type that says of which types the values in a document are; null for any other. */
export function structureOf({ type }: Pick<BoundCast, 'type'>): Structure | null {
  const known = typeOfDataType(type);
  return (known.kind === 'object' || known.kind === 'array') && known.structure !== undefined
    ? known.structure
    : null;
}

/**
 * A value as a document of these types, in the one spelling that all equal ones have: an object's keys in the order of its type, a map's
 * sorted, times as ISO 8601 has them, bytes as digits. It is made as a text, since DuckDB keeps no more than seventeen digits of a number
 * in a document that it reads.
 */
export function renderStructured(place: Place, operand: BoundExpression, structure: Structure): string {
  const written = writtenOut(place, operand, structure);
  if (written !== null) return `CAST(${written} AS JSON)`;
  const type = place.rendering.types.of(operand);
  if (type.kind === 'null') return 'CAST(NULL AS JSON)';
  if (familyOf(type) !== 'variant' && type.kind !== 'unknown')
    throw unsupported('this value as one of a structured type');
  const value =
    type.kind === 'unknown' ? `CAST(${renderPart(place, operand)} AS JSON)` : castTo(place, operand, 'JSON');
  return asStructured(place.rendering, value, structure);
}

/** A document, as one of these types; NULL and JSON's null are NULL. */
export function asStructured(rendering: Rendering, value: string, structure: Structure): string {
  return once(
    rendering,
    [value],
    (x) =>
      `CASE WHEN coalesce(json_type(${x}), 'NULL') <> 'NULL' THEN CAST(${documentIn(rendering, x, structure)} AS JSON) END`,
  );
}

/** Of a document that is written out, each value by itself: it has all its digits. Null for others. */
function writtenOut(place: Place, operand: BoundExpression, { of, fields }: Structure): string | null {
  const part = (value: BoundExpression, field: StructureField) => writtenPart(place, value, field);
  if (operand.kind === 'wrapped' && operand.how === 'named')
    return writtenOut(place, operand.operand, { of, fields });
  if (of === 'array') {
    const items = itemsOf(operand);
    return items === null
      ? null
      : joined(
          items.map((item) => part(item, fields[0]!)),
          '[',
          ']',
        );
  }
  const entries = entriesOf(operand);
  if (entries === null) return null;
  if (of === 'map') {
    const [key, value] = fields as [StructureField, StructureField];
    if (!entries.every(([name]) => isKeyOf(name, key.type))) return null;
    const sorted = entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
    return joined(
      sorted.map(([name, one]) => `${keyOf(name)} || ${part(one, value)}`),
      '{',
      '}',
    );
  }
  const values = new Map(entries);
  if (values.size !== fields.length || fields.some(({ name }) => !values.has(name))) return null;
  return joined(
    fields.map((field) => `${keyOf(field.name)} || ${part(values.get(field.name)!, field)}`),
    '{',
    '}',
  );
}

function isKeyOf(name: string, type: SnowflakeType): boolean {
  if (type.kind === 'text') return name.length <= type.length;
  return type.kind === 'fixed' && WHOLE.test(name) && name.replace('-', '').length <= type.precision;
}

/** A whole number in the one way that there is to write it. */
const WHOLE = /^(?:0|-?[1-9]\d{0,37})$/;

/** A list, since DuckDB reads no chain of a thousand. */
function joined(parts: readonly string[], open: string, close: string): string {
  return parts.length === 0
    ? `'${open}${close}'`
    : `('${open}' || array_to_string([${parts.join(', ')}], ',') || '${close}')`;
}

function keyOf(name: string): string {
  return quoteString(`${JSON.stringify(name)}:`);
}

function itemsOf(operand: BoundExpression): readonly BoundExpression[] | null {
  if (operand.kind === 'array') return operand.items;
  if (operand.kind !== 'call' || !operand.builtIn || operand.name.name !== 'ARRAY_CONSTRUCT') return null;
  const given = operand.arguments.flatMap((one) =>
    one.kind === 'word' || one.kind === 'columns' ? [] : [one],
  );
  return given.length === operand.arguments.length ? given : null;
}

/** Null where a key is not known, or is there twice. */
function entriesOf(operand: BoundExpression): (readonly [string, BoundExpression])[] | null {
  const given = pairsOf(operand);
  if (given === null || new Set(given.map(([name]) => name)).size < given.length) return null;
  return given;
}

function pairsOf(operand: BoundExpression): (readonly [string, BoundExpression])[] | null {
  if (operand.kind === 'object') {
    const pairs = operand.entries.flatMap(({ key, value }) =>
      key === null || value.kind === 'columns' ? [] : [[key, value] as const],
    );
    return pairs.length === operand.entries.length ? pairs : null;
  }
  const isCall =
    operand.kind === 'call' && operand.builtIn && operand.name.name === 'OBJECT_CONSTRUCT_KEEP_NULL';
  if (!isCall) return null;
  const pairs: (readonly [string, BoundExpression])[] = [];
  for (let index = 0; index + 1 < operand.arguments.length; index += 2) {
    const [key, value] = [operand.arguments[index]!, operand.arguments[index + 1]!];
    if (key.kind !== 'literal' || key.value.kind !== 'string') return null;
    if (value.kind === 'word' || value.kind === 'columns') return null;
    pairs.push([key.value.value, value]);
  }
  return pairs.length * 2 === operand.arguments.length ? pairs : null;
}

/** The JSON text of one value; that of null where there is none. */
function writtenPart(place: Place, value: BoundExpression, field: StructureField): string {
  const { rendering } = place;
  const { type } = field;
  const own = rendering.types.of(value);
  if (own.kind === 'fixed' && type.kind === 'fixed')
    return orNull(
      once(rendering, [castTo(place, value, storedAs(type))], (x) => numberText(x, type)),
      field,
    );
  if (type.kind === 'object' || type.kind === 'array') {
    const nested = type.structure === undefined ? null : writtenOut(place, value, type.structure);
    if (nested !== null) return nested;
  }
  return fieldIn(rendering, castTo(place, value, 'JSON'), field);
}

function orNull(text: string, { nullable }: StructureField): string {
  return `coalesce(${text}, ${nullable ? `'null'` : `error('${MISFIT}')`})`;
}

/** The JSON text of a value in a document. */
function fieldIn(rendering: Rendering, value: string, field: StructureField): string {
  const text = (x: string) =>
    `CASE WHEN coalesce(json_type(${x}), 'NULL') = 'NULL' THEN ${field.nullable ? `'null'` : `error('${MISFIT}')`} ELSE ${textIn(rendering, x, field.type)} END`;
  // An item has a name already: each further lambda around another takes DuckDB twice as long.
  return /^[a-z]\d+(?:\.value)?$/.test(value) ? text(value) : once(rendering, [value], text);
}

/** Of what is there, and not null. */
function textIn(rendering: Rendering, x: string, type: SnowflakeType): string {
  const text = `json_extract_string(${x}, '$')`;
  const read = (target: string) => readText(rendering, text, target, 'CAST');
  const quotedText = (value: string) => `CAST(to_json(${value}) AS VARCHAR)`;
  switch (type.kind) {
    case 'text':
      return quotedText(`left(${text}, ${type.length})`);
    case 'fixed':
      return once(rendering, [read(storedAs(type))], (number) => numberText(number, type));
    case 'real':
      return once(
        rendering,
        [read('DOUBLE')],
        (number) =>
          `CASE WHEN isfinite(${number}) THEN regexp_replace(CAST(${number} AS VARCHAR), '\\.0$', '') ELSE '"' || CASE WHEN isnan(${number}) THEN 'NaN' ELSE CAST(${number} AS VARCHAR) END || '"' END`,
      );
    case 'boolean':
      return `CAST(${read('BOOLEAN')} AS VARCHAR)`;
    case 'binary':
      return quotedText(`hex(${read('BLOB')})`);
    case 'date':
    case 'time':
      return quotedText(`CAST(${read(storedAs(type))} AS VARCHAR)`);
    case 'timestamp_ntz':
      return quotedText(`CAST(${read('TIMESTAMP')} AS VARCHAR)`);
    case 'timestamp_ltz':
      return quotedText(`CAST(timezone('UTC', ${read('TIMESTAMPTZ')}) AS VARCHAR) || '+00:00'`);
    case 'timestamp_tz':
      return once(rendering, [text], (written) => {
        const instant = `CAST(${withOffset(written)} AS TIMESTAMPTZ)`;
        return once(rendering, [instant, writtenIn(rendering, written, instant)], (at, offset) =>
          quotedText(`CAST(${localOf(at, offset)} AS VARCHAR) || ${asOffset(offset)}`),
        );
      });
    case 'variant':
      return `CAST(${x} AS VARCHAR)`;
    case 'object':
    case 'array':
      if (type.structure !== undefined) return documentIn(rendering, x, type.structure);
      return `CASE WHEN json_type(${x}) = '${type.kind.toUpperCase()}' THEN CAST(${x} AS VARCHAR) ELSE error('${MISFIT}') END`;
    default:
      throw unsupported('a structured type with values of this type');
  }
}

function numberText(number: string, type: Extract<SnowflakeType, { kind: 'fixed' }>): string {
  return `CAST(${documentOf(number, type)} AS VARCHAR)`;
}

function documentIn(rendering: Rendering, x: string, { of, fields }: Structure): string {
  if (rendering.withoutLambdas) throw unsupported('a structured type, here');
  const kind = of === 'array' ? 'ARRAY' : 'OBJECT';
  const made = of === 'array' ? arrayIn : of === 'map' ? mapIn : objectIn;
  return `CASE WHEN json_type(${x}) = '${kind}' THEN ${made(rendering, x, fields)} ELSE error('${MISFIT}') END`;
}

function arrayIn(rendering: Rendering, x: string, [element]: readonly StructureField[]): string {
  const name = rendering.fresh('e');
  const items = `list_transform(CAST(${x} AS JSON[]), lambda ${name}: ${fieldIn(rendering, name, element!)})`;
  return `('[' || array_to_string(${items}, ',') || ']')`;
}

function mapIn(rendering: Rendering, x: string, [key, value]: readonly StructureField[]): string {
  const name = rendering.fresh('e');
  const isText = key!.type.kind === 'text';
  const written = isText ? `${name}.key` : `CAST(CAST(${name}.key AS ${storedAs(key!.type)}) AS VARCHAR)`;
  const entries = `list_sort(map_entries(CAST(${x} AS MAP(VARCHAR, JSON))))`;
  const made = `list_transform(${entries}, lambda ${name}: CAST(to_json(${written}) AS VARCHAR) || ':' || ${fieldIn(rendering, `${name}.value`, value!)})`;
  return `('{' || array_to_string(${made}, ',') || '}')`;
}

/** Exactly the keys of its type. */
function objectIn(rendering: Rendering, x: string, fields: readonly StructureField[]): string {
  const name = rendering.fresh('e');
  const keys = fields.map((field) => quoteString(field.name)).join(', ');
  const isOther = `len(list_filter(json_keys(${x}), lambda ${name}: ${name} IN (${keys}))) <> ${fields.length} OR len(json_keys(${x})) <> ${fields.length}`;
  const made = joined(
    fields.map((field) => {
      const path = `/${field.name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return `${keyOf(field.name)} || ${fieldIn(rendering, `json_extract(${x}, ${quoteString(path)})`, field)}`;
    }),
    '{',
    '}',
  );
  return `CASE WHEN ${isOther} THEN error('${MISFIT}') ELSE ${made} END`;
}
