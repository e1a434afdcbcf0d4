import { condition, unlike } from './conditions.ts';
import type { FunctionForm } from './form.ts';
import { aggregateForms, scalarForms, windowForms } from './function-forms.ts';
import { subquery } from './queries.ts';
import { literal } from './literals.ts';
import {
  choose,
  deeper,
  isSought,
  type Pen,
  placeOf,
  plainness,
  type Scope,
  type Spot,
  takes,
  typeIn,
  typeOf,
  type Visible,
  wantsHot,
  within,
} from './scope.ts';
import { profilePaths, type Type } from './shop-schema.ts';

/** An expression of the type. */
export function expression(pen: Pen, type: Type, spot: Spot): string {
  const { chance } = pen;
  if (isSought(pen, 'own name') && spot.scope.made.length > 0)
    return within(pen, 'own name', () => named(pen, type, spot));
  if (spot.depth <= 0 || chance.happens(plainness(pen))) return leaf(pen, type, spot);
  const inner = (other: Type) => expression(pen, other, deeper(spot));
  // A branch of another type makes all of them be converted.
  // One that fails for everybody shows who takes it.
  const branch = () =>
    pen.planting !== null && chance.happens(0.15)
      ? failing(type)
      : inner(takes(pen, 'conversion', 0.02) ? typeOf(pen) : type);
  return choose<string>(pen, [
    ['call', 12, () => call(pen, scalarForms, type, spot)],
    ['CASE', 2, () => `CASE WHEN ${condition(pen, deeper(spot))} THEN ${branch()} ELSE ${branch()} END`],
    [
      'simple CASE',
      1,
      () => `CASE ${inner('number')} WHEN ${literal(pen, 'number')} THEN ${inner(type)} ELSE ${branch()} END`,
    ],
    ['cast', 2.5, () => cast(pen, type, spot, 'cast')],
    ['TRY_CAST', 0.5, () => cast(pen, type, spot, 'TRY_CAST')],
    ['operator', 3, () => operation(pen, type, spot)],
    [
      'path',
      type === 'json' || type === 'text' ? 0.5 : 0,
      () => path(pen, spot, type === 'text' ? '::STRING' : ''),
    ],
    ['conversion', type === 'truth' ? 1 : 0, () => `(${unlike(pen, spot)})`],
    ['own name', spot.scope.made.length > 0 ? 0.3 : 0, () => named(pen, type, spot)],
    ['subquery', 1.5, () => subquery(pen, [type], deeper(spot)).sql],
    ['operator', 1, () => `(${inner(type)})`],
    ['COLLATE', type === 'text' ? 0.3 : 0, () => `${inner('text')} COLLATE 'en-ci'`],
  ]);
}

/** Fails, whatever there is. */
function failing(type: Type): string {
  return type === 'json' ? "PARSE_JSON('{')" : `TO_NUMBER('x')::VARCHAR::${TYPES[type][0]}`;
}

/** One row's worth of many. */
export function aggregate(pen: Pen, type: Type, spot: Spot): string {
  return call(pen, aggregateForms, type, spot);
}

export function windowed(pen: Pen, type: Type, spot: Spot): string {
  return call(pen, windowForms, type, spot);
}

/** A column, or what stands for a value without being one. */
export function leaf(pen: Pen, type: Type, spot: Spot): string {
  const { chance } = pen;
  return chance.weighed<string>([
    [14, () => column(pen, type, spot)],
    // A guess of what stands there already.
    [pen.planting !== null && pen.near !== null ? 8 : 3, () => literal(pen, type)],
    [
      pen.planting !== null
        ? 0.1
        : spot.scope.made.some(({ name }) => spot.scope.aliases.includes(name))
          ? 2
          : 0.5,
      () => named(pen, type, spot),
    ],
    [
      pen.variables.some((one) => one.type === type) ? (pen.planting === null ? 6 : 3) : 0,
      () => variable(pen, type),
    ],
    [0.2, () => bind(pen, type)],
  ]);
}

function call(pen: Pen, forms: readonly FunctionForm[], type: Type, spot: Spot): string {
  const { focus, chance } = pen;
  const fitting = forms.filter(({ makes }) => makes === type);
  if (fitting.length === 0) return leaf(pen, type, spot);
  const { form } = focus;
  const isWanted = form !== null && fitting.includes(form) && !pen.written.has(form.text);
  const { text } = isWanted && chance.happens(0.9) ? form : chance.pick(fitting);
  return within(pen, text, () => text.replaceAll(/\{(\w)\}/g, (_, hole: string) => fill(pen, hole, spot)));
}

