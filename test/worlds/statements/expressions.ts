import { condition } from './conditions.ts';
import { aggregateForms, type FunctionForm, scalarForms, windowForms } from './function-forms.ts';
import { subquery } from './queries.ts';
import { deeper, type Pen, type Scope, type Spot, typeIn, typeOf, type Visible } from './scope.ts';
import { profilePaths, type Type } from './shop-schema.ts';

/** An expression of the type. */
export function expression(pen: Pen, type: Type, spot: Spot): string {
  const { chance } = pen;
  if (spot.depth <= 0 || chance.happens(0.4)) return leaf(pen, type, spot);
  const inner = (other: Type) => expression(pen, other, deeper(spot));
  return chance.weighed<string>([
    [12, () => call(pen, scalarForms, type, spot)],
    [2, () => `CASE WHEN ${condition(pen, deeper(spot))} THEN ${inner(type)} ELSE ${inner(type)} END`],
    [1, () => `CASE ${inner('number')} WHEN ${chance.between(1, 5)} THEN ${inner(type)} END`],
    [3, () => cast(pen, type, spot)],
    [3, () => operation(pen, type, spot)],
    [1.5, () => subquery(pen, [type], deeper(spot)).sql],
    [1, () => `(${inner(type)})`],
    [type === 'text' ? 0.3 : 0, () => `${inner('text')} COLLATE 'en-ci'`],
  ]);
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
    [3, () => literal(pen, type)],
    [
      spot.scope.made.some(({ name }) => spot.scope.aliases.includes(name)) ? 2 : 0.5,
      () => named(pen, type, spot),
    ],
    [pen.variables.some((one) => one.type === type) ? 4 : 0, () => variable(pen, type)],
    [0.2, () => bind(pen, type)],
  ]);
}

function call(pen: Pen, forms: readonly FunctionForm[], type: Type, spot: Spot): string {
  const fitting = forms.filter(({ makes }) => makes === type);
  if (fitting.length === 0) return leaf(pen, type, spot);
  return pen.chance.pick(fitting).text.replaceAll(/\{(\w)\}/g, (_, hole: string) => fill(pen, hole, spot));
}

function fill(pen: Pen, hole: string, spot: Spot): string {
  const { chance } = pen;
  const inner = (type: Type, change: Partial<Spot> = {}) => expression(pen, type, deeper(spot, change));
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
      return inner(typeIn(chance, spot.scope.columns));
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
      return `${partition(pen, spot)} ORDER BY ${inner(typeIn(chance, spot.scope.columns), { place: 'use' })}${chance.happens(0.2) ? ' ROWS BETWEEN 1 PRECEDING AND CURRENT ROW' : ''}`;
  }
}

function partition(pen: Pen, spot: Spot): string {
  if (pen.chance.happens(0.4)) return '';
  return `PARTITION BY ${expression(pen, typeIn(pen.chance, spot.scope.columns), deeper(spot, { place: 'use', depth: 0 }))}`;
}

const TYPES: Readonly<Record<Type, readonly string[]>> = {
  text: ['VARCHAR', 'STRING', 'VARCHAR(4)', 'CHAR(1)'],
  number: ['NUMBER', 'NUMBER(38, 2)', 'FLOAT', 'INT', 'NUMBER(4, 0)'],
  date: ['DATE'],
  timestamp: ['TIMESTAMP', 'TIMESTAMP_NTZ'],
  truth: ['BOOLEAN'],
  json: ['VARIANT', 'ARRAY', 'OBJECT'],
};

