import { type Order, order } from '../order.ts';
import { change } from './changes.ts';
import { type Chance, chanceOf } from './chance.ts';
import { copy } from './copies.ts';
import { type Focus, focusOf, isChange, isMeeting, isStatement, NO_FOCUS } from './features.ts';
import { metadata } from './metadata.ts';
import { choose, type Heat, type Pen, type Planting, type Samples } from './scope.ts';
import { type Column, shopTables, type Table } from './shop-schema.ts';
import { script } from './scripts.ts';
import { sequence } from './sequences.ts';
import { staging } from './stages.ts';
import { setting } from './variables.ts';
import { wholeQuery } from './whole-queries.ts';

/** What one client sends, one after the other, in a session of its own. */
export interface GeneratedSession {
  readonly subject: 'ada' | 'mallory';
  /** Told whether each was done, so that later ones build on what is there. */
  readonly orders: Orders;
}

export type Orders = Generator<Order, void, boolean>;

/** What is there because of the statements before. */
interface World {
  readonly chance: Chance;
  readonly samples: Samples;
  /** How much of the session changes what is there, and is about what was changed. */
  readonly restless: number;
  scratch: readonly Table[];
  variables: readonly Column[];
  schema: 'PUBLIC' | 'SCRATCH';
  /** Where it has files: they outlive it. */
  readonly files: string;
  formats: ReadonlySet<string>;
}

/**
 * The same seed makes the same session. Sessions of one length in a row are about everything in turn; with `about`,
 * mostly about that.
 */
export function generateSession(
  seed: number,
  length: number,
  samples: Samples = new Map(),
  about: readonly Focus[] = [],
): GeneratedSession {
  const chance = chanceOf(seed);
  const restless = seed % 4 === 0 || about.some((focus) => isChange(focus) || isStatement(focus)) ? 6 : 1;
  const files = `@~/s${seed}`;
  const world: World = {
    chance,
    samples,
    restless,
    scratch: [],
    variables: [],
    schema: 'PUBLIC',
    files,
    formats: new Set(),
  };
  const subject = chance.happens(0.85) ? 'ada' : 'mallory';
  return { subject, orders: orders(world, seed * length, length, about) };
}

function* orders(world: World, first: number, length: number, about: readonly Focus[]): Orders {
  for (let index = 0; index < length; index += 1) {
    const { scratch, variables, schema, formats } = world;
    const isAbout = about.length > 0 && world.chance.happens(0.75);
    const everything = world.chance.happens(0.2) ? NO_FOCUS : focusOf(first + index);
    const focus = isAbout ? world.chance.pick(about) : everything;
    const done = yield nextOrder(world, (world.restless > 1 ? beginning[index] : undefined) ?? focus);
    if (!done) Object.assign(world, { scratch, variables, schema, formats });
  }
}

/** So that there is something to go on with. */
const beginning: readonly Focus[] = [
  { ...NO_FOCUS, feature: 'CREATE TABLE' },
  { ...NO_FOCUS, feature: 'INSERT into the same names' },
  { ...NO_FOCUS, feature: 'copy' },
];

/**
 * What is sensitive stands where chance has it, or in one place alone, most often where the statement is about: then all
 * else is let through, and nothing else can hide what that tells.
 */
function nextOrder(world: World, focus: Focus): Order {
  const { chance } = world;
  if (chance.happens(0.02)) {
    const parts = [nextOrder(world, focus), nextOrder(world, focus)].map(({ sql }) => sql);
    return order(parts.join('; '), { series: chance.happens(0.8) });
  }
  const { scratch, variables, schema, formats } = world;
  const write = (seed: number, planting: Planting | null) => {
    Object.assign(world, { scratch, variables, schema, formats });
    return orderOf({ ...world, chance: chanceOf(seed) }, focus, planting, world);
  };
  const newSeed = () => chance.between(0, 2 ** 31 - 1);
  if (chance.happens(focus.feature === null ? 0.85 : 0.4)) return write(newSeed(), null);
  const name = focus.form?.text ?? focus.feature;
  for (let tries = 0; tries < 6; tries += 1) {
    const seed = newSeed();
    const places: Planting['places'] = [];
    write(seed, { places, at: new Set() });
    const fitting = [...places.keys()].filter((place) => name === null || places[place]!.includes(name));
    if (fitting.length === 0) continue;
    const most = chance.happens(isMeeting(focus) ? 0.5 : 0.1) ? 2 : 1;
    const at = new Set(chance.some(fitting, most, most));
    return write(seed, { places: [], at });
  }
  // It has no place for a column: what it does is seen without one.
  return write(newSeed(), { places: [], at: new Set() });
}

