import type { Cell, Warehouse, WarehouseSession } from '@sluice/relay/warehouse';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';
import { openWarehouse } from './relay-in-process.ts';
import { otherValue, type SensitiveValues } from './sensitive-values.ts';
import { SEQUENCE } from './statements/shop-schema.ts';

/** Two shops that are equal but for the values of sensitive columns, and alike in what their masks show. */
export interface ShopWorlds {
  readonly left: Warehouse;
  readonly right: Warehouse;
  /** By column, some of its values in one world and in the other. */
  readonly samples: ReadonlyMap<string, readonly string[]>;
  /** Removes what sessions left behind in SCRATCH. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** Few: a statement over all of them is quick, and the smallest shop has all that there is to see. */
export const CUSTOMERS = 24;

export async function openShopWorlds(): Promise<ShopWorlds> {
  const [left, right] = [
    await openWarehouse({ customers: CUSTOMERS }),
    await openWarehouse({ customers: CUSTOMERS }),
  ];
  const worlds = [await directSession(left), await directSession(right)] as const;
  // Nulls are in the same places, as every mask shows them; the shop itself has none.
  for (const { run } of worlds) for (const sql of [...FEW, ...withNulls]) await run(sql);
  const [, other] = worlds;
  for (const sql of await otherStatements(other)) await other.run(sql);
  const samples = await samplesOf(worlds);

  return {
    left,
    right,
    samples,
    async tidy() {
      for (const { run } of worlds) {
        const found = await run(
          "SELECT TABLE_TYPE, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'SCRATCH' ORDER BY 1 DESC",
        );
        for (const [type, name] of found) {
          const quoted = `SHOP.SCRATCH."${name?.replaceAll('"', '""')}"`;
          await run(`DROP ${type === 'VIEW' ? 'VIEW' : 'TABLE'} ${quoted}`);
        }
        await run(`DROP SEQUENCE IF EXISTS SHOP.${SEQUENCE}`);
      }
    },
    async close() {
      for (const { session } of worlds) await session.close();
      await left.close();
      await right.close();
    },
  };
}

interface DirectSession {
  readonly session: WarehouseSession;
  /** Past the relay. */
  run(sql: string): Promise<readonly (readonly Cell[])[]>;
}

async function directSession(warehouse: Warehouse): Promise<DirectSession> {
  const session = await warehouse.openSession(warehouse.defaults);
  return {
    session,
    run: async (sql) => (await runSql(session, sql)).rows,
  };
}

const COLUMNS: Readonly<Record<keyof SensitiveValues, string>> = {
  name: 'NAME',
  email: 'EMAIL',
  phone: 'PHONE',
  card: 'CARD_NUMBER',
  nationalId: 'NATIONAL_ID',
  iban: 'IBAN',
  birthDate: 'BIRTH_DATE',
  credit: 'CREDIT_LIMIT',
  profile: 'PROFILE',
};

const SAMPLED = [
  'NAME',
  'EMAIL',
  'PHONE',
  'CARD_NUMBER',
  'NATIONAL_ID',
  'IBAN',
  'BIRTH_DATE',
  'CREDIT_LIMIT',
];

async function samplesOf(worlds: readonly DirectSession[]): Promise<ShopWorlds['samples']> {
  const list = SAMPLED.map((column) => `TO_VARCHAR(${column})`).join(', ');
  const sql = `SELECT ${list} FROM CUSTOMERS WHERE ID < 12 ORDER BY ID`;
  const rows = (await Promise.all(worlds.map(({ run }) => run(sql)))).flat();
  return new Map(SAMPLED.map((column, index) => [column, rows.flatMap((row) => row[index] ?? [])] as const));
}

/** A product of tables has as many rows as both: a few products do. */
const FEW = [
  'DELETE FROM PRODUCTS WHERE ID > 40',
  'UPDATE ORDER_ITEMS SET PRODUCT_ID = MOD(PRODUCT_ID, 40) + 1',
];

const withNulls = [
  ...Object.values(COLUMNS).map(
    (column, index) => `UPDATE CUSTOMERS SET ${column} = NULL WHERE ID = ${index + 3}`,
  ),
  'UPDATE PAYMENTS SET CARD_NUMBER = NULL WHERE ID = 7',
  'UPDATE SUPPORT_TICKETS SET BODY = NULL WHERE ID = 8',
  // So that the other world has a limit of nothing.
  'UPDATE CUSTOMERS SET CREDIT_LIMIT = 700 WHERE ID IN (10, 15)',
];

/** Statements that make the other world out of the first. */
async function otherStatements({ run }: DirectSession): Promise<readonly string[]> {
  const names = Object.keys(COLUMNS) as (keyof SensitiveValues)[];
  const rows = await run(
    `SELECT ID, ${names.map((name) => COLUMNS[name]).join(', ')} FROM CUSTOMERS ORDER BY ID`,
  );
  const customers = rows.map(([id, ...cells]) => {
    const changes = names.flatMap((name, index) => {
      const cell = cells[index] ?? null;
      return cell === null ? [] : [`${COLUMNS[name]} = ${literal(name, otherValue[name](cell, Number(id)))}`];
    });
    return `UPDATE CUSTOMERS SET ${changes.join(', ')} WHERE ID = ${id}`;
  });
  const payments = await run('SELECT ID, CARD_NUMBER FROM PAYMENTS WHERE CARD_NUMBER IS NOT NULL');
  const cards = payments.map(
    ([id, card]) =>
      `UPDATE PAYMENTS SET CARD_NUMBER = ${text(otherValue.card(card!, Number(id)))} WHERE ID = ${id}`,
  );
  return [...(await otherBodies(run)), ...customers, ...cards];
}

/** What a ticket quotes is somebody else's, of the same kind: around it the text shows. */
async function otherBodies(run: DirectSession['run']): Promise<readonly string[]> {
  const sql = 'SELECT ID, EMAIL, PHONE, CARD_NUMBER, IBAN FROM CUSTOMERS WHERE ID > 12 ORDER BY ID';
  const others = (await run(sql)).map((row) => row.slice(1));
  const tickets = await run('SELECT ID, BODY FROM SUPPORT_TICKETS WHERE BODY IS NOT NULL ORDER BY ID');
  const customers = new Map(
    (await run('SELECT ID, EMAIL, PHONE, CARD_NUMBER, IBAN FROM CUSTOMERS')).map((row) => [
      row[0],
      row.slice(1),
    ]),
  );
  return tickets.map(([id, body], index) => {
    const own = customers.get(id ?? null) ?? [];
    const other = others.at(-1 - index) ?? [];
    const changed = own.reduce<string>(
      (text, value, place) =>
        value === null || value === undefined ? text : text.replaceAll(value, other[place] ?? value),
      body!,
    );
    return `UPDATE SUPPORT_TICKETS SET BODY = ${text(changed)} WHERE ID = ${id}`;
  });
}

function literal(name: keyof SensitiveValues, value: string): string {
  if (name === 'credit') return value;
  if (name === 'birthDate') return `${text(value)}::DATE`;
  return name === 'profile' ? `PARSE_JSON(${text(value)})` : text(value);
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