function cast(pen: Pen, type: Type, spot: Spot): string {
  const { chance } = pen;
  const target = chance.pick(TYPES[type]);
  // Most conversions of anything fail for everybody: those to text never do.
  const from =
    type === 'text' || type === 'json' || chance.happens(0.25) ? typeIn(chance, spot.scope.columns) : type;
  const value = expression(pen, from, deeper(spot));
  return chance.weighed([
    [3, () => `${operand(value)}::${target}`],
    [1, () => `CAST(${value} AS ${target})`],
    [1, () => `TRY_CAST(${value} AS ${target})`],
  ]);
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
        : `{'k': ${expression(pen, typeOf(chance), deeper(spot))}}`;
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
  const hot = chance.happens(pen.heat[spot.place]);
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
  const fitting = from.columns.filter((one) => one.type === type);
  const hot = fitting.filter((one) => one.hot);
  const cold = fitting.filter((one) => !one.hot);
  const wanted: readonly Visible[] = hot.length > 0 && chance.happens(pen.heat[spot.place]) ? hot : cold;
  if (wanted.length === 0) return chance.happens(0.5) ? literal(pen, type) : converted(pen, type, spot, from);
  const picked = chance.pick(wanted);
  if (picked.hot) pen.touched += 1;
  return picked.ref;
}

/** A column of another type, made to fit. */
function converted(pen: Pen, type: Type, spot: Spot, { columns }: Scope): string {
  const { chance } = pen;
  const hot = chance.happens(pen.heat[spot.place]);
  const fitting = columns.filter((one) => one.hot === hot && (one.type === 'text' || one.type === 'number'));
  if (fitting.length === 0) return literal(pen, type);
  const picked = chance.pick(fitting);
  if (picked.hot) pen.touched += 1;
  switch (type) {
    case 'json':
      return chance.pick([
        `SPLIT(${picked.ref}::VARCHAR, '@')`,
        `OBJECT_CONSTRUCT(${picked.ref}::VARCHAR, 1)`,
        `ARRAY_CONSTRUCT(${picked.ref})`,
      ]);
    case 'number':
      return chance.pick([`LENGTH(${picked.ref}::VARCHAR)`, `TRY_TO_NUMBER(${picked.ref}::VARCHAR)`]);
    case 'text':
      return `${picked.ref}::VARCHAR`;
    case 'truth':
      return `(${picked.ref} IS NULL)`;
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
  const shared = made.filter((one) => relations.includes(one.name));
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

/** Binds are numbered by their places, and a statement may hold any number of them. */
function bind(pen: Pen, type: Type): string {
  const place = String(Object.keys(pen.binds).length + 1);
  if (type === 'text')
    pen.binds[place] = { type: 'TEXT', value: pen.chance.pick(['a', 'Berlin', 'x@y.example']) };
  else if (type === 'number') pen.binds[place] = { type: 'FIXED', value: String(pen.chance.between(1, 20)) };
  else return literal(pen, type);
  return `:${place}`;
}

/** Values of one world's first customers: whoever knows them already must not be told that they are there. */
const GUESSES = [
  'Elias Larsen',
  'elias.larsen1@mail.example',
  'elias.larsen1@private.example',
  '274-73-0944',
];

export function literal({ chance }: Pen, type: Type): string {
  switch (type) {
    case 'text':
      return `'${chance.happens(0.2) ? chance.pick(GUESSES) : chance.pick(['Berlin', 'paid', 'x', 'DE', '', 'a@b.example', '12', 'garden,home'])}'`;
    case 'number':
      return String(chance.pick([0, 1, 1, 2, 2, 3, 5, 10, 12, 20, 100, 2.5, -1]));
    case 'date':
      return `DATE '${chance.pick(['2024-03-01', '2025-01-31', '1970-01-01'])}'`;
    case 'timestamp':
      return `TIMESTAMP '2024-0${chance.between(1, 9)}-01 12:00:00'`;
    case 'truth':
      return chance.pick(['TRUE', 'FALSE']);
    case 'json':
      return chance.pick([
        "PARSE_JSON('[1, 2, 3]')",
        `PARSE_JSON('{"contact": 1, "k": [1]}')`,
        "{'k': 1}",
        '[1, 2]',
      ]);
    default:
      return type satisfies never;
  }
}