/** One statement. What it leaves behind is noted in `after`. */
function orderOf(world: World, focus: Focus, planting: Planting | null, after: World): Order {
  const { chance, restless } = world;
  const pen = penOf(world, focus, planting);
  const depth = () => chance.pick(planting === null ? [1, 1, 1, 2, 2, 3] : [1, 2, 2, 2, 3]);
  const queries = isChange(focus) || isStatement(focus) ? 20 : 70;
  const changes = isChange(focus) ? 100 : 14;
  const made = choose<Partial<Order> & { readonly sql: string }>(pen, [
    ['query', queries, () => ({ sql: wholeQuery(pen, depth()).sql })],
    ['change', changes * restless, () => changing(pen, after)],
    // What was put there is looked at as it is.
    [
      'query',
      restless === 1 || world.scratch.length === 0 ? 0 : 60,
      () => ({ sql: `SELECT * FROM ${chance.pick(world.scratch).name}` }),
    ],
    // And what a variable holds, by itself.
    [
      'query',
      restless === 1 || world.variables.length === 0 ? 0 : 25,
      () => ({ sql: `SELECT ${held(chance, chance.pick(world.variables))}` }),
    ],
    ['variables', 7 * restless, () => setVariables(pen, after)],
    ['USE', 2.5, () => moving(chance, after)],
    ['USE', 2, () => ({ sql: chance.pick(sessionStatements) })],
    ['metadata', 2 + restless / 2, () => ({ sql: metadata(chance, shopTables, world.scratch) })],
    ['EXECUTE IMMEDIATE', 1, () => ({ sql: `EXECUTE IMMEDIATE $$${wholeQuery(pen, 2).sql}$$` })],
    ['EXECUTE IMMEDIATE', 2, () => ({ sql: script(pen) })],
    ['EXPLAIN', 1, () => ({ sql: explaining(pen, world) })],
    ['sequence', 0.5 * restless, () => ({ sql: sequence(pen) })],
    ['RESULT_SCAN', 0.7 * restless, () => ({ sql: earlierResult(pen) })],
    ['query', 0.3, () => ({ sql: `${wholeQuery(pen, 2).sql} ->> ${chance.pick(LATER)}` })],
    ['copy', 2.5 * restless, () => copying(chance, after)],
    ['stages', 1.5 * restless, () => staging(pen, world, after)],
    ['query', 1, () => ({ sql: `UPDATE ORDERS SET STATUS = 'held' WHERE ID = ${chance.between(1, 40)}` })],
  ]);
  return order(made.sql, {
    ...made,
    binds: { ...pen.binds },
    describeOnly: made.describeOnly ?? chance.happens(0.05),
  });
}

/** The plan of a query, or of a change that is not made. */
function explaining(pen: Pen, world: World): string {
  const { chance } = pen;
  const explained = chance.happens(0.7) ? wholeQuery(pen, 2).sql : change(pen, world.scratch).sql;
  return `EXPLAIN ${chance.pick(['', '', 'USING TEXT ', 'USING JSON ', 'USING TABULAR '])}${explained}`;
}

/** Looks at what an earlier statement of the session answered, whole, counted, sorted, or taken apart. */
function earlierResult({ chance }: Pen): string {
  const which = chance.pick(['LAST_QUERY_ID()', 'LAST_QUERY_ID()', 'LAST_QUERY_ID(-2)', 'LAST_QUERY_ID(1)']);
  return chance.pick(LATER).replace(/(?<=FROM )\$1/, `TABLE(RESULT_SCAN(${which}))`);
}

