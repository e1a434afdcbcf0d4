import { type Order, order } from '../order.ts';
import { change } from './changes.ts';
import { type Chance, chanceOf } from './chance.ts';
import { copy } from './copies.ts';
import type { Heat, Pen } from './scope.ts';
import { type Column, shopTables, type Table } from './shop-schema.ts';
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
  scratch: readonly Table[];
  variables: readonly Column[];
  schema: 'PUBLIC' | 'SCRATCH';
  readonly isBold: boolean;
  readonly isSimple: boolean;
}

/**
 * The same seed makes the same session. A bold one uses what is sensitive as often as it shows it; in a simple one little
 * else stands in the way.
 */
export function generateSession(
  seed: number,
  length: number,
  { isBold = false, isSimple = false } = {},
): GeneratedSession {
  const chance = chanceOf(seed);
  const world: World = { chance, scratch: [], variables: [], schema: 'PUBLIC', isBold, isSimple };
  const subject = chance.happens(0.85) ? 'ada' : 'mallory';
  return { subject, orders: orders(world, length) };
}

function* orders(world: World, length: number): Orders {
  for (let index = 0; index < length; index += 1) {
    const { scratch, variables, schema } = world;
    const done = yield nextOrder(world);
    if (!done) Object.assign(world, { scratch, variables, schema });
  }
}

function nextOrder(world: World): Order {
  const { chance } = world;
  if (chance.happens(0.02)) {
    const parts = [nextOrder(world), nextOrder(world)].map(({ sql }) => sql);
    return order(parts.join('; '), { series: chance.happens(0.8) });
  }
  const pen = penOf(world);
  const made = chance.weighed<Partial<Order> & { readonly sql: string }>([
    [70, () => ({ sql: wholeQuery(pen, chance.pick(world.isSimple ? [0, 1] : [1, 1, 1, 2, 2, 3])).sql })],
    [14, () => changing(pen, world)],
    [7, () => setVariables(pen, world)],
    [2.5, () => moving(world)],
    [1, () => ({ sql: chance.pick(['BEGIN', 'COMMIT', 'ROLLBACK']) })],
    [1, () => ({ sql: `DESCRIBE TABLE ${chance.pick(pen.tables).name}` })],
    [
      1,
      () => ({
        sql: chance.pick(['SHOW TABLES IN SCHEMA SCRATCH', 'SHOW VIEWS', 'SHOW COLUMNS IN TABLE CUSTOMERS']),
      }),
    ],
    [1, () => ({ sql: `EXECUTE IMMEDIATE $$${wholeQuery(pen, 2).sql}$$` })],
    [1, () => ({ sql: `EXPLAIN ${wholeQuery(pen, 2).sql}` })],
    [0.7, () => ({ sql: 'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))' })],
    [2.5, () => copying(world)],
    [1, () => ({ sql: `UPDATE ORDERS SET STATUS = 'held' WHERE ID = ${chance.between(1, 40)}` })],
  ]);
  return order(made.sql, {
    ...made,
    binds: { ...pen.binds },
    describeOnly: made.describeOnly ?? chance.happens(0.05),
  });
}

function penOf({ chance, scratch, variables, schema, isBold }: World): Pen {
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
      [isBold ? 24 : 0, () => ({ output: 0.15, use: 0.15 })],
    ]),
    // Customers have most of what is sensitive, scratch tables most of what was made before.
    tables: [
      ...shop.filter(({ name }) => !name.endsWith('OVERVIEW') || chance.happens(0.2)),
      ...Array.from({ length: 4 }, () => shop[0]!),
      ...scratch,
      ...scratch,
    ],
    variables,
    binds: {},
    touched: 0,
    fresh: (prefix) => `${prefix}${(names += 1)}`,
  };
}

function changing(pen: Pen, world: World): { readonly sql: string } {
  const { sql, made, gone } = change(pen, world.scratch);
  const left = world.scratch.filter(
    ({ name }) => !gone.includes(name) && !made.some((table) => table.name === name),
  );
  world.scratch = [...left, ...made.filter(({ columns }) => columns.length > 0)];
  return { sql };
}

function copying(world: World): Partial<Order> & { readonly sql: string } {
  const { sql, table } = copy(world.chance);
  world.scratch = [...world.scratch.filter(({ name }) => name !== table.name), table];
  return { sql, approve: true, describeOnly: false };
}

function setVariables(pen: Pen, world: World): Partial<Order> & { readonly sql: string } {
  const { order, set } = setting(pen);
  world.variables = [...world.variables.filter(({ name }) => !set.some((one) => one.name === name)), ...set];
  return order;
}

function moving(world: World): Partial<Order> & { readonly sql: string } {
  const schema = world.chance.pick(['PUBLIC', 'SCRATCH'] as const);
  const describeOnly = world.chance.happens(0.5);
  if (!describeOnly) world.schema = schema;
  return { sql: `USE SCHEMA ${schema}`, describeOnly };
}
