import { DatabaseSync } from 'node:sqlite';
import type { TablesInspected } from '../../recording/index.ts';
import type { Connection } from '../connection.ts';
import { sqliteMigrations } from './migrations.ts';

/**
 * Compares tables of a database that somebody else may have made with those that a relay makes: a view, a generated column or
 * a tree whose pages lead back may be read without end, and an index that is not there makes each look-up a reading of
 * everything. Takes no longer than it takes to read the tables' pages once.
 *
 * @param migrations the table that names the steps of the schema which were taken.
 * @param onMade told of an empty database of these steps, when the tables are as in there.
 */
export async function inspectTables(
  connection: Connection,
  names: readonly string[],
  migrations: string,
  onMade: (empty: DatabaseSync) => void = () => {},
): Promise<TablesInspected> {
  const rowsOf = async (sql: string, parameters: readonly string[] = []) =>
    (await connection.query(sql, parameters)).rows as readonly Readonly<Record<string, unknown>>[];
  const [{ pages }] = (await rowsOf('SELECT page_count AS pages FROM pragma_page_count')) as [
    { readonly pages: number },
  ];
  let left = pages;
  /** Pages of a tree, as they lead to each other, at most one more than the file has; what is in them, and the longest of that. */
  const walk = async (tree: string) => {
    const [{ walked, longest, leaves, nodes, corrupted }] = (await rowsOf(
      `SELECT count(*) AS walked, max(mx_payload) AS longest, sum(iif(pagetype = 'leaf', ncell, 0)) AS leaves,
         sum(iif(pagetype = 'internal', ncell, 0)) AS nodes, sum(pagetype = 'corrupted') AS corrupted
       FROM (SELECT mx_payload, pagetype, ncell FROM dbstat WHERE name = ? LIMIT ${left + 1})`,
      [tree],
    )) as readonly unknown[] as readonly [Walked];
    left -= Math.min(walked, left + 1);
    return {
      isEndless: left < 0,
      isDamaged: (corrupted ?? 0) > 0,
      longest: longest ?? 0,
      leaves: leaves ?? 0,
      nodes: nodes ?? 0,
    };
  };

  const stored = async (of: readonly string[]) =>
    (await rowsOf(
      `SELECT type, name, tbl_name AS own, coalesce(sql, '') AS sql FROM sqlite_schema
       WHERE lower(tbl_name) IN (${of.map(() => '?').join()}) LIMIT ${MOST_ENTRIES}`,
      of,
    )) as unknown as readonly SchemaEntry[];
  const strange = (table: string, why: string): TablesInspected => ({
    strange: { table, why },
    longestRow: 0,
  });

  const ofSteps = await stored([migrations]);
  const isPlain = ({ type, sql }: SchemaEntry) =>
    type === 'index' ||
    (type === 'table' && sql.toLowerCase().replaceAll(/\s+|"/g, ' ').match(OF_STEPS) !== null);
  if (!ofSteps.some(({ type }) => type === 'table') || !ofSteps.every(isPlain))
    return strange(migrations, NOT_A_TABLE);
  for (const { name } of ofSteps) if ((await walk(name)).isEndless) return strange(migrations, ENDLESS);
  const steps = (await rowsOf(`SELECT name FROM ${migrations} LIMIT ${sqliteMigrations.length + 1}`)).map(
    ({ name }) => name,
  );
  const empty = databaseAfter(steps);
  if (empty === null) return strange(migrations, 'names steps that no relay has taken');
  const wanted = new Map(schemaIn(empty, names).map((entry) => [keyOf(entry), entry]));
  const found = await stored(names);
  for (const entry of found) {
    const own = wanted.get(keyOf(entry));
    if (entry.type === 'view' || /^\s*CREATE\s+VIRTUAL/i.test(entry.sql))
      return strange(entry.own, NOT_A_TABLE);
    if (own === undefined) return strange(entry.own, `has a part \`${entry.name}\` that no relay makes`);
    if (spaced(own.sql) !== spaced(entry.sql))
      return strange(entry.own, 'is made otherwise than a relay makes it');
    wanted.delete(keyOf(entry));
  }
  const [missing] = wanted.values();
  if (missing !== undefined) {
    const isTable = missing.type === 'table';
    return strange(missing.own, isTable ? 'is not there' : `lacks its index \`${missing.name}\``);
  }

  let longestRow = 0;
  let rows = 0;
  let isDamaged = false;
  const indexed = new Map<string, number>();
  for (const { name, type, own, sql } of found) {
    // What is in its own tree is only looked up, row by row; its pages may be most of the file.
    if (type === 'table' && own === 'recorded_payload') continue;
    const tree = await walk(name);
    const { isEndless, longest, leaves, nodes } = tree;
    if (isEndless) return strange(own, ENDLESS);
    if (longest > LONGEST_ELSEWHERE && own !== 'recorded_event')
      return strange(own, `has a row of ${longest} bytes, as no relay writes there`);
    longestRow = Math.max(longestRow, longest);
    if (own !== 'recorded_event') continue;
    if (type === 'table') [rows, isDamaged] = [leaves, tree.isDamaged];
    // An index has entries in its nodes, too; those of some rows only are not looked through.
    else if (!/\bWHERE\b/i.test(sql)) indexed.set(name, leaves + nodes);
  }
  for (const [name, entries] of indexed) {
    // Where the events cannot be counted, they are read up to what is damaged.
    if (entries !== rows && !isDamaged)
      return strange('recorded_event', `has ${rows} rows, and its index \`${name}\` ${entries}`);
  }
  onMade(empty);
  return { strange: null, isDamaged, longestRow };
}

interface Walked {
  readonly walked: number;
  readonly longest: number | null;
  readonly leaves: number | null;
  readonly nodes: number | null;
  readonly corrupted: number | null;
}

interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  /** The table that it is of. */
  readonly own: string;
  readonly sql: string;
}

/** As the builder of queries made it once, and as it is made now. */
const OF_STEPS =
  /^create table +kysely_migration +\( *name +varchar\(255\) +not null primary key, +timestamp +varchar\(255\) +not null\)$/;
const MOST_ENTRIES = 500;
const NOT_A_TABLE = 'is not a table, and may hold anything';
export const ENDLESS = 'has pages that lead back to others: it may be without end';
/** Bytes. A checkpoint with the cosignatures of dozens of witnesses has some thousands. */
const LONGEST_ELSEWHERE = 8 * 1024 * 1024;

/** What a relay has made that took these steps: those of an older version have fewer of them. */
function databaseAfter(steps: readonly unknown[]): DatabaseSync | null {
  const taken = new Set(steps);
  const db = new DatabaseSync(':memory:');
  try {
    for (const { name, statements } of sqliteMigrations) {
      if (!taken.has(name)) continue;
      for (const statement of statements) db.exec(statement);
    }
    return db;
  } catch {
    db.close();
    return null;
  }
}

function schemaIn(db: DatabaseSync, names: readonly string[]): readonly SchemaEntry[] {
  const of = names.map((name) => `'${name}'`).join();
  return db
    .prepare(
      `SELECT type, name, tbl_name AS own, coalesce(sql, '') AS sql FROM sqlite_schema WHERE tbl_name IN (${of})`,
    )
    .all() as unknown as readonly SchemaEntry[];
}

/** A database keeps the text that a table was made with. */
function spaced(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ');
}

function keyOf({ type, name }: SchemaEntry): string {
  return `${type} ${name}`;
}