const LATER = [
  'SELECT * FROM $1',
  'SELECT COUNT(*) FROM $1',
  'SELECT $1, COUNT(*) FROM $1 GROUP BY ALL',
  'SELECT * FROM $1 ORDER BY 1 LIMIT 3',
  'SELECT LENGTH($1::VARCHAR) FROM $1',
  "SELECT * FROM $1 WHERE $1::VARCHAR LIKE '%1%'",
];

/** Transactions, and parameters under which the same text means something else, or shows less. */
const sessionStatements: readonly string[] = [
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'ALTER SESSION SET AUTOCOMMIT = FALSE',
  'ALTER SESSION UNSET AUTOCOMMIT, ROWS_PER_RESULTSET, DATE_OUTPUT_FORMAT',
  "ALTER SESSION SET DATE_OUTPUT_FORMAT = 'YYYY', TIMESTAMP_NTZ_OUTPUT_FORMAT = 'DD/MM HH24'",
  "ALTER SESSION SET TIMEZONE = 'Asia/Tokyo', WEEK_START = 7",
  "ALTER SESSION SET ROWS_PER_RESULTSET = 7, BINARY_OUTPUT_FORMAT = 'BASE64'",
  'ALTER SESSION SET WEEK_OF_YEAR_POLICY = 1',
];

function penOf(
  { chance, samples, scratch, variables, schema, restless }: World,
  focus: Focus,
  planting: Planting | null,
): Pen {
  let names = 0;
  const shop = shopTables.map((table) =>
    schema === 'PUBLIC' ? table : { ...table, name: `PUBLIC.${table.name}` },
  );
  return {
    chance,
    heat: chance.weighed<Heat>([
      [3, () => ({ output: 0, use: 0 })],
      [6, () => ({ output: 0.75, use: 0 })],
      [3, () => ({ output: 0.25, use: 0.06 })],
      [1, () => ({ output: 0.5, use: 0.5 })],
    ]),
    // Customers have most of what is sensitive, scratch tables most of what was made before.
    tables: [
      ...shop.filter(({ name }) => !name.endsWith('OVERVIEW') || chance.happens(0.2)),
      ...Array.from({ length: planting === null ? 4 : 16 }, () => shop[0]!),
      ...Array.from({ length: restless * 2 }, () => scratch).flat(),
    ],
    variables,
    binds: {},
    touched: 0,
    near: null,
    samples,
    focus,
    inside: [],
    written: new Set(),
    planting,
    fresh: (prefix) => `${prefix}${(names += 1)}`,
  };
}

function held(chance: Chance, { name, type }: Column): string {
  return type === 'number' ? `$${name} + 1` : chance.pick([`$${name}`, `LENGTH($${name}::VARCHAR)`]);
}

function changing(pen: Pen, world: World): { readonly sql: string } {
  const { sql, made, gone } = change(pen, world.scratch);
  const left = world.scratch.filter(
    ({ name }) => !gone.includes(name) && !made.some((table) => table.name === name),
  );
  world.scratch = [...left, ...made.filter(({ columns }) => columns.length > 0)];
  return { sql };
}

function copying(chance: Chance, world: World): Partial<Order> & { readonly sql: string } {
  const { sql, table } = copy(chance);
  world.scratch = [...world.scratch.filter(({ name }) => name !== table.name), table];
  return { sql, approve: true, describeOnly: false };
}

function setVariables(pen: Pen, world: World): Partial<Order> & { readonly sql: string } {
  const { order, set } = setting(pen);
  world.variables = [...world.variables.filter(({ name }) => !set.some((one) => one.name === name)), ...set];
  return order;
}

function moving(chance: Chance, world: World): Partial<Order> & { readonly sql: string } {
  const schema = chance.pick(['PUBLIC', 'SCRATCH'] as const);
  const describeOnly = chance.happens(0.5);
  if (!describeOnly) world.schema = schema;
  return { sql: `USE SCHEMA ${schema}`, describeOnly };
}