function fill(pen: Pen, hole: string, spot: Spot): string {
  const { chance } = pen;
  const inner = (type: Type, change: Partial<Spot> = {}) =>
    // What is of another type is converted, which may fail.
    isSought(pen, 'conversion') || chance.happens(0.03)
      ? within(pen, 'conversion', () => expression(pen, chance.pick(['text', type]), deeper(spot, change)))
      : expression(pen, type, deeper(spot, change));
  switch (hole) {
    case 't':
      return inner('text');
    case 'n':
      return inner('number');
    case 'd':
      return inner('date');
    case 's':
      return inner('timestamp');
    case 'b':
      return condition(pen, deeper(spot));
    case 'j':
      return inner('json');
    case 'a':
      return inner(typeIn(pen, spot.scope.columns));
    case 'i':
      return chance.happens(0.03) ? inner('number') : String(chance.between(1, 4));
    case 'k':
      return chance.happens(0.03)
        ? inner('text')
        : chance.pick(["'@'", "'-'", "'a'", "'.'", "' '", "'1'", "','"]);
    case 'r':
      return chance.pick(["'a.*'", "'[0-9]+'", "'[a-m]+'", "'.*@.*'", "'4.*'"]);
    case 'u':
      return chance.pick(['year', 'quarter', 'month', 'week', 'day']);
    case 'h':
      return `'${chance.pick([...profilePaths.cold, ...profilePaths.hot, '*', '**'])}'`;
    case 'v':
      return partition(pen, spot);
    default:
      return `${partition(pen, spot)} ORDER BY ${within(pen, 'window ORDER BY', () => inner(typeIn(pen, spot.scope.columns), { place: 'use' }))}${chance.happens(0.2) ? ' ROWS BETWEEN 1 PRECEDING AND CURRENT ROW' : ''}`;
  }
}

function partition(pen: Pen, spot: Spot): string {
  if (!takes(pen, 'PARTITION BY', 0.6)) return '';
  const at = deeper(spot, { place: 'use', depth: 0 });
  const by = within(pen, 'PARTITION BY', () => expression(pen, typeIn(pen, spot.scope.columns), at));
  return `PARTITION BY ${by}`;
}

const TYPES: Readonly<Record<Type, readonly string[]>> = {
  // So long that the ends that a mask keeps are not those of the whole value.
  text: ['VARCHAR', 'STRING', 'VARCHAR(9)', 'CHAR(1)'],
  number: ['NUMBER', 'NUMBER(38, 2)', 'FLOAT', 'INT', 'NUMBER(4, 0)'],
  date: ['DATE'],
  timestamp: ['TIMESTAMP', 'TIMESTAMP_NTZ'],
  truth: ['BOOLEAN'],
  json: ['VARIANT', 'ARRAY', 'OBJECT'],
};

function cast(pen: Pen, type: Type, spot: Spot, style: 'cast' | 'TRY_CAST'): string {
  const { chance } = pen;
  const target = chance.pick(TYPES[type]);
  // Most conversions of anything fail for everybody: those to text never do.
  const from =
    pen.planting !== null && type !== 'text' && chance.happens(0.7)
      ? 'text'
      : type === 'text' || type === 'json' || chance.happens(0.25)
        ? typeIn(pen, spot.scope.columns)
        : type;
  const value = expression(pen, from, deeper(spot));
  if (style === 'TRY_CAST') return `TRY_CAST(${value} AS ${target})`;
  return chance.happens(0.75) ? `${operand(value)}::${target}` : `CAST(${value} AS ${target})`;
}

function operation(pen: Pen, type: Type, spot: Spot): string {
  const { chance } = pen;
  const of = (other: Type) => operand(expression(pen, other, deeper(spot)));
  switch (type) {
    case 'text':
      return chance.happens(0.7) ? `${of('text')} || ${of('text')}` : path(pen, spot, '::STRING');
    case 'number':
      return `${of('number')} ${chance.pick(['+', '-', '*', '*', '/', '%'])} ${of('number')}`;
    case 'date':
      return `${of('date')} + ${chance.between(1, 30)}`;
    case 'timestamp':
      return `${of('timestamp')} + INTERVAL '${chance.between(1, 9)} days'`;
    case 'truth':
      return `(${condition(pen, deeper(spot))})`;
    case 'json':
      return chance.happens(0.7)
        ? path(pen, spot, '')
        : `{'k': ${expression(pen, typeOf(pen), deeper(spot))}}`;
    default:
      return type satisfies never;
  }
}

function operand(text: string): string {
  return /^[\w.$"]+$/.test(text) || /^\w+\([^()]*\)$/.test(text) ? text : `(${text})`;
}

/** A part of a document: of a PROFILE, by a path that is sensitive or not. */
function path(pen: Pen, spot: Spot, suffix: string): string {
  const { chance } = pen;
  const profiles = spot.scope.columns.filter(({ name, type }) => name === 'PROFILE' && type === 'json');
  if (profiles.length === 0) return `${leaf(pen, 'json', spot)}${suffix}`;
  const hot = wantsHot(pen, spot.place, profiles);
  if (hot) pen.touched += 1;
  const steps = chance.pick<string>(hot ? profilePaths.hot : profilePaths.cold);
  const written = chance.happens(0.8)
    ? `:${steps}`
    : `['${steps.replace('[0]', '').split('.').join("']['")}']`;
  return `${chance.pick(profiles).ref}${written}${suffix}`;
}

/** A column of the type, sensitive as often as the heat says, sometimes of a query outside. */
function column(pen: Pen, type: Type, spot: Spot): string {
  const { chance } = pen;
  const { scope } = spot;
  if (type === 'json' && chance.happens(0.5) && scope.columns.some(({ name }) => name === 'PROFILE')) {
    return path(pen, spot, '');
  }
  const from = scope.outer !== null && chance.happens(0.25) ? scope.outer : scope;
  const hot = wantsHot(pen, spot.place, from.columns);
  const fitting = from.columns.filter((one) => one.type === type && one.hot === hot);
  // What is made of a text is small, and seldom the same in both worlds.
  const isMade = hot && pen.planting !== null && type === 'number' && chance.happens(0.5);
  if (fitting.length > 0 && !isMade) return written(pen, chance.pick(fitting));
  return !hot && chance.happens(0.5) ? literal(pen, type) : converted(pen, type, hot, from);
}

/** As it is, or set beside one of its values: to divide by the difference, or to take a root of it, fails for some. */
function written(pen: Pen, column: Visible): string {
  const { chance } = pen;
  if (!column.hot) return column.ref;
  pen.touched += 1;
  pen.near = column.name;
  if (pen.planting === null || !chance.happens(0.15)) return column.ref;
  if (column.type === 'number') return `(${column.ref} - ${literal(pen, 'number')})`;
  // Nothing in one world, and something in the other, by what cannot fail.
  return column.type === 'text' ? `REGEXP_SUBSTR(${column.ref}, '[a-z]+[0-9]?')` : column.ref;
}

/** A column of another type, made to fit. */
function converted(pen: Pen, type: Type, hot: boolean, { columns }: Scope): string {
  const { chance } = pen;
  const fitting = columns.filter((one) => one.hot === hot && (one.type === 'text' || one.type === 'number'));
  if (fitting.length === 0) return literal(pen, type);
  const picked = chance.pick(fitting);
  if (picked.hot) {
    pen.touched += 1;
    pen.near = picked.name;
  }
  switch (type) {
    case 'json':
      return chance.pick([
        `SPLIT(${picked.ref}::VARCHAR, '@')`,
        `OBJECT_CONSTRUCT(${picked.ref}::VARCHAR, 1)`,
        `ARRAY_CONSTRUCT(${picked.ref})`,
      ]);
    case 'number':
      return chance.pick([
        `LENGTH(${picked.ref}::VARCHAR)`,
        `TRY_TO_NUMBER(${picked.ref}::VARCHAR)`,
        `POSITION('a' IN ${picked.ref}::VARCHAR)`,
        `REGEXP_COUNT(${picked.ref}::VARCHAR, '[a-z7]')`,
      ]);
    case 'text':
      return `${picked.ref}::VARCHAR`;
    case 'truth':
      return chance.pick([`(${picked.ref} IS NULL)`, `(${picked.ref}::VARCHAR < '5')`]);
    case 'date':
    case 'timestamp':
      return `TRY_TO_${type.toUpperCase()}(${picked.ref}::VARCHAR)`;
    default:
      return type satisfies never;
  }
}

/** What the same SELECT made before, or a relation's name in the place of a value. */
function named(pen: Pen, type: Type, { scope }: Spot): string {
  const { chance } = pen;
  const { made } = scope;
  const relations = [...scope.aliases, ...(scope.outer?.aliases ?? [])];
  const names = [...relations, ...scope.columns.map((column) => column.name)];
  const shared = made.filter((one) => names.includes(one.name));
  const name =
    shared.length > 0 && chance.happens(0.8)
      ? chance.pick(shared).name
      : made.length > 0 && chance.happens(0.8)
        ? chance.pick(made).name
        : relations.length > 0 && chance.happens(0.2)
          ? chance.pick(relations)
          : null;
  if (name === null) return literal(pen, type);
  if (type === 'text') return `${name}::VARCHAR`;
  return type === 'json' ? `TO_VARIANT(${name})` : name;
}

function variable(pen: Pen, type: Type): string {
  const fitting = pen.variables.filter((one) => one.type === type);
  if (fitting.length === 0) return literal(pen, type);
  const picked = pen.chance.pick(fitting);
  if (picked.hot) pen.touched += 1;
  return `$${picked.name}`;
}

function bind(pen: Pen, type: Type): string {
  if (type === 'text')
    return placeOf(pen, { type: 'TEXT', value: pen.chance.pick(['a', 'Berlin', 'x@y.example']) });
  if (type === 'number') return placeOf(pen, { type: 'FIXED', value: String(pen.chance.between(1, 20)) });
  return literal(pen, type);
}
